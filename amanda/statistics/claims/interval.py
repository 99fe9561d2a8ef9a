"""The interval of a mean of differences, one for each seed, and the verdict that follows from it."""

from __future__ import annotations

import numpy as np

from amanda.statistics import noise

SHOWN, CONTRADICTED, UNTOLD = "shown", "contradicted", "not told apart"


def interval(differences: np.ndarray, alpha: float, largest: float) -> tuple[float, float]:
    """Lower and upper end of the 1 - alpha confidence interval of the mean over seeds, by Student's t.

    The clips are held fixed, so all noise is that of the seeds. A bootstrap over so few seeds gives too short
    intervals, see docs/statistics.md.

    Args:
        differences: difference of each seed, [seeds].
        alpha: two-sided level.
        largest: the largest possible absolute difference, which bounds the interval too.

    Returns:
        NaN for one seed, which does not show how much seeds differ.
    """
    seeds = len(differences)
    error = differences.std(ddof=1) / np.sqrt(seeds) if seeds > 1 else np.nan
    low, high = noise.difference_interval(
        noise.Estimate(*np.array([differences.mean(), error, seeds - 1], np.float64)), alpha, largest
    )
    return float(low), float(high)


def verdict(low: float, high: float) -> str:
    """The verdict from the interval: shown if it is above 0, contradicted if below, else undecided."""
    if low > 0:
        return SHOWN
    return CONTRADICTED if high < 0 else UNTOLD
