"""Scores of every run to Table 1, a row per pair and method: one long table to compute with and to lay out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.ceiling import IN_DOMAIN, LABEL, LINES, OWN_SELECTION, absent_ceilings, as_rows, gap_closed
from amanda.shared.runs import Absent, absent_runs, seed_list
from amanda.shared.twins import SYNTHETIC, data_of
from amanda.shared.wording import settled

ORACLE = "oracle"

KEYS = ["source", "target", "method"]

DECIMALS = 4
"""Of every number, before any format rounds it again: one file must not say 60.64 where another says 60.65."""


def table1(
    scores: pd.DataFrame,
    ceilings: pd.DataFrame,
    paper: pd.DataFrame,
    cells: pd.DataFrame,
    comparisons: pd.DataFrame,
    settings: ReportSettings,
) -> pd.DataFrame:
    """Average the scores over seeds and set noise, the oracle, the ceiling and the paper's numbers beside them.

    Args:
        scores: one row per source, target, method, seed and selection, with ``weighted_f1`` in percent.
        ceilings: the same of the ceilings, whose source is the target; without rows where none is asked for.
        paper: the paper's Table 1: ``method``, ``label`` and one column ``source-target`` per pair, in percent.
        cells: confidence intervals, of amanda.compare_methods.
        comparisons: Holm's p-values, of amanda.compare_methods.
        settings: what the table is made of.

    Returns:
        One row per pair and method in the order of the settings, and after those of a pair its ceiling, as method
        ``in_domain``; ``gap_closed`` is the share of the way to it that a method goes. ``weighted_f1_std`` is the
        sample standard deviation over seeds (n - 1). ``oracle_*`` columns chose the epoch by target labels and are for
        comparison only; ``selection_gap`` is what that gains. ``better_beyond_noise`` marks the best method of a pair
        where Holm's p is below ``alpha`` against every other. ``missing`` names the seeds of runs that are not there;
        their numbers are NaN, and so are the paper's beside synthetic data. ``data`` says what a pair is of.

    Raises:
        UserError: a run is missing and that is to be refused.
    """
    scores = scores[scores["seed"].isin(settings.seeds)]
    absent, without = absent_runs(scores, settings), absent_ceilings(ceilings, settings)
    scores = pd.concat([scores, as_rows(ceilings, settings)], ignore_index=True)
    table = _with_scores(_rows(absent, without, settings), scores, cells, settings.selection)
    table["weighted_f1_mean"] = table["weighted_f1_mean"].where(table["missing"] == "")
    table["selection_gap"] = table["oracle_weighted_f1_mean"] - table["weighted_f1_mean"]
    table = table.assign(**gap_closed(table, settings), **_paper_columns(table, paper, settings))
    table["better_beyond_noise"] = _best(table, comparisons, settings.alpha)
    table = settled(table.astype({"n_seeds": "Int64", "clips": "Int64"}), DECIMALS)
    return table.assign(**_origin(table, settings))


def _paper_columns(table: pd.DataFrame, paper: pd.DataFrame, settings: ReportSettings) -> dict[str, pd.Series]:
    """The paper's numbers, ours minus them, and whether they lie in our intervals; missing where either is."""
    printed = _paper_scores(table, paper, settings)
    inside = printed.between(table["weighted_f1_low"], table["weighted_f1_high"]).astype("boolean")
    return {
        "paper_weighted_f1": printed,
        "difference_to_paper": table["weighted_f1_mean"] - printed,
        "paper_in_interval": inside.where(printed.notna() & table["weighted_f1_low"].notna()),
    }


def _origin(table: pd.DataFrame, settings: ReportSettings) -> dict[str, object]:
    data = [data_of(pair, settings) for pair in zip(table["source"], table["target"], strict=True)]
    selection = np.where(table["method"] == IN_DOMAIN, OWN_SELECTION, settings.selection)
    return {"selection": selection, "recipe": settings.recipe, "data": data}


def _rows(absent: Absent, without: Absent, settings: ReportSettings) -> pd.DataFrame:
    rows = []
    for pair in settings.pairs:
        source, target = pair.split("-")
        labels = settings.labels
        of_pair = [(method, labels[method], absent.get((pair, method), [])) for method in settings.methods]
        if target in settings.in_domain.targets:
            of_pair.append((IN_DOMAIN, LABEL, without.get((f"{target}-{target}", settings.in_domain.method), [])))
        rows += [(source, target, *row, seed_list(seeds) if seeds else "") for *row, seeds in of_pair]
    return pd.DataFrame(rows, columns=[*KEYS, "label", "missing"])


def _with_scores(table: pd.DataFrame, scores: pd.DataFrame, cells: pd.DataFrame, selection: str) -> pd.DataFrame:
    ends = cells.rename(columns={"low": "weighted_f1_low", "high": "weighted_f1_high"})
    chosen = _over_seeds(scores, selection, ""), _over_seeds(scores, ORACLE, "oracle_")
    for part in (*chosen, ends[[*KEYS, "weighted_f1_low", "weighted_f1_high"]]):
        table = table.merge(part, on=KEYS, how="left")
    return table


def _over_seeds(scores: pd.DataFrame, selection: str, prefix: str) -> pd.DataFrame:
    groups = scores[scores["selection"] == selection].groupby(KEYS)
    columns = {"weighted_f1_mean": ("weighted_f1", "mean"), "weighted_f1_std": ("weighted_f1", "std")}
    if not prefix:
        columns |= {"n_seeds": ("seed", "count")} | {name: (name, "first") for name in ("clips", *LINES)}
    return groups.agg(**{prefix + name: how for name, how in columns.items()}).reset_index()


def _paper_scores(table: pd.DataFrame, paper: pd.DataFrame, settings: ReportSettings) -> pd.Series:
    if settings.releases == SYNTHETIC:
        return pd.Series(np.nan, table.index)
    printed = paper.set_index("method").drop(columns="label").stack()
    keys = zip(table["method"], table["source"] + "-" + table["target"], strict=True)
    return pd.Series([printed.get(key) for key in keys], table.index, float)


def _best(table: pd.DataFrame, comparisons: pd.DataFrame, alpha: float) -> pd.Series:
    """Whether a method is the best of its pair, and that beyond noise."""
    beaten = comparisons.assign(beyond=comparisons["p_holm"] < alpha)
    winner = beaten["method"].where(beaten["difference"] > 0, beaten["other"])
    wins = beaten[beaten["beyond"]].assign(winner=winner).groupby(["source", "target", "winner"]).size()
    methods = table["weighted_f1_mean"].notna() & (table["method"] != IN_DOMAIN)
    rivals = methods.groupby([table["source"], table["target"]]).transform("sum") - 1
    won = [wins.get(key, 0) for key in table[KEYS].itertuples(index=False, name=None)]
    return methods & (rivals > 0) & (pd.Series(won, table.index) == rivals)
