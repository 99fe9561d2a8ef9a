"""Scores of an epoch that need no label of the target; for all of them larger is better.

Unless stated otherwise, ``logits`` are those of the joint head for unlabelled clips of the target, [clips, classes].
Musgrave et al. (2022, arXiv 2208.07360) compare most of the scores over many trainings. Information maximisation is in
``amanda.scoring.metrics``, because training needs it.
"""

from __future__ import annotations

import numpy as np

from amanda.scoring.metrics import entropies, probabilities

TEMPERATURE = 0.05
"""Temperature of soft neighbourhood density, as in its paper."""

NEIGHBOURS = 2000
"""Largest number of clips in the search for neighbours; the time grows with its square."""

LARGEST_LOG_RATIO = 20.0
"""Largest log density ratio, so that a clip that is typical of only one domain cannot overflow the risk."""


def certainty(logits: np.ndarray) -> float:
    """Minus the mean entropy of the predictions, -(1/n) Σ_i H(p_i) (Morerio et al., 2018), from -ln C to 0.

    A collapse to one class scores the maximum.
    """
    return -float(entropies(probabilities(logits)).mean())


def batch_nuclear_norm(logits: np.ndarray) -> float:
    """‖P‖_* / n with the predictions P, [n, C] (Cui et al., 2020): large for confident and diverse predictions."""
    return float(np.linalg.norm(probabilities(logits), "nuc") / len(logits))


def soft_neighbourhood_density(logits: np.ndarray) -> float:
    """Mean entropy of each clip's similarities to the others (SND, Saito et al., 2021).

    Row i is the softmax over j != i of cos(p_i, p_j) / 0.05; many near neighbours give a large entropy. Both a
    collapse to one class and uniform predictions score the maximum ln(n - 1), so use it only with a guard. If there
    are more than ``NEIGHBOURS`` clips, that many are used, evenly spaced.
    """
    count = min(len(logits), NEIGHBOURS)
    if count < 2:
        return 0.0
    predictions = probabilities(logits[np.linspace(0, len(logits) - 1, count).round().astype(int)])
    unit = predictions / np.linalg.norm(predictions, axis=1, keepdims=True)
    similarities = unit @ unit.T / TEMPERATURE
    others = similarities[~np.eye(count, dtype=bool)].reshape(count, count - 1)
    return float(entropies(probabilities(others)).mean())


def label_prior(logits: np.ndarray, prior: np.ndarray) -> float:
    """Minus the divergence Σ_c q_c ln(q_c / p̄_c) of the mean prediction p̄ from the source's label distribution q.

    It is the distance of label alignment (paper, Eq. 8) from its minimum. The paper's second assumption is that the
    target's labels have the distribution q. Uninformative predictions with the right proportions score the maximum, 0.

    Args:
        logits: logits of unlabelled clips of the target.
        prior: label distribution of the source's train split, [classes], all above 0.
    """
    mean = np.maximum(probabilities(logits).mean(axis=0), np.finfo(np.float64).tiny)
    return -float((prior * np.log(prior / mean)).sum())


def deep_embedded_validation(logits: np.ndarray, label: np.ndarray, log_ratio: np.ndarray) -> float:
    """Minus the target's risk, estimated from labelled clips of the source (DEV, You et al., 2019).

    Args:
        logits: logits of the source's validation clips, [clips, classes].
        label: their classes, [clips].
        log_ratio: logarithm of the density ratio of target to source at each, [clips].
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probability = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    losses = -log_probability[np.arange(len(label)), label]
    return -weighted_risk(np.exp(np.minimum(log_ratio, LARGEST_LOG_RATIO)), losses)


def weighted_risk(weights: np.ndarray, losses: np.ndarray) -> float:
    """mean(w l) + η mean(w) - η, the weighted risk with the weights as control variate, η = -Cov(w l, w) / Var(w).

    If all weights are equal there is no control variate, and the risk is mean(w l).
    """
    weighted = weights * losses
    variance = weights.var(ddof=1) if len(weights) > 1 else 0.0
    if not variance:
        return float(weighted.mean())
    eta = -np.cov(weighted, weights)[0, 1] / variance
    return float(weighted.mean() + eta * weights.mean() - eta)
