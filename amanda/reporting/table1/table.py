"""Scores of every run to Table 1, a row per pair and method: one long table to compute with and to lay out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amanda.shared.runs import Absent, absent_runs, seed_list
from amanda.shared.twins import SYNTHETIC, data_of
from amanda.shared.wording import settled

ORACLE = "oracle"

KEYS = ["source", "target", "method"]

DECIMALS = 4
"""Of every number, before any format rounds it again: one file must not say 60.64 where another says 60.65."""


def table1(
    scores: pd.DataFrame, paper: pd.DataFrame, cells: pd.DataFrame, comparisons: pd.DataFrame, settings: Mapping
) -> pd.DataFrame:
    """Average the scores over seeds and set noise, the oracle and the paper's numbers beside them.

    Args:
        scores: one row per source, target, method, seed and selection, with ``weighted_f1`` in percent.
        paper: the paper's Table 1: ``method``, ``label`` and one column ``source-target`` per pair, in percent.
        cells: confidence intervals, of amanda.compare_methods.
        comparisons: Holm's p-values, of amanda.compare_methods.
        settings: ``pairs``, ``methods``, ``seeds``, ``selection``, ``recipe``, ``releases``, ``twins``, ``labels``,
            ``alpha`` and ``missing_runs``.

    Returns:
        One row per pair and method in the order of the settings. ``weighted_f1_std`` is the sample standard deviation
        over seeds (n - 1). ``oracle_*`` columns chose the epoch by target labels and are there for comparison only;
        ``selection_gap`` is what that gains. ``better_beyond_noise`` marks the best method of a pair where Holm's p is
        below ``alpha`` against every other. ``missing`` names the seeds of runs that are not there; their numbers are
        NaN. So are the paper's beside synthetic data, which has nothing to do with them. ``data`` says what a pair is
        of.

    Raises:
        UserError: a run is missing and that is to be refused.
    """
    scores = scores[scores["seed"].isin(settings["seeds"])]
    absent = absent_runs(scores, settings)
    table = _rows(absent, settings)
    for prefix, selection in (("", settings["selection"]), ("oracle_", ORACLE)):
        table = table.merge(_over_seeds(scores, selection, prefix), on=KEYS, how="left")
    table = table.merge(cells[[*KEYS, "low", "high"]], on=KEYS, how="left")
    table = table.rename(columns={"low": "weighted_f1_low", "high": "weighted_f1_high"})
    table["weighted_f1_mean"] = honest = table["weighted_f1_mean"].where(table["missing"] == "")
    table["selection_gap"] = table["oracle_weighted_f1_mean"] - honest
    table["paper_weighted_f1"] = _paper_scores(table, paper, settings)
    table["difference_to_paper"] = honest - table["paper_weighted_f1"]
    table["paper_in_interval"] = _in_interval(table)
    table["better_beyond_noise"] = _best(table, comparisons, settings["alpha"])
    table = settled(table.astype({"n_seeds": "Int64", "clips": "Int64"}), DECIMALS)
    return table.assign(**_origin(table, settings))


def _in_interval(table: pd.DataFrame) -> pd.Series:
    """Whether the paper's number lies in our interval; missing where either is."""
    inside = table["paper_weighted_f1"].between(table["weighted_f1_low"], table["weighted_f1_high"])
    known = table[["paper_weighted_f1", "weighted_f1_low"]].notna().all(axis=1)
    return inside.astype("boolean").where(known)


def _origin(table: pd.DataFrame, settings: Mapping) -> dict[str, object]:
    data = [data_of(pair, settings) for pair in zip(table["source"], table["target"], strict=True)]
    return {key: settings[key] for key in ("selection", "recipe")} | {"data": data}


def _rows(absent: Absent, settings: Mapping) -> pd.DataFrame:
    return pd.DataFrame(
        dict(zip(KEYS, (*pair.split("-"), method), strict=True))
        | {"label": settings["labels"][method], "missing": seed_list(seeds) if seeds else ""}
        for pair in settings["pairs"]
        for method in settings["methods"]
        for seeds in [absent.get((pair, method), [])]
    )


def _over_seeds(scores: pd.DataFrame, selection: str, prefix: str) -> pd.DataFrame:
    groups = scores[scores["selection"] == selection].groupby(KEYS)
    columns = {"weighted_f1_mean": ("weighted_f1", "mean"), "weighted_f1_std": ("weighted_f1", "std")}
    if not prefix:
        columns |= {"n_seeds": ("seed", "count"), "clips": ("clips", "first")}
    return groups.agg(**{prefix + name: how for name, how in columns.items()}).reset_index()


def _paper_scores(table: pd.DataFrame, paper: pd.DataFrame, settings: Mapping) -> pd.Series:
    if settings["releases"] == SYNTHETIC:
        return pd.Series(np.nan, table.index)
    printed = paper.set_index("method").drop(columns="label").stack()
    keys = zip(table["method"], table["source"] + "-" + table["target"], strict=True)
    return pd.Series([printed.get(key) for key in keys], table.index, float)


def _best(table: pd.DataFrame, comparisons: pd.DataFrame, alpha: float) -> pd.Series:
    """Whether a method is the best of its pair, and that beyond noise."""
    beaten = comparisons.assign(beyond=comparisons["p_holm"] < alpha)
    winner = beaten["method"].where(beaten["difference"] > 0, beaten["other"])
    wins = beaten[beaten["beyond"]].assign(winner=winner).groupby(["source", "target", "winner"]).size()
    rivals = table["weighted_f1_mean"].notna().groupby([table["source"], table["target"]]).transform("sum") - 1
    won = [wins.get(key, 0) for key in table[KEYS].itertuples(index=False, name=None)]
    return (rivals > 0) & (pd.Series(won, table.index) == rivals)
