"""Counts of the clips of a release, compared with what the config or the literature expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from extractors.clip import CLASSES, Clip


def usable(clips: Iterable[Clip]) -> dict[str, int]:
    """Number of ``ok`` clips of each class."""
    counts = Counter(clip.label for clip in clips if clip.status == "ok")
    return {name: counts[name] for name in CLASSES}


def left_out(clips: Iterable[Clip]) -> list[tuple[str, str, int]]:
    """(class, reason, number) of the clips that have one of the four classes and are left out all the same."""
    counts = Counter((clip.label, clip.reason) for clip in clips if clip.label and clip.status == "excluded")
    return [(name, reason, count) for (name, reason), count in sorted(counts.items())]


def difference(clips: list[Clip], expected: Mapping[str, int]) -> str:
    """A table of the classes whose number of usable clips is not as expected, with what was left out of them.

    Args:
        clips: the clips of a release.
        expected: class -> number; classes that it does not name are not compared.

    Returns:
        An empty text when all are as expected.
    """
    found = usable(clips)
    lines = []
    for name, count in expected.items():
        if found[name] != count:
            lines.append(f"  {name}: {count} expected, {found[name]} found ({found[name] - count:+d})")
            lines += [f"    left out: {n} ({why})" for cls, why, n in left_out(clips) if cls == name]
    return "\n".join(lines)
