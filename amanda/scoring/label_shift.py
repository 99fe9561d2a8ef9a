"""An estimate of the target's label distribution without its labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

from amanda.shared.tables.scores import SHARES, UNEXPLAINED
from amanda.shared.tables.table import per_class

SOURCE = "black box shift estimation (Lipton, Wang and Smola, 2018)"

SINGULAR = 1e-6
"""A confusion matrix with a smaller singular value counts as singular."""

SUM_WEIGHT = 1e3
"""Weight of the equation "the shares sum to 1" relative to the equations of the classes."""


def estimate_shares(
    predicted: np.ndarray, label: np.ndarray, target_predicted: np.ndarray, classes: Sequence[str]
) -> dict[str, float]:
    """Label shares q of the target that explain a classifier's predictions there: C q = μ (Lipton et al., 2018).

    C is the share of predictions per true class on clips of the source, [classes, classes], and μ the share of
    predictions on the target; q is the least-squares solution among distributions. It is the target's distribution if
    only the shares of the classes differ between the corpora (label shift), and clips of a class look the same in
    both. NaN if C cannot be inverted: a class has no clip, or the classifier does not distinguish it from others.

    Args:
        predicted: predictions on labelled clips of the source that were not used in training, [clips], as positions in
            ``classes``.
        label: their classes, [clips].
        target_predicted: predictions on unlabelled clips of the target, [clips].
        classes: names of the classes.

    Returns:
        The columns :data:`SHARES` of the classes, and :data:`UNEXPLAINED`.
    """
    size, columns = len(classes), per_class(SHARES, classes)
    unknown = dict.fromkeys([*columns, UNEXPLAINED], float("nan"))
    counts = np.zeros((size, size))
    np.add.at(counts, (predicted, label), 1)
    found = np.bincount(target_predicted, minlength=size) / len(target_predicted)
    if (counts.sum(axis=0) == 0).any():
        return unknown
    confusion = counts / counts.sum(axis=0)
    if np.linalg.svd(confusion, compute_uv=False)[-1] < SINGULAR:
        return unknown
    shares, _ = nnls(np.vstack([confusion, np.full(size, SUM_WEIGHT)]), np.append(found, SUM_WEIGHT))
    shares /= shares.sum()
    left = total_variation(confusion @ shares, found)
    return dict(zip(columns, map(float, shares), strict=True)) | {UNEXPLAINED: left}


def total_variation(one: np.ndarray, other: np.ndarray) -> float:
    """Distance Σ |p - q| / 2 of two distributions: the smallest share of clips that must change their class."""
    return float(np.abs(np.asarray(one) - np.asarray(other)).sum() / 2)
