"""Calibrated probabilities on the source: temperature scaling, and the calibration error."""

from __future__ import annotations

import numpy as np

COLDEST, HOTTEST = 0.05, 20.0
"""The lowest and the highest temperature that are tried."""

STEPS = 60
"""Number of temperatures in each grid search, from one end to the other; three searches give five digits."""

BINS = 10
"""Bins of confidence in the expected calibration error."""


def log_probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Logarithm of the mean over networks of softmax(logits / temperature), [clips, classes].

    Args:
        logits: [networks, clips, classes].
        temperature: above 0.
    """
    scaled = logits.astype(np.float64) / temperature
    scaled = scaled - scaled.max(axis=2, keepdims=True)
    scaled = scaled - np.log(np.exp(scaled).sum(axis=2, keepdims=True))
    largest = scaled.max(axis=0)
    return largest + np.log(np.exp(scaled - largest).mean(axis=0))


def fit_temperature(logits: np.ndarray, label: np.ndarray) -> float:
    """The temperature under which the labels are most likely (Guo et al., 2017), from ``COLDEST`` to ``HOTTEST``.

    It is fitted to the mean probability of all networks, because predictions use this mean.

    Args:
        logits: [networks, clips, classes], for clips that were not used in training.
        label: [clips].
    """
    clips = np.arange(len(label))
    low, high = np.log(COLDEST), np.log(HOTTEST)
    best = 0.0
    for _ in range(3):
        tried = np.linspace(low, high, STEPS)
        losses = [-log_probabilities(logits, float(np.exp(each)))[clips, label].mean() for each in tried]
        place = int(np.argmin(losses))
        best, low, high = tried[place], tried[max(place - 1, 0)], tried[min(place + 1, STEPS - 1)]
    return float(np.exp(best))


def calibration_error(probabilities: np.ndarray, label: np.ndarray) -> float:
    """Expected calibration error (Naeini et al., 2015): mean over clips of |accuracy - confidence| of their bin.

    Args:
        probabilities: [clips, classes].
        label: [clips].
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == label
    bin_of = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bin_of, weights=right - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(label))
