"""Rules that choose an epoch; those of ``SELECTION`` know no label of the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

History = Sequence[Mapping[str, float]]
"""Named values of each epoch of one run, in order."""


def source_validation_f1(history: History) -> int:
    """The epoch with the best weighted F1 on the labelled validation clips of the source."""
    return _best(history, "source_validation_f1")


def information_maximisation(history: History) -> int:
    """The epoch with the best information maximisation on the unlabelled training clips of the target."""
    return _best(history, "information_maximisation")


def last_epoch(history: History) -> int:
    """The last epoch: no selection."""
    return len(history)


def oracle(target_scores: Sequence[float]) -> int:
    """The epoch with the best score on the TARGET'S LABELS: an upper bound, never a result."""
    return 1 + max(range(len(target_scores)), key=target_scores.__getitem__)


def _best(history: History, name: str) -> int:
    values = [epoch[name] for epoch in history]
    return 1 + max(range(len(values)), key=values.__getitem__)


KEPT: dict[str, Callable[[History], int]] = {
    "source_validation_f1": source_validation_f1,
    "information_maximisation": information_maximisation,
    "last_epoch": last_epoch,
}
"""Label-free rules: history of one run to an epoch, counted from 1, the earliest of equals.

Training keeps the weights of an epoch when a rule chooses it among the epochs so far. A rule must therefore never go
back to an epoch that it passed over at its time.
"""

SELECTION = KEPT
