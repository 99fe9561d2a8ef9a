"""From bootstrap scores to standard errors, degrees of freedom, intervals, p-values and effect sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special, stats

LARGEST = 100.0
"""The largest score in percent, and the largest difference of two scores."""

BORROWED = 4.0
"""Degrees of freedom that the mean variance over seeds of a family adds to the variance of each difference."""

DIGITS = 9
"""Decimals of means over seeds; further ones are rounding errors, which would break ties and give a 0 a sign."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score or a difference of scores, averaged over seeds, with its noise; each [...]."""

    mean: np.ndarray
    standard_error: np.ndarray
    freedom: np.ndarray


def estimate(observed: np.ndarray, resampled: np.ndarray) -> Estimate:
    """The mean over seeds, its standard error over clips and seeds, and the degrees of freedom of the error.

    The variance has two parts. s²/n over seeds covers all noise that differs between seeds, including that of the
    clips. The second part is the noise of the clips that all seeds share: the covariance of two seeds' scores over
    bootstrap samples of the clips. Seeds are not resampled, see docs/statistics.md. The first part has n - 1 degrees of
    freedom; the sum then has (n - 1) (sum / first part)² (Satterthwaite, 1946): 2 if all noise comes from three seeds,
    many if it comes from the clips. One seed does not show how much seeds differ: its noise is that of the clips, and
    the degrees of freedom and all values that need them are NaN.

    Args:
        observed: [..., seeds].
        resampled: scores on bootstrap samples of the clips, [..., seeds, resamples].
    """
    return _sum(_parts(observed, resampled), observed.shape[-1] - 1)


def estimate_family(observed: np.ndarray, resampled: np.ndarray, methods: int) -> Estimate:
    """The same for all differences between some methods, which share an estimate of the variance over seeds.

    Among many differences, some have three seeds that agree by chance. Alone, such a difference seems to have almost no
    noise and, by Satterthwaite's formula, many degrees of freedom. So the variance over seeds of each difference is
    averaged with the mean of all. The weights are its own degrees of freedom and :data:`BORROWED` (Smyth, 2004,
    moderates variances in this way; the weight is fixed here). With two methods nothing is shared. See
    docs/statistics.md for the error rates.

    Args:
        observed: [differences, seeds].
        resampled: scores on bootstrap samples of the clips, [differences, seeds, resamples].
        methods: number of methods that are compared.
    """
    parts, own = _parts(observed, resampled), observed.shape[-1] - 1
    borrowed = min(BORROWED, max(methods - 2, 0) * own)
    if not borrowed:
        return _sum(parts, own)
    moderated = (own * parts.of_seeds + borrowed * parts.of_seeds.mean()) / (own + borrowed)
    noisy = (parts.of_seeds > 0) | (parts.shared > 0)  # two methods with the same predictions have no noise
    return _sum(parts._replace(of_seeds=np.where(noisy, moderated, 0.0)), own + borrowed)


def estimate_changes(changes: np.ndarray) -> Estimate:
    """The mean over seeds and the noise of several changes of one recipe, the clips held fixed.

    The changes borrow from each other how far seeds differ, as in :func:`estimate_family`: a change of few predictions
    is often nearly the same in three seeds. But changes are unlike each other, and the noise of one that replaces all
    predictions is not that of the rest. So a variance that borrowing would make smaller is kept, with its own degrees
    of freedom. See docs/statistics.md for the error rates.

    Args:
        changes: score with the change minus score without, [changes, seeds].
    """
    count, seeds = changes.shape
    mean, own = changes.mean(axis=1).round(DIGITS) + 0.0, seeds - 1
    if not own:
        return Estimate(mean, np.full(count, np.nan), np.full(count, np.nan))
    borrowed = min(BORROWED, (count - 1) * own)
    of_seeds = changes.var(axis=1, ddof=1) / seeds
    moderated = (own * of_seeds + borrowed * of_seeds.mean()) / (own + borrowed)
    kept = of_seeds >= moderated
    return Estimate(mean, np.sqrt(np.where(kept, of_seeds, moderated)), np.where(kept, own, own + borrowed))


class _Parts(NamedTuple):
    """A mean over seeds, and the two parts of its variance: shared by the seeds, and different between them."""

    mean: np.ndarray
    shared: np.ndarray
    of_seeds: np.ndarray


def _parts(observed: np.ndarray, resampled: np.ndarray) -> _Parts:
    seeds = observed.shape[-1]
    mean = observed.mean(axis=-1).round(DIGITS) + 0.0  # a zero without a sign
    of_mean = resampled.mean(axis=-2).var(axis=-1, ddof=1)
    if seeds == 1:
        return _Parts(mean, of_mean, np.zeros_like(of_mean))
    of_each = resampled.var(axis=-1, ddof=1).sum(axis=-1)
    shared = np.maximum((seeds**2 * of_mean - of_each) / (seeds * (seeds - 1)), 0)
    return _Parts(mean, shared, observed.var(axis=-1, ddof=1) / seeds)


def _sum(parts: _Parts, freedom: float) -> Estimate:
    """The estimate, if the variance over seeds has ``freedom`` degrees of freedom; 0 for one seed."""
    variance = parts.shared + parts.of_seeds
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.where(parts.of_seeds == 0, np.inf, freedom * (variance / parts.of_seeds) ** 2)
    return Estimate(parts.mean, np.sqrt(variance), known if freedom else np.full_like(variance, np.nan))


def score_interval(found: Estimate, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the 1 - alpha confidence interval of a score in percent, within 0 and 100.

    The interval contains the scores that a t test with their own error does not reject. The observed error belongs to
    the observed mean; the error of a score p is proportional to √(p (1 - p)) (Wilson, 1927). See docs/statistics.md.
    """
    mean = np.clip(found.mean / LARGEST, 0, 1)
    reach = (_quantile(found, alpha) * found.standard_error / LARGEST) ** 2
    spread = mean * (1 - mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (mean * spread + reach / 2) / (spread + reach)
        half = np.sqrt(reach * spread**2 + reach**2 / 4) / (spread + reach)
    low, high = (np.where(reach == 0, mean, end) for end in (middle - half, middle + half))
    return LARGEST * np.clip(low, 0, mean), LARGEST * np.clip(high, mean, 1)


def difference_interval(found: Estimate, alpha: float, largest: float = LARGEST) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the 1 - alpha confidence interval of a difference, within -largest and largest.

    It is Student's t on the scale of artanh(difference / largest), which has no bounds. The error is converted so that
    the interval contains 0 exactly when :func:`p_value` is alpha or more. Intervals of small differences hardly change.
    """
    share = np.clip(found.mean / largest, -1, 1)
    half = _quantile(found, alpha) * found.standard_error / largest
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.arctanh(share * (1 - np.finfo(float).eps))  # finite at the bounds too
        stretch = np.where(share == 0, 1.0, centre / share)
        low, high = np.tanh(centre - stretch * half), np.tanh(centre + stretch * half)
    low, high = (np.where(half == 0, share, end) for end in (low, high))
    return largest * np.minimum(low, share), largest * np.maximum(high, share)


def _quantile(found: Estimate, alpha: float) -> np.ndarray:
    """The quantile of Student's t; NaN for one seed, whose degrees of freedom are unknown."""
    return stats.t.ppf(1 - alpha / 2, found.freedom)


def p_value(found: Estimate) -> np.ndarray:
    """Two-sided p-value of "the difference is 0" by Student's t; 1 if two methods predict the same, and never 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(found.mean) / found.standard_error
    p = np.maximum(2 * stats.t.sf(ratio, found.freedom), np.finfo(float).tiny)
    return np.where((found.mean == 0) & (found.standard_error == 0), 1.0, p)


def holm(p: np.ndarray) -> np.ndarray:
    """P-values of one family after Holm (1979): multiplied by the number not yet rejected, monotone, at most 1."""
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


def hedges_g(difference: np.ndarray) -> np.ndarray:
    """Mean divided by standard deviation of paired differences, corrected for few seeds (Hedges, 1981).

    Args:
        difference: [..., seeds].

    Returns:
        [...]; NaN for fewer than three seeds, or if all differences are equal up to rounding.
    """
    freedom = difference.shape[-1] - 1
    if freedom < 2:
        return np.full(difference.shape[:-1], np.nan)
    deviation = difference.std(axis=-1, ddof=1)
    unbiased = np.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(deviation < 10.0**-DIGITS, np.nan, unbiased * difference.mean(axis=-1) / deviation)


def superiority(resampled: np.ndarray, seed_weights: np.ndarray) -> np.ndarray:
    """Share of the bootstrap samples of clips and seeds with a difference above 0, half of those at 0 added, [...].

    Args:
        resampled: differences on bootstrap samples of the clips, [..., seeds, resamples].
        seed_weights: weights of the seeds in each sample, [resamples, seeds].
    """
    mean = (resampled * seed_weights.T).sum(axis=-2)
    return (mean > 0).mean(axis=-1) + (mean == 0).mean(axis=-1) / 2
