"""Your own corpus: one table, CSV or Parquet, that names each clip's files, words and emotion.

Required columns:

* ``clip_id``: unique; letters, digits, ``_`` and ``-`` only.
* ``video``, ``audio``: files below the release folder, by relative path; one file may be both. Each of a corpus alone
  that has pictures, or sound.

Optional columns, empty if unknown:

* ``label``: the emotion, in small letters or capitals: a class, or a word that ``corpora.<name>.labels`` of the config
  maps to one, or to ``other``: listed and left out. A clip without a label is used only where no label is needed.
* ``text``: what is said. It must be there where the corpus has this modality alone.
* ``speaker``, ``session``, ``dialogue``: groups that a split may keep together.
* ``split``: ``train``, ``validation`` or ``test``, for the split ``official``.
* ``video_start``, ``video_end``, ``audio_start``, ``audio_end``: seconds; empty means the file's own start or end.
* ``crop``: ``full`` (also when empty), ``left`` or ``right``: the part of the picture that shows the speaker.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from extractors.corpora.lines import repair
from extractors.corpora.lookalikes import refuse_lookalikes
from extractors.corpora.outcome import about_text, missing_media, outcome
from extractors.corpora.parquet_table import read_parquet
from extractors.corpora.reading import AnyReading, Name, Reading, check_reading
from extractors.corpora.sources import Sources
from extractors.corpora.tree import inside, is_safe
from extractors.corpora.user_table import Cells, Columns, Rows, read_csv, to_number
from extractors.shared.clip import CROPS, MEDIA, PARTS, Clip
from extractors.shared.program import UserError
from extractors.shared.settings import Share, key, optional

HOW_TO_GET = "correct the path"

GROUPS = ("speaker", "session", "dialogue")
TIMES = ("video_start", "video_end", "audio_start", "audio_end")
OPTIONAL = ("video", "audio", "label", "text", *GROUPS, "split", *TIMES, "crop")


class CustomReading(AnyReading):
    """How the table of a corpus of your own is read."""

    reader: Literal["custom"] = key("the reader of a plain table")
    table: Name = key("the CSV or Parquet table of clips, relative to the release")
    accept_missing_media: Share = optional(
        "with expected_counts published, the share of labelled clips that may lack a file", absent=0.0
    )


def read_release(root: Path, reading: Reading, modalities: Sequence[str]) -> Iterator[Clip]:
    """Yield every row of the table.

    Args:
        root: the folder of the table and of the files that it names.
        reading: ``table``: the table's path below it.
        modalities: those that the corpus has; media of another are not asked for.

    Raises:
        UserError: the table is missing, or a row is invalid; the message has the file and line.
    """
    table, rows = _read_table(root, reading, modalities)
    if not rows:
        raise UserError(f"{table}: has no rows; write one per clip below its header")
    others = columns_for(modalities).others(rows[0][1])
    if others:
        sys.stderr.write(f"{table}: not used, since these columns are not known: {', '.join(others)}\n")
    for name in GROUPS:
        refuse_lookalikes(name, ((where, cells.get(name, "")) for where, cells in rows))
    seen: dict[str, str] = {}
    for where, cells in rows:
        first = seen.setdefault(cells["clip_id"], where)
        if first != where:
            raise UserError(f"{where}: clip_id {cells['clip_id']!r} exists already ({first}); give each clip its own")
        yield make_clip(root, where, cells, modalities)


def sources(root: Path, reading: Reading, modalities: Sequence[str]) -> Sources:
    """The table and the files that its rows name, whether or not these are there."""
    table, rows = _read_table(root, reading, modalities)
    video, audio = (
        sorted({inside(root, cells[kind], where) for where, cells in rows if cells.get(kind)})
        for kind in ("video", "audio")
    )
    return Sources([table], video, audio)


def has_labels(root: Path, reading: Reading, modalities: Sequence[str]) -> bool:
    """Whether any row of the table has a label.

    Raises:
        UserError: the table is missing or cannot be read.
    """
    return any(cells.get("label") for _, cells in _read_table(root, reading, modalities)[1])


def columns_for(modalities: Sequence[str]) -> Columns:
    """The columns of a table: the files of the modalities that the corpus has must be there, and others may."""
    needed = {*(MEDIA[name] for name in modalities if name in MEDIA)} or {"text"}
    required = ("clip_id", *(name for name in ("video", "audio", "text") if name in needed))
    return Columns(required, tuple(name for name in OPTIONAL if name not in required))


def _read_table(root: Path, reading: Reading, modalities: Sequence[str]) -> tuple[Path, Rows]:
    """The table that the config names, and its rows."""
    chosen = check_reading(CustomReading, "custom", reading)
    table = root / inside(root, chosen.table, "reading.table")
    if not table.is_file():
        raise UserError(f"{table}: no such file; correct reading.table in the config")
    if table.suffix.lower() in (".parquet", ".pq"):
        return table, read_parquet(table, columns_for(modalities), TIMES)
    return table, read_csv(table, columns_for(modalities))


def make_clip(root: Path, where: str, cells: Cells, modalities: Sequence[str]) -> Clip:
    """One row of the table as a clip, with the word of its label; a clip without one is unlabelled.

    Args:
        root: the release.
        where: file and line, for the error messages.
        cells: the row, by column.
        modalities: those that the corpus has.

    Raises:
        UserError: the name is unsafe, a path leads outside the release, or a word or a time is invalid.
    """
    given = clip_fields(root, where, cells, modalities)
    missing = missing_media(modalities, video=given["video"], audio=given["audio"])
    status, reason = outcome([missing], [about_text(modalities, given["text"])])
    word = cells.get("label", "")
    return Clip(**given, corpus="custom", status=status, reason=reason, label_raw=word, label=word, place=where)


def clip_fields(root: Path, where: str, cells: Cells, modalities: Sequence[str]) -> dict[str, Any]:
    """The fields of a :class:`Clip` without its emotion; a missing file is "".

    Args:
        root: the folder to which the row's paths are relative.
        where: file and line, for the error messages.
        cells: the row, by column.
        modalities: those whose files must be named.

    Raises:
        UserError: the name is unsafe, a path leads outside ``root``, or a word or a time is invalid.
    """
    cells = dict.fromkeys(OPTIONAL, "") | cells
    if not is_safe(cells["clip_id"]):
        raise UserError(f"{where}: clip_id is {cells['clip_id'][:80]!r}; use only letters, digits, _ and -")
    cells |= {name: cells[name].lower() for name in ("split", "crop")} | {"text": repair(cells["text"]).strip()}
    needed = [MEDIA[name] for name in modalities if name in MEDIA]
    files = {kind: _file(root, where, kind, cells[kind], kind in needed) for kind in ("video", "audio")}
    times = _times(where, cells)
    for name, known in (("split", ("", *PARTS)), ("crop", ("", *CROPS))):
        if cells[name] not in known:
            raise UserError(f"{where}: {name} is {cells[name][:40]!r}; use one of {', '.join(filter(None, known))}")
    return {
        **{name: cells[name] for name in ("clip_id", *GROUPS, "text")},
        **files,
        **times,
        "official_split": cells["split"],
        "annotated_seconds": None,
        "crop": cells["crop"] or "full",
    }


def _times(where: str, cells: Cells) -> dict[str, float | None]:
    """Start and end of video and audio, by column; each may be missing."""
    times = {name: _seconds(where, name, cells[name]) for name in TIMES}
    for kind in ("video", "audio"):
        start, end = times[f"{kind}_start"], times[f"{kind}_end"]
        if end is not None and (start or 0.0) >= end:
            raise UserError(f"{where}: {kind}_end is not after {kind}_start; correct the row")
    return times


def _file(root: Path, where: str, kind: str, name: str, needed: bool) -> str:
    """A row's file as a path relative to the release, or an empty text when it is not there."""
    if not name and not needed:
        return ""
    if not name:
        raise UserError(f"{where}: {kind} is empty; name a file below {root}")
    relative = inside(root, name, where)
    return relative if (root / relative).is_file() else ""


def _seconds(where: str, name: str, text: str) -> float | None:
    if not text:
        return None
    value = to_number(text)
    if not (math.isfinite(value) and value >= 0):
        raise UserError(f"{where}: {name} is {text[:40]!r}; give seconds such as 1.5, 0 or more, or leave it empty")
    return value
