"""Four numbers added to the logits, which are an adaptation without training, and the expected label shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amanda.scoring.metrics import probabilities
from extractors.shared.program import UserError

ABSENT = -1e6
"""The number for a class that is not expected at all: its probability is then 0 for any logits."""

TOLERANCE = 0.01
"""Accepted deviation of the sum of given shares from 1."""


def four_numbers(logits: np.ndarray, shares: np.ndarray, rounds: int, step: float) -> np.ndarray:
    """Numbers b for which the mean of softmax(logits + b) over the clips is the expected label distribution q.

    Each round does b += step (log q - log mean softmax(logits + b)), from b = 0. At its end the concave function
    q'b - mean log sum exp(logits + b), whose gradient is q minus the mean prediction, is largest. Predictions are
    reweighted by class as Saerens et al. (2002) do with new priors. The order of the clips does not matter.

    Args:
        logits: logits of unlabelled clips, [clips, classes]; without any clip the numbers are 0.
        shares: q, [classes], sum 1; a class with 0 gets ``ABSENT``.
        rounds: number of rounds.
        step: step size, above 0 and at most 1.

    Returns:
        [classes]; the mean over the expected classes is 0.
    """
    numbers = np.zeros(len(shares))
    expected = shares > 0
    if not len(logits):
        return numbers
    target = np.log(shares[expected])
    for _ in range(rounds):
        mean = probabilities(logits[:, expected] + numbers[expected]).mean(axis=0)
        numbers[expected] += step * (target - np.log(np.maximum(mean, np.finfo(np.float64).tiny)))
    numbers[expected] -= numbers[expected].mean()
    numbers[~expected] = ABSENT
    return numbers


def shares_of_labels(labels: Sequence[str], classes: Sequence[str]) -> dict[str, float]:
    """Label distribution from the labels of a few random clips: (count + 1) / (clips + classes).

    It is the mean of the posterior under a uniform prior (Laplace), so that a class that is missing in ten clips by
    chance does not count as absent.
    """
    counts = np.array([list(labels).count(name) for name in classes], float)
    return as_shares((counts + 1) / (counts + 1).sum(), classes)


def expected_shares(given: Mapping[str, float], stored: Mapping[str, float]) -> dict[str, float]:
    """The label distribution that a lab expects.

    Args:
        given: class -> share. The rest of the sum is divided among the classes that are not named, in proportion to
            their stored shares. A class with the given share 0 keeps nothing of its stored share.
        stored: the shares of the source, for all classes in their order.

    Raises:
        UserError: a class is unknown, a share is not from 0 to 1, or the shares sum to more than 1, or to less than 1
            with every class named.
    """
    classes = list(stored)
    if unknown := [name for name in given if name not in classes]:
        raise UserError(f"--expect: no class {unknown[0]}; the classes are {', '.join(classes)}")
    if wrong := [name for name, share in given.items() if not 0 <= share <= 1]:
        raise UserError(f"--expect: {wrong[0]}={given[wrong[0]]:g} is no share; give a number from 0 to 1")
    total = sum(given.values())
    rest = {name: stored[name] for name in classes if name not in given}
    if total > 1 + TOLERANCE or (total < 1 - TOLERANCE and not sum(rest.values())):
        raise UserError(f"--expect: the shares sum to {total:g}; let those of all classes sum to 1")
    left = max(1 - total, 0) if sum(rest.values()) else 0
    found = {name: given.get(name, left * rest.get(name, 0) / (sum(rest.values()) or 1)) for name in classes}
    return as_shares(np.array(list(found.values())) / sum(found.values()), classes)


def halfway(shares: Mapping[str, float], most: float) -> tuple[dict[str, float], bool]:
    """Shares half-way to equal shares of the expected classes if one class has more than ``most``; else unchanged.

    If nearly all clips are of one class, its true share improves the accuracy but reduces the recall of the others.

    Returns:
        The shares, and whether they were moved.
    """
    values = np.array(list(shares.values()))
    if values.max() <= most:
        return dict(shares), False
    equal = (values > 0) / (values > 0).sum()
    return as_shares((values + equal) / 2, list(shares)), True


def as_shares(values: np.ndarray, classes: Sequence[str]) -> dict[str, float]:
    """The share of each class, in the order of the classes."""
    return dict(zip(classes, map(float, values), strict=True))
