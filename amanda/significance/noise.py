"""From redrawn scores to standard errors, degrees of freedom, intervals, p-values and effect sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score or a difference of scores, averaged over seeds, with its noise; each [...]."""

    mean: np.ndarray
    standard_error: np.ndarray
    freedom: np.ndarray


def estimate(observed: np.ndarray, resampled: np.ndarray) -> Estimate:
    """The mean over seeds, its standard error over clips and seeds, and the degrees of freedom of that.

    The variance has two parts. s²/n over seeds holds all noise that differs between seeds, also that of the clips. What
    the clips add is noise that all seeds share: the covariance of two seeds' scores when clips are redrawn. To redraw
    three seeds as well would not do, see docs/statistics.md. The first part is known with n - 1 degrees of freedom; the
    sum then has (n - 1) (sum / first part)² (Satterthwaite, 1946): 2 where three seeds make all the noise, many where
    the clips do. One seed does not tell how far seeds differ: its noise is that of the clips, and the degrees of
    freedom are NaN, with all that follows.

    Args:
        observed: [..., seeds].
        resampled: on redrawn clips, [..., seeds, resamples].
    """
    seeds = observed.shape[-1]
    of_mean = resampled.mean(axis=-2).var(axis=-1, ddof=1)
    if seeds == 1:
        return Estimate(observed.mean(axis=-1), np.sqrt(of_mean), np.full_like(of_mean, np.nan))
    of_each = resampled.var(axis=-1, ddof=1).sum(axis=-1)
    shared = np.maximum((seeds**2 * of_mean - of_each) / (seeds * (seeds - 1)), 0)
    of_seeds = observed.var(axis=-1, ddof=1) / seeds
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(of_seeds == 0, np.inf, (seeds - 1) * ((shared + of_seeds) / of_seeds) ** 2)
    return Estimate(observed.mean(axis=-1), np.sqrt(shared + of_seeds), freedom)


def interval(found: Estimate, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the 1 - alpha confidence interval by Student's t."""
    half = stats.t.ppf(1 - alpha / 2, found.freedom) * found.standard_error
    return found.mean - half, found.mean + half


def p_value(found: Estimate) -> np.ndarray:
    """Two-sided p-value of "the difference is 0" by Student's t; 1 where two methods predict the same."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(found.mean) / found.standard_error
    p = 2 * stats.t.sf(ratio, found.freedom)
    return np.where((found.mean == 0) & (found.standard_error == 0), 1.0, p)


def holm(p: np.ndarray) -> np.ndarray:
    """P-values of one family after Holm (1979): times the number not yet rejected, never decreasing, at most 1."""
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


def hedges_g(difference: np.ndarray) -> np.ndarray:
    """Mean over standard deviation of paired differences, without its bias in few seeds (Hedges, 1981).

    Args:
        difference: [..., seeds].

    Returns:
        [...]; NaN for fewer than three seeds, or where all differences are the same.
    """
    freedom = difference.shape[-1] - 1
    if freedom < 2:
        return np.full(difference.shape[:-1], np.nan)
    deviation = difference.std(axis=-1, ddof=1)
    unbiased = np.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(deviation == 0, np.nan, unbiased * difference.mean(axis=-1) / deviation)


def superiority(resampled: np.ndarray, seed_weights: np.ndarray) -> np.ndarray:
    """Share of the redraws of clips and seeds in which the difference is above 0, of those at 0 half, [...].

    Args:
        resampled: differences on redrawn clips, [..., seeds, resamples].
        seed_weights: of each redraw of the seeds, [resamples, seeds].
    """
    mean = (resampled * seed_weights.T).sum(axis=-2)
    return (mean > 0).mean(axis=-1) + (mean == 0).mean(axis=-1) / 2
