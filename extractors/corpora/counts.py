"""Counts of the clips of a release, compared with what the config expects or with what was published."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extractors.clip import CLASSES, Clip
from extractors.corpora.outcome import NO_MEDIA
from extractors.corpora.rules import Rules

GROUPS: dict[str, Callable[[Clip], str]] = {
    "all": lambda clip: "all",
    "session": lambda clip: clip.session,
    "speaker": lambda clip: clip.speaker,
    "split": lambda clip: clip.official_split,
    "style": lambda clip: "scripted" if "_script" in clip.clip_id else "improvised",
    "scenario": lambda clip: clip.clip_id.split("-")[4],
}
"""The groups that the published tables of ``data/`` count by; ``style`` is IEMOCAP's, ``scenario`` MSP-IMPROV's."""

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Published:
    """The published counts of one group: per class, and of all clips where that is known."""

    group: str
    value: str
    classes: dict[str, int]
    clips: int | None


def load_published(reader: str, rules: Rules) -> list[Published]:
    """The published counts that hold under the rules in force; none for a corpus without a table."""
    path = _FOLDER / f"{reader}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Published(
                group=row["group"],
                value=row["value"],
                classes={name: int(row[name]) for name in CLASSES},
                clips=int(row["clips"]) if row["clips"] else None,
            )
            for row in csv.DictReader(file)
            if _holds(row["rules"], rules)
        ]


def usable(clips: Iterable[Clip]) -> dict[str, int]:
    """Number of ``ok`` clips of each class."""
    counts = Counter(clip.label for clip in clips if clip.status == "ok")
    return {name: counts[name] for name in CLASSES}


def left_out(clips: Iterable[Clip], name: str) -> list[tuple[str, int]]:
    """(reason, number) of the clips of one class that are left out, the most frequent reason first."""
    return Counter(clip.reason for clip in clips if clip.label == name and clip.status == "excluded").most_common()


def difference(clips: list[Clip], expected: Mapping[str, int]) -> list[str]:
    """Lines about the classes whose number of usable clips is not as expected, with what was left out of them.

    Args:
        clips: the clips of a release.
        expected: class -> number; classes that it does not name are not compared.
    """
    found = usable(clips)
    lines = []
    for name, count in expected.items():
        if found[name] != count:
            lines.append(f"{name}: {count} expected, {found[name]} found ({found[name] - count:+d})")
            lines += [f"  left out: {number} ({reason})" for reason, number in left_out(clips, name)]
    return lines


def published_difference(clips: list[Clip], published: list[Published]) -> list[str]:
    """Lines about the groups whose labels are not as published.

    Clips count here by their label, used or not: what is left out has its reason in the manifest, whereas nothing
    explains a label that is not there.
    """
    lines = []
    for row in published:
        members = [clip for clip in clips if GROUPS[row.group](clip) == row.value]
        found = Counter(clip.label for clip in members)
        numbers = [(name, row.classes[name], found[name]) for name in CLASSES]
        if row.clips is not None:
            numbers.append(("clips of any emotion", row.clips, len(members)))
        wrong = [f"{name} {count} published, {got} found" for name, count, got in numbers if count != got]
        if wrong:
            lines.append(f"{row.group} {row.value}: {'; '.join(wrong)}")
    return lines


def without_media(clips: Iterable[Clip]) -> list[Clip]:
    """The clips of the four classes that are left out because a file of theirs is not in the release."""
    return [clip for clip in clips if clip.label and clip.reason.startswith(NO_MEDIA)]


def _holds(condition: str, rules: Rules) -> bool:
    """Whether the rules fulfil a condition ``key=value`` of a published table; an empty condition always holds."""
    if not condition:
        return True
    key, _, value = condition.partition("=")
    return json.dumps(rules.get(key)).strip('"') == value
