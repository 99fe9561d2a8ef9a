"""Known defects of the releases: one table per corpus in ``defects/``, and the user's own, applied to the clips.

A table is tab-separated with the columns ``clip`` (a clip's name, or a common beginning of names and ``*``),
``symptom``, ``source`` (where it was reported) and ``action``: ``exclude`` leaves the clip out; ``cap 20`` uses its
first 20 seconds; ``keep`` uses it with a remark. If two lines match a clip, the later one counts; the user's table
comes last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.corpora.lines import read_text, split_lines
from extractors.shared.clip import Clip
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError

COLUMNS = ("clip", "symptom", "source", "action")
KNOWN_DEFECT = "known defect"
"""Beginning of the reason of a clip that a table names."""

_FOLDER = Path(__file__).parent / "defects"
_ACTION = re.compile(r"exclude|keep|cap (\d{1,6}(?:\.\d{1,6})?)", re.ASCII)
_CELL = re.compile(r"\s+")
_CLIP = re.compile(r"[A-Za-z0-9_-]+\*?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Defect:
    """One line of a table of defects."""

    clip: str
    symptom: str
    source: str
    action: str

    def concerns(self, clip_id: str) -> bool:
        """Whether the line matches this clip."""
        return clip_id.startswith(self.clip[:-1]) if self.clip.endswith("*") else clip_id == self.clip


def parse_defects(lines: Iterable[str], source: str) -> list[Defect]:
    """Parse a table of defects; blank lines and lines that begin with ``#`` are comments.

    Raises:
        UserError: with file and line.
    """
    defects: list[Defect] = []
    header = False
    for count, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or line.startswith("#"):
            continue
        if not header:
            if tuple(cells) != COLUMNS:
                raise UserError(f"{source}:{count}: the header must be {', '.join(COLUMNS)}, separated by tabs")
            header = True
        elif len(cells) != len(COLUMNS) or not _CLIP.fullmatch(cells[0]) or not _ACTION.fullmatch(cells[3]):
            raise UserError(
                f"{source}:{count}: the line needs clip, symptom, source and action (exclude, keep or cap SECONDS),"
                " separated by tabs; correct the line"
            )
        else:
            defects.append(Defect(*cells))
    return defects


def load_defects(reader: str, extra: str | None) -> list[Defect]:
    """The known defects of a reader's corpus, then those of the user's table, if there is one.

    Raises:
        UserError: the user's table is missing or cannot be parsed.
    """
    shipped = _FOLDER / f"{reader}.tsv"
    defects = parse_defects(split_lines(read_text(shipped)), str(shipped)) if shipped.exists() else []
    if extra is not None:
        if not Path(extra).is_file():
            raise UserError(f"{extra}: no such file; correct reading.extra_defects in the config")
        defects += parse_defects(split_lines(read_text(Path(extra))), extra)
    return defects


def apply_defects(clips: Iterable[Clip], defects: list[Defect]) -> list[Clip]:
    """Apply the action of the last matching line to each clip.

    A clip whose word has no class stays excluded for that reason.
    """
    ranked = list(enumerate(defects))
    exact = {defect.clip: (rank, defect) for rank, defect in ranked}
    wide = [(rank, defect) for rank, defect in ranked if defect.clip.endswith("*")]
    amended = []
    for clip in clips:
        fitting = [hit for hit in (exact.get(clip.clip_id), *wide) if hit and hit[1].concerns(clip.clip_id)]
        amended.append(_amend(clip, max(fitting)[1]) if fitting and (clip.label or clip.status == "ok") else clip)
    return amended


def met(defect: Defect, clips: Iterable[Clip]) -> str:
    """The result of a line, for the report: how many matching clips are used, left out, or missing."""
    concerned = [clip for clip in clips if defect.concerns(clip.clip_id)]
    if not concerned:
        return "no such clip here"
    fates = Counter(_fate(clip) for clip in concerned)
    return ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))


def _fate(clip: Clip) -> str:
    if clip.status == "ok":
        return "used"
    return "left out for it" if clip.reason.startswith(KNOWN_DEFECT) else "left out anyway"


def _amend(clip: Clip, defect: Defect) -> Clip:
    told = f"{KNOWN_DEFECT}: {defect.symptom} ({defect.source})"
    if defect.action == "exclude":
        return replace(clip, status="excluded", reason=told)
    if clip.status == "excluded":
        return clip
    reason = "; ".join(filter(None, [told, clip.reason]))
    cap = _ACTION.fullmatch(defect.action)
    if cap is None or cap[1] is None:
        return replace(clip, reason=reason)
    seconds = float(cap[1])
    return replace(
        clip,
        video_end=_earlier(clip.video_start, clip.video_end, seconds),
        audio_end=_earlier(clip.audio_start, clip.audio_end, seconds),
        reason=f"{reason}; its first {seconds:g} s are used",
    )


def _earlier(start: float | None, end: float | None, seconds: float) -> float:
    """The end of a shortened clip: its own, or ``seconds`` after its start, whichever comes first."""
    limit = (start or 0.0) + seconds
    return limit if end is None else min(end, limit)


def write_defects(path: Path, broken: Iterable[tuple[str, str]]) -> None:
    """Write clips and their problems as a table; with ``extra_defects`` the table excludes them."""
    lines = [
        "\t".join(COLUMNS),
        *(f"{clip}\t{_CELL.sub(' ', why)}\textractors.inspect_corpus\texclude" for clip, why in broken),
    ]
    with atomic_file(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
