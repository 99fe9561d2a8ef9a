"""Ranks of methods over pairs: Friedman's test and Nemenyi's critical difference (Demšar, 2006)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from amanda.statistics.noise import DIGITS


def critical_difference(methods: int, pairs: int, alpha: float) -> float:
    """The critical difference of mean ranks: q · sqrt(k (k + 1) / 6N) for k methods on N pairs (Demšar, 2006).

    q is the studentised range of k means with infinite degrees of freedom, divided by √2.
    """
    q = stats.studentized_range.ppf(1 - alpha, methods, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(methods * (methods + 1) / (6 * pairs)))


def friedman(scores: np.ndarray) -> tuple[float, float, float]:
    """Friedman's chi-squared, its p-value, and that of Iman and Davenport's less conservative F.

    Args:
        scores: [methods, pairs], at least three methods and two pairs.

    Returns:
        NaN if there are fewer, or if all scores of each pair are equal. If all pairs rank the methods in the same
        order, F is infinite and its p-value would be 0; the result is then the probability of that,
        1 / (methods!)^(pairs - 1).
    """
    methods, pairs = scores.shape
    if methods < 3 or pairs < 2 or (scores == scores[0]).all():
        return np.nan, np.nan, np.nan
    chi2, p = stats.friedmanchisquare(*scores)
    left = pairs * (methods - 1) - chi2
    if left < 10.0**-DIGITS:
        return float(chi2), float(p), math.factorial(methods) ** (1.0 - pairs)
    return float(chi2), float(p), float(stats.f.sf((pairs - 1) * chi2 / left, methods - 1, (methods - 1) * (pairs - 1)))


def groups(mean_ranks: Sequence[float], difference: float) -> list[list[int]]:
    """The bars of the diagram: the largest sets of neighbouring methods whose mean ranks differ by less than that.

    Args:
        mean_ranks: mean rank of each method.
        difference: the critical difference.

    Returns:
        Positions of the methods, best first, two or more per set. A set that is part of another is left out.
    """
    order = np.argsort(mean_ranks, kind="stable")
    ranks, found, reached = np.asarray(mean_ranks)[order], [], 0
    for first in range(len(ranks)):
        end = int(np.searchsorted(ranks, ranks[first] + difference, side="left"))
        if end > max(reached, first + 1):
            found.append([int(place) for place in order[first:end]])
            reached = end
    return found


def rank_table(scores: np.ndarray, methods: Sequence[str], alpha: float) -> pd.DataFrame:
    """One row per method, best mean rank first, with all that a critical-difference diagram shows.

    Args:
        scores: mean over seeds, larger is better, [methods, pairs].
        methods: their names.
        alpha: level of the critical difference.

    Returns:
        ``groups`` has the numbers, from 1, of the bars over a method, separated by blanks.
    """
    pairs, scores = scores.shape[1], scores.round(DIGITS)  # the order of summation must not break a tie
    mean_ranks = stats.rankdata(-scores, axis=0).mean(axis=1)
    apart = critical_difference(len(methods), pairs, alpha) if len(methods) > 1 else np.nan
    bars = groups(mean_ranks, apart) if len(methods) > 1 else []
    under = [" ".join(str(n) for n, bar in enumerate(bars, 1) if place in bar) for place in range(len(methods))]
    chi2, p, p_of_f = friedman(scores)
    table = pd.DataFrame({"method": methods, "mean_rank": mean_ranks, "groups": under, "n_pairs": pairs})
    table = table.assign(critical_difference=apart, friedman_chi2=chi2, friedman_p=p, iman_davenport_p=p_of_f)
    return table.sort_values("mean_rank", kind="stable", ignore_index=True)
