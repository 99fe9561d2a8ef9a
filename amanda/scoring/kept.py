"""Selections that choose an epoch during training; training keeps the weights of these epochs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

History = Sequence[Mapping[str, float]]
"""Named values of each epoch of one run, in order."""


def source_validation_f1(history: History) -> int:
    """The epoch with the best weighted F1 on the labelled validation clips of the source."""
    return best(history, "source_validation_f1")


def information_maximisation(history: History) -> int:
    """The epoch with the best information maximisation on the unlabelled training clips of the target."""
    return best(history, "information_maximisation")


def last_epoch(history: History) -> int:
    """The last epoch: no selection."""
    return len(history)


def best(history: History, name: str) -> int:
    """The epoch, counted from 1, with the largest value of that name; the earliest of equal ones, never a NaN."""
    values = [-math.inf if math.isnan(epoch[name]) else epoch[name] for epoch in history]
    return 1 + max(range(len(values)), key=values.__getitem__)


KEPT: dict[str, Callable[[History], int]] = {
    "source_validation_f1": source_validation_f1,
    "information_maximisation": information_maximisation,
    "last_epoch": last_epoch,
}
"""Label-free selections: from the history of one run to an epoch, counted from 1, the earliest of equal ones.

Training keeps the weights of an epoch if a selection chooses it among the epochs so far. So a selection here must never
return to an epoch that it did not choose when it was the latest. ``amanda.scoring.selection`` has all selections.
"""
