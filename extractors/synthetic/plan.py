"""What a twin is asked for, and how its clips are dealt out to splits, sessions and speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from extractors.synthetic.performance import MOODS, OTHER

SHARES = {"test": 0.25, "train": 0.60, "validation": 0.15}
"""The share of the clips in each split, the split that must not be empty first."""


@dataclass(frozen=True, slots=True)
class Order:
    """One twin to write.

    Usable clips per mood, shift and lean per modality, 0 to 1 each, the seed, and whether defects go in.
    """

    corpus: str
    clips: Mapping[str, int]
    shift: Mapping[str, float]
    lean: Mapping[str, float]
    seed: int
    oddities: bool


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Cut ``total`` into whole parts near ``shares`` (which sum to 1), none empty as long as there is enough.

    When there is not enough for all, the first parts are served first.
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
    """Deal the ordered clips, and some of other emotions, to groups.

    Args:
        rng: chance for the order within a group.
        order: how many usable clips per mood.
        groups: the groups (speakers, say) of each split of :data:`SHARES`.

    Returns:
        The moods of each group's clips in a random order; ``other`` stands for clips outside the ordered ones.
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
    """Speakers and moods, one speaker after the other as long as each has some left."""
    rounds = zip_longest(*([(speaker, mood) for mood in own] for speaker, own in moods.items()))
    return [cue for cues in rounds for cue in cues if cue is not None]
