"""An estimate of the target's label distribution that looks at none of its labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

from amanda.shared.tables.scores import SHARES, UNEXPLAINED
from amanda.shared.tables.table import per_class

SOURCE = "black box shift estimation (Lipton, Wang and Smola, 2018)"

SINGULAR = 1e-6
"""Smallest singular value of a confusion matrix that is still solved for."""

SUM_WEIGHT = 1e3
"""Weight, beside the equations of the classes, of the one that the shares sum to 1."""


def estimate_shares(
    predicted: np.ndarray, label: np.ndarray, target_predicted: np.ndarray, classes: Sequence[str]
) -> dict[str, float]:
    """Label shares q of the target that explain what a classifier predicts there: C q = μ (Lipton et al., 2018).

    C is the share of predictions per true class on clips of the source, [classes, classes], and μ the share of
    predictions on the target; q is the least-squares solution among distributions. It is the target's distribution
    where only the shares of the classes differ between the corpora (label shift), and not what clips of a class look
    like. NaN where C cannot be inverted: a class has no clip, or is not told from others.

    Args:
        predicted: of labelled clips of the source that were not trained on, [clips], as positions in ``classes``.
        label: their classes, [clips].
        target_predicted: of unlabelled clips of the target, [clips].
        classes: their names.

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
    """Distance Σ |p - q| / 2 of two distributions: the least share of clips whose class would have to be another."""
    return float(np.abs(np.asarray(one) - np.asarray(other)).sum() / 2)
