"""How large a difference so many seeds and clips can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special, stats

from amanda.significance.noise import Estimate

FORMULA = (
    "λ · standard error, where λ is the noncentrality at which a two-sided t test with the difference's degrees of"
    " freedom finds it with that power (Cohen, 1988)"
)
"""What :func:`detectable` computes, in words."""


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


def sentence(detectable: pd.DataFrame, names: Sequence[str], settings: Mapping) -> str:
    """How large a difference the seeds can show, in words.

    Args:
        detectable: of :func:`detectable_table`.
        names: what to call each row.
        settings: ``seeds``, ``alpha`` and ``power``.
    """
    if len(settings["seeds"]) == 1:
        return "One seed can show no difference, since it does not say how far seeds differ."
    values = [
        f"{name} {alone:.1f} ({any_of:.1f})"
        for name, alone, any_of in zip(names, detectable["detectable"], detectable["detectable_in_family"], strict=True)
    ]
    return (
        f"{len(settings['seeds'])} seeds can show a difference of so many points where one comparison was planned, in"
        f" brackets where it is any of {detectable['family'].max()}: {', '.join(values)} (alpha {settings['alpha']:g},"
        f" power {settings['power']:g}; medians over the pairs of methods of {FORMULA})."
    )
