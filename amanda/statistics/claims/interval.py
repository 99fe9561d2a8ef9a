"""From differences, one for each seed, to the interval of their mean and a word about it."""

from __future__ import annotations

import numpy as np

from amanda.statistics import noise

SHOWN, CONTRADICTED, UNTOLD = "shown", "contradicted", "not told apart"


def interval(differences: np.ndarray, alpha: float, largest: float) -> tuple[float, float]:
    """Lower and upper end of the 1 - alpha confidence interval of the mean over seeds, by Student's t.

    The clips are held fixed: all noise is that of the seeds. A bootstrap over so few is too sure of itself, see
    docs/statistics.md.

    Args:
        differences: of each seed, [seeds].
        alpha: two-sided level.
        largest: no difference can be further from 0, and no end of the interval is.

    Returns:
        NaN for one seed, which does not tell how far seeds differ.
    """
    seeds = len(differences)
    error = differences.std(ddof=1) / np.sqrt(seeds) if seeds > 1 else np.nan
    low, high = noise.difference_interval(
        noise.Estimate(*np.array([differences.mean(), error, seeds - 1], np.float64)), alpha, largest
    )
    return float(low), float(high)


def verdict(low: float, high: float) -> str:
    """What the interval of an advantage says, and nothing else does: above 0, below 0, or both are possible."""
    if low > 0:
        return SHOWN
    return CONTRADICTED if high < 0 else UNTOLD
