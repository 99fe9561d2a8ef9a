"""The order of a twin, and the distribution of its clips to splits, sessions and speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from extractors.synthetic.performance import MOODS, OTHER

SHARES = {"test": 0.25, "train": 0.60, "validation": 0.15}
"""Split -> its share of the clips. The first split must not be empty."""


@dataclass(frozen=True, slots=True)
class Order:
    """One twin to write.

    Usable clips per mood, shift and lean per modality (0 to 1 each), the seed, and whether defects are included.
    """

    corpus: str
    clips: Mapping[str, int]
    shift: Mapping[str, float]
    lean: Mapping[str, float]
    seed: int
    oddities: bool


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Divide ``total`` into whole parts close to ``shares`` (whose sum is 1). No part is empty if ``total`` is enough.

    If it is not enough for all, the first parts come first.
    """
    parts = [int(total * share) for share in shares]
    by_need = sorted(range(len(shares)), key=lambda part: parts[part] - total * shares[part])
    for part in by_need[: total - sum(parts)]:
        parts[part] += 1
    for empty in (part for part, size in enumerate(parts) if size == 0):
        largest = max(range(len(parts)), key=lambda part: parts[part])
        if parts[largest] > 1:
            parts[largest] -= 1
            parts[empty] += 1
    return parts


def deal(rng: np.random.Generator, order: Order, groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Distribute the ordered clips, and some clips of other emotions, to groups.

    Args:
        rng: random generator for the order within a group.
        order: the number of usable clips per mood.
        groups: the groups (for example speakers) of each split of :data:`SHARES`.

    Returns:
        Group -> moods of its clips in a random order. ``other`` means a clip beyond the order.
    """
    dealt: dict[str, list[str]] = {group: [] for split in SHARES for group in groups[split]}
    for mood in sorted(order.clips, key=MOODS.index):
        for split, size in zip(SHARES, apportion(order.clips[mood], list(SHARES.values())), strict=True):
            needy = sorted(groups[split], key=lambda group: len(dealt[group]))
            for group, part in zip(needy, apportion(size, [1 / len(needy)] * len(needy)), strict=True):
                dealt[group] += [mood] * part
    for split in SHARES:
        for number, group in enumerate(groups[split]):
            dealt[group] += [OTHER] * max(round(len(dealt[group]) / 8), number == 0)
            rng.shuffle(dealt[group])
    return dealt


def take_turns(moods: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Speakers and moods. Speakers take turns as long as they have moods left."""
    rounds = zip_longest(*([(speaker, mood) for mood in own] for speaker, own in moods.items()))
    return [cue for cues in rounds for cue in cues if cue is not None]
