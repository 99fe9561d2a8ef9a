"""Counts of the clips of a release, compared with the config's expected counts or with published counts."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extractors.corpora.named_splits import dialogxl_part
from extractors.corpora.outcome import NO_MEDIA
from extractors.corpora.reading import Reading
from extractors.shared.clip import CLASSES, Clip

GROUPS: dict[str, Callable[[Clip], str]] = {
    "all": lambda clip: "all",
    "session": lambda clip: clip.session,
    "speaker": lambda clip: clip.speaker,
    "split": lambda clip: clip.official_split,
    "emotion": lambda clip: clip.label_raw,
    "style": lambda clip: "scripted" if "_script" in clip.clip_id else "improvised",
    "dialogxl": lambda clip: dialogxl_part(clip.dialogue),
    "scenario": lambda clip: scenario(clip),
    "session, scenario S": lambda clip: clip.session if scenario(clip) == "S" else "",
    "speaker, scenario S": lambda clip: clip.speaker if scenario(clip) == "S" else "",
}
"""The groups that the published tables of ``data/`` count by: ``style`` and ``dialogxl`` are IEMOCAP's, those with a
scenario MSP-IMPROV's."""


def _labelled(name: str, clips: Sequence[Clip]) -> int:
    return sum(clip.label == name for clip in clips)


MEASURES: dict[str, Callable[[Sequence[Clip]], int]] = {
    **{name: partial(_labelled, name) for name in CLASSES},
    "of the four classes": lambda clips: sum(clip.label in CLASSES for clip in clips),
    "clips of any emotion": len,
    "dialogues": lambda clips: len({clip.dialogue for clip in clips}),
}
"""The quantities of the published tables, by column; clips count by their label, whether used or not."""

OF_ANY_CLASSES = ("clips of any emotion", "dialogues")
"""The quantities that do not depend on the classes of the study."""

_FOLDER = Path(__file__).parent / "data"
_CELL = re.compile(r"(\d+)(?:\+(\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """The published counts of one group: for each measure, the smallest and the largest number that agree with it.

    The two differ if the publisher's list is known to lack some clips of the release. For example, ``502+7`` in a table
    means that the list has 502 clips here and lacks 7 clips of unknown groups.
    """

    group: str
    value: str
    counts: dict[str, tuple[int, int]]


def load_published(reader: str, reading: Reading, classes: Sequence[str]) -> list[Published]:
    """The published counts that apply to this way of reading and these classes; none for a corpus without a table.

    They are counts of the paper's four classes. If the study lacks one of these, only counts that depend on no class
    are compared.
    """
    path = _FOLDER / f"{reader}.csv"
    if not path.exists():
        return []
    names = MEASURES if set(CLASSES) <= set(classes) else OF_ANY_CLASSES
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Published(
                row["group"],
                row["value"],
                {name: _bounds(match) for name in names if (match := _CELL.fullmatch(row.get(name) or ""))},
            )
            for row in csv.DictReader(file)
            if _holds(row["reading"], reading)
        ]
    return [row for row in rows if row.counts]


def scenario(clip: Clip) -> str:
    """The scenario of a clip of MSP-IMPROV, from its name."""
    return clip.clip_id.split("-")[4]


def usable(clips: Iterable[Clip], classes: Sequence[str]) -> dict[str, int]:
    """Number of ``ok`` clips of each class."""
    counts = Counter(clip.label for clip in clips if clip.status == "ok")
    return {name: counts[name] for name in classes}


def excluded(clips: Iterable[Clip], name: str) -> list[tuple[str, int]]:
    """(reason, number) of the clips of one class that are left out, the most frequent reason first."""
    return Counter(clip.reason for clip in clips if clip.label == name and clip.status == "excluded").most_common()


def difference(clips: list[Clip], expected: Mapping[str, int]) -> list[str]:
    """Lines about the classes with an unexpected number of usable clips, with the clips that were left out.

    Args:
        clips: the clips of a release.
        expected: class -> number; classes without an entry are not compared.
    """
    found = usable(clips, list(expected))
    lines = []
    for name, count in expected.items():
        if found[name] != count:
            lines.append(f"{name}: {count} expected, {found[name]} found ({found[name] - count:+d})")
            for reason, number in excluded(clips, name):
                members = [clip.clip_id for clip in clips if (clip.label, clip.reason) == (name, reason)]
                lines.append(f"  left out: {number} ({reason}): {', '.join(members[:3])}{' ...' * (number > 3)}")
    return lines


def published_difference(clips: Sequence[Clip], published: Sequence[Published]) -> list[str]:
    """Lines about the groups whose labels differ from the published counts.

    Clips count here by their label, whether used or not. The manifest has a reason for each clip that is left out, but
    nothing explains a missing label.
    """
    lines = []
    for row in published:
        found = measure(clips, row)
        wrong = [
            f"{name} {least if least == most else f'{least} to {most}'} published, {found[name]} found"
            for name, (least, most) in row.counts.items()
            if not least <= found[name] <= most
        ]
        if wrong:
            lines.append(f"{row.group} {row.value}: {'; '.join(wrong)}")
    return lines


def measure(clips: Iterable[Clip], row: Published) -> dict[str, int]:
    """The counts of the release for the group of ``row``."""
    members = [clip for clip in clips if GROUPS[row.group](clip) == row.value]
    return {name: MEASURES[name](members) for name in row.counts}


def without_media(clips: Iterable[Clip]) -> list[Clip]:
    """The clips with a class that are left out because one of their files is missing in the release."""
    return [clip for clip in clips if clip.label and clip.reason.startswith(NO_MEDIA)]


def _bounds(match: re.Match[str]) -> tuple[int, int]:
    return int(match[1]), int(match[1]) + int(match[2] or 0)


def _holds(condition: str, reading: Reading) -> bool:
    """Whether a condition ``key=value`` of a published table holds for this reading; an empty one always does."""
    if not condition:
        return True
    key, _, value = condition.partition("=")
    return json.dumps(reading.get(key)).strip('"') == value
