"""The smallest difference that a number of seeds and clips can show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special, stats

from amanda.shared.wording import counted
from amanda.statistics.noise import LARGEST, Estimate
from amanda.statistics.settings import ComparisonSettings

FORMULA = (
    "λ · standard error, where λ is the noncentrality at which a two-sided t test with the difference's degrees of"
    " freedom finds it with that power (Cohen, 1988)"
)
"""What :func:`detectable` computes, in words."""

NONE = f"it would have to be larger than {LARGEST:g} points, which is impossible, or no two methods differ"
"""Why no difference can be shown."""

VALUES = ["detectable", "detectable_in_family"]
"""The columns with detectable differences."""


def detectable(found: Estimate, alpha: float, power: float) -> np.ndarray:
    """The smallest true difference that a test at level ``alpha`` finds with probability ``power``, [...].

    NaN if the noise is unknown: for one seed, and for two methods that never differ. It may exceed the largest possible
    difference, see :func:`possible`.

    It is λ · standard error with P(t(freedom, λ) > t(1 - alpha/2; freedom)) = power (Cohen, 1988).

    Args:
        found: the differences and their noise.
        alpha: two-sided level; divided by the number of comparisons for Holm's first step.
        power: probability of finding it.
    """
    freedom = np.minimum(found.freedom, 1e7)  # beyond this, t equals the normal distribution; NaN stays
    noncentrality = special.nctdtrinc(freedom, 1 - power, stats.t.ppf(1 - alpha / 2, freedom))
    return np.where(found.standard_error > 0, noncentrality * found.standard_error, np.nan)


def possible(differences: pd.DataFrame) -> pd.DataFrame:
    """The same table, with NaN for differences larger than two scores in percent can have: none can be shown then."""
    return differences.where(differences <= LARGEST)


def detectable_table(comparisons: pd.DataFrame) -> pd.DataFrame:
    """One row per source and target, in their order: medians over the pairs of methods, NaN if none can be shown.

    Args:
        comparisons: ``detectable`` and ``detectable_in_family`` as they were computed, including impossibly large
            ones; without these, the median would be too small.
    """
    about = ["n_seeds", "n_clips", "n_pairs", "family"]
    groups = comparisons.groupby(["source", "target"], sort=False)
    return pd.concat([groups[about].first(), possible(groups[VALUES].median())], axis=1).reset_index()


def sentence(detectable: pd.DataFrame, names: Sequence[str], settings: ComparisonSettings) -> str:
    """The smallest difference that the seeds can show, in words.

    Args:
        detectable: of :func:`detectable_table`.
        names: what to call each row.
        settings: how the methods were compared.
    """
    seeds = counted(len(settings.seeds), "seed")
    if len(settings.seeds) == 1:
        return "One seed can show no difference, because it does not show how much seeds differ."
    if detectable.empty:
        return "There are no two methods to compare."
    level = f"alpha {settings.alpha:g}, power {settings.power:g}"
    if detectable[VALUES].isna().all(axis=None):
        return (
            f"No difference can be shown with {seeds} ({level}): {NONE}. This uses medians over the pairs of methods of"
            f" {FORMULA}."
        )
    family = detectable["family"].max()
    values = [
        f"{name} {_points(alone)}" + (f" ({_points(any_of)})" if family > 1 else "")
        for name, alone, any_of in zip(names, *(detectable[name] for name in VALUES), strict=True)
    ]
    planned = f" if one comparison was planned, in brackets if it is any of {family}" if family > 1 else ""
    without = detectable[VALUES].isna().any(axis=None)
    none = f"; none: {NONE}" if without else ""
    return (
        f"The smallest difference in points that {seeds} can show{planned}: {', '.join(values)} ({level};"
        f" medians over the pairs of methods of {FORMULA}{none})."
    )


def _points(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:.1f}"
