"""The gain of each method over no adaptation, from the comparisons of amanda.compare_methods."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from amanda.reporting.page.parts import interval, number
from amanda.reporting.page.results import Results
from amanda.reporting.table1.ceiling import IN_DOMAIN
from amanda.shared.wording import counted

NO_ADAPTATION = "direct_transfer"
"""The method that is trained on the source alone."""

ALL = "all"
"""Source and target of the rows about the mean over pairs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first screen's answer about adaptation.

    ``kind`` is yes, no or open. ``reason`` supports the verdict, and ``method`` is the method that it names, if any.
    """

    kind: str
    verdict: str
    reason: str
    method: str = ""


def gains(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The comparisons with no adaptation, each as the other method minus it.

    Args:
        comparisons: a table of :func:`amanda.statistics.comparison.significance`.

    Returns:
        ``source``, ``target``, ``method``, ``difference``, ``low``, ``high`` and ``p_holm``, in points of weighted F1.
    """
    columns = ["source", "target", "method", "difference", "low", "high", "p_holm"]
    ahead = comparisons[comparisons["other"] == NO_ADAPTATION]
    behind = comparisons[comparisons["method"] == NO_ADAPTATION]
    turned = behind.assign(
        method=behind["other"], difference=-behind["difference"], low=-behind["high"], high=-behind["low"]
    )
    found = pd.concat([ahead[columns], turned[columns]])
    return found[found["method"] != IN_DOMAIN].reset_index(drop=True)


def answer(results: Results) -> Answer:
    """Whether adaptation helps, by Holm's p and nothing else."""
    found, alpha, pairs = gains(results.comparisons), results.settings.alpha, len(results.scored_pairs)
    if not pairs:
        reason = "No target has labels to score by; results/predictions has what each method says of the clips."
        return Answer("open", "This table cannot say.", reason)
    if found.empty:
        return Answer("open", "This table cannot say.", "It has no method beside one without adaptation.")
    if found["p_holm"].isna().all():
        return Answer(
            "open", "Not shown.", "One seed cannot show a difference, because it does not show how much seeds differ."
        )
    shown = found[found["p_holm"] < alpha]
    average, single = shown[shown["source"] == ALL], shown[shown["source"] != ALL]
    better, worse = single[single["difference"] > 0], single[single["difference"] < 0]
    if len(better):
        name = _most(better, found)
        lost = int((worse["method"] == name).sum())
        hurts = f", but it hurts on {lost}" if lost else ""
        unsure = "" if name in set(average["method"]) or pairs == 1 else ", not shown on average"
        return Answer("yes", f"Yes, on {_of(better, name, pairs)}{hurts}{unsure}:", _gain(results, found, name), name)
    if len(risen := average[average["difference"] > 0]):
        name = risen.loc[risen["difference"].idxmax(), "method"]
        return Answer("yes", "Yes on average, on no single pair:", _gain(results, found, name), name)
    if len(worse):
        name = _most(worse, found)
        return Answer("no", f"No, it hurts on {_of(worse, name, pairs)}:", _gain(results, found, name), name)
    where = "the pair" if pairs == 1 else f"any of {pairs} pairs"
    reason = f"No method differs from no adaptation beyond noise on {where} (Holm’s p is {alpha:g} or more)."
    return Answer("open", "Not shown.", reason)


def _of(shown: pd.DataFrame, name: str, pairs: int) -> str:
    """The number of pairs on which a method is among the rows of ``shown``, in words."""
    return f"{int((shown['method'] == name).sum())} of {counted(pairs, 'pair')}"


def _most(shown: pd.DataFrame, found: pd.DataFrame) -> str:
    """The method with the most pairs; among equals the one with the largest difference over all pairs."""
    wins = shown["method"].value_counts()
    first = wins.index[wins == wins.max()]
    overall = found[(found["source"] == ALL) & found["method"].isin(first)]
    return overall.loc[overall["difference"].abs().idxmax(), "method"] if len(overall) else first[0]


def _gain(results: Results, found: pd.DataFrame, name: str) -> str:
    """The gain of a method over all pairs, with its interval, if it has all pairs."""
    rows = found[found["method"] == name].set_index("source")
    if ALL not in rows.index:
        return f"{results.label(name)}, which has no number on the other pairs."
    row = rows.loc[ALL]
    verb = "gains" if row["difference"] > 0 else "loses"
    low, high = (row["low"], row["high"]) if row["difference"] > 0 else (-row["high"], -row["low"])
    points = f"{number(abs(row['difference']), 1)} points of weighted F1 ({interval(low, high, 1)})"
    over = " on average" if len(results.scored_pairs) > 1 else ""
    return f"{results.label(name)} {verb} {points}{over}."
