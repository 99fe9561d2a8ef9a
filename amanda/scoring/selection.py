"""Every selection of an epoch, from the stored outputs of training; a change of selection trains nothing again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from amanda.scoring import selection_scores
from amanda.scoring.kept import KEPT, History, best
from amanda.scoring.metrics import information_maximisation, weighted_f1

GUARD = 0.5
"""Share of the best information maximisation that an epoch must reach for its neighbourhood density to count."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The values that are known after an epoch without any label of the target.

    ``source_logits`` [clips, classes], ``source_label`` [clips] and ``log_ratio`` [clips] (log density ratio of target
    to source) belong to the source's validation clips, ``target_logits`` to the target's train clips. ``prior``
    [classes] is the label distribution of the source's train split.
    """

    source_logits: np.ndarray
    source_label: np.ndarray
    log_ratio: np.ndarray
    target_logits: np.ndarray
    prior: np.ndarray


def values(epoch: Epoch) -> dict[str, float]:
    """The value of every selection's score in an epoch; larger is better."""
    predicted, target = epoch.source_logits.argmax(axis=1), epoch.target_logits
    risk_estimate = (epoch.source_logits, epoch.source_label, epoch.log_ratio)
    return {
        "source_validation_f1": weighted_f1(epoch.source_label, predicted, len(epoch.prior)),
        "information_maximisation": information_maximisation(target),
        "batch_nuclear_norm": selection_scores.batch_nuclear_norm(target),
        "entropy": selection_scores.certainty(target),
        "soft_neighbourhood_density": selection_scores.soft_neighbourhood_density(target),
        "deep_embedded_validation": selection_scores.deep_embedded_validation(*risk_estimate),
        "label_prior": selection_scores.label_prior(target, epoch.prior),
    }


def soft_neighbourhood_density(history: History) -> int:
    """The epoch with the best neighbourhood density among those that pass a guard.

    The density is largest if all predictions are equal. The information maximisation of such an epoch is almost 0, so
    only epochs with at least half of the run's best value are considered.
    """
    least = GUARD * max(epoch["information_maximisation"] for epoch in history)
    name = "soft_neighbourhood_density"
    passed = [epoch if epoch["information_maximisation"] >= least else {name: -np.inf} for epoch in history]
    return best(passed, name)


def oracle(target_scores: Sequence[float]) -> int:
    """The epoch with the best score on the TARGET'S LABELS: an upper bound, never a result."""
    return 1 + max(range(len(target_scores)), key=target_scores.__getitem__)


SELECTION: dict[str, Callable[[History], int]] = KEPT | {
    "batch_nuclear_norm": partial(best, name="batch_nuclear_norm"),
    "entropy": partial(best, name="entropy"),
    "soft_neighbourhood_density": soft_neighbourhood_density,
    "deep_embedded_validation": partial(best, name="deep_embedded_validation"),
    "label_prior": partial(best, name="label_prior"),
}
"""Label-free selections by their names in the config (``selection``): from the history of one run to an epoch."""
