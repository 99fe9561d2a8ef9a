"""How large a difference so many seeds and clips can show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import special, stats

from amanda.significance.noise import Estimate

SOURCE = (
    "λ · standard error, where λ is the noncentrality at which a two-sided t test with the difference's degrees of"
    " freedom finds it with that power (Cohen, 1988)"
)
"""The formula of :func:`detectable`."""


def detectable(found: Estimate, alpha: float, power: float) -> np.ndarray:
    """The smallest true difference that a test at level ``alpha`` finds with probability ``power``, [...].

    It is λ · standard error with P(t(freedom, λ) > t(1 - alpha/2; freedom)) = power (Cohen, 1988).

    Args:
        found: the differences' noise.
        alpha: two-sided level; divided by the number of comparisons for Holm's first step.
        power: probability of finding it.
    """
    freedom = np.minimum(found.freedom, 1e7)  # from where on t is the normal; NaN stays
    noncentrality = special.nctdtrinc(freedom, 1 - power, stats.t.ppf(1 - alpha / 2, freedom))
    return noncentrality * found.standard_error


def detectable_table(comparisons: pd.DataFrame) -> pd.DataFrame:
    """One row per source and target, in their order: medians over the pairs of methods."""
    values = ["detectable", "detectable_in_family"]
    about = ["n_seeds", "n_clips", "n_pairs", "family"]
    groups = comparisons.groupby(["source", "target"], sort=False)
    return pd.concat([groups[about].first(), groups[values].median()], axis=1).reset_index()


def sentence(row: pd.Series, settings: Mapping) -> str:
    """What the seeds and clips of one row of :func:`detectable_table` can show, in words."""
    seeds, clips = int(row["n_seeds"]), int(row["n_clips"])
    if seeds == 1:
        return f"one seed and {clips} clips: nothing, since one seed does not say how far seeds differ"
    return (
        f"{seeds} seeds and {clips} clips can show a difference of {row['detectable']:.1f} points where one comparison"
        f" was planned, of {row['detectable_in_family']:.1f} where it is any of {int(row['family'])}"
        f" (alpha {settings['alpha']:g}, power {settings['power']:g})"
    )
