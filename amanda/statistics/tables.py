"""The bootstrap's results as tables: a row per cell of Table 1, and a row per pair of methods."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from amanda.statistics.bootstrap import Scores, draw_seeds
from amanda.statistics.noise import (
    difference_interval,
    estimate,
    estimate_family,
    hedges_g,
    holm,
    p_value,
    score_interval,
    superiority,
)
from amanda.statistics.power import detectable
from amanda.statistics.settings import StatisticsSettings


def cell_table(scores: Scores, alpha: float) -> pd.DataFrame:
    """One row per method: its mean over seeds and the 1 - alpha confidence interval of that."""
    found = estimate(scores.observed, scores.resampled)
    low, high = score_interval(found, alpha)
    return pd.DataFrame(
        {
            "method": scores.methods,
            "weighted_f1_mean": found.mean,
            "standard_error": found.standard_error,
            "degrees_of_freedom": found.freedom,
            "low": low,
            "high": high,
        }
    )


def comparison_table(scores: Scores, settings: StatisticsSettings) -> pd.DataFrame:
    """One row per pair of methods, ``method`` minus ``other``; all rows are one family for Holm's correction.

    Args:
        scores: of one pair, or over pairs.
        settings: level and power of the tests, and how seeds are redrawn.
    """
    pairs = list(combinations(range(len(scores.methods)), 2))
    one, other = np.array(pairs, int).reshape(-1, 2).T
    observed, resampled = scores.observed[one] - scores.observed[other], scores.resampled[one] - scores.resampled[other]
    found = estimate_family(observed, resampled, len(scores.methods))
    low, high = difference_interval(found, settings.alpha)
    p = p_value(found)
    return pd.DataFrame(
        {
            "method": [scores.methods[place] for place in one],
            "other": [scores.methods[place] for place in other],
            "difference": found.mean,
            "standard_error": found.standard_error,
            "degrees_of_freedom": found.freedom,
            "low": low,
            "high": high,
            "p": p,
            "p_holm": holm(p),
            "family": len(pairs),
            "hedges_g": hedges_g(observed),
            "superiority": superiority(resampled, draw_seeds(observed.shape[1], settings)),
            "detectable": detectable(found, settings.alpha, settings.power),
            "detectable_in_family": detectable(found, settings.alpha / max(len(pairs), 1), settings.power),
        }
    )
