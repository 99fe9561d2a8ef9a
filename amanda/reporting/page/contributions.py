"""The contribution of each modality to each method's score: charts and tables of `amanda.tabulate_contributions`."""

from __future__ import annotations

import pandas as pd

from amanda.reporting.page.bars import Bar, spread_bars
from amanda.reporting.page.parts import REPRESENTATIONS, OfPair, Section, Source, Table, number
from amanda.reporting.page.results import Results
from amanda.shared.csv_table import read_csv
from amanda.shared.names import pair_name
from amanda.shared.tables.words import ALL, NOTHING


def contributions_section(results: Results) -> Section:
    """The mean over pairs, and each pair; or the command that makes the numbers."""
    title = "Which modality does it rest on?"
    paths = results.paths["contributions"]
    if not paths:
        return Section("contributions", title, {"made": False, "folder": results.folder})
    table = pd.concat([read_csv(path) for path in paths])
    pairs = results.settings.pairs
    over_all = table[table["source"] == ALL]
    view = {
        "made": True,
        "overall": _shown(results, over_all, "mean over pairs", "contributions") if len(pairs) > 1 else None,
        "pairs": [OfPair(pair, _of_pair(results, table, pair)) for pair in pairs],
    }
    return Section("contributions", title, view, [Source(paths, "python -m amanda.tabulate_contributions")])


def _of_pair(results: Results, table: pd.DataFrame, pair: str) -> dict | None:
    source, target = pair.split("-")
    rows = table[(table["source"] == source) & (table["target"] == target)]
    return _shown(results, rows, pair_name(pair), f"contributions-{pair}")


def _shown(results: Results, rows: pd.DataFrame, where: str, name: str) -> dict | None:
    """A chart and a table; nothing where no method has weights."""
    there = [method for method in results.settings.methods if method in set(rows["method"])]
    if not there:
        return None
    modalities = [name for name in REPRESENTATIONS if name in set(rows["left_out"])]
    wanted = pd.MultiIndex.from_product([there, [NOTHING, *modalities]])
    cells = rows.set_index(["method", "left_out"]).reindex(wanted)
    bars = [
        (
            results.label(method),
            [
                Bar(cells.loc[(method, name), "contribution_mean"], cells.loc[(method, name), "contribution_std"])
                for name in modalities
            ],
        )
        for method in there
    ]
    columns = [
        "Method",
        "With all",
        *(f"Without {name}" for name in modalities),
        *(f"{name.capitalize()} contributes" for name in modalities),
    ]
    table = [
        (
            results.label(method),
            *(_cell(cells.loc[(method, left_out)], "weighted_f1") for left_out in (NOTHING, *modalities)),
            *(_cell(cells.loc[(method, name)], "contribution") for name in modalities),
        )
        for method in there
    ]
    caption = f"Weighted F1 in percent with all and without a modality, and each one’s contribution, {where}"
    chart = spread_bars(name, f"Contribution in points of weighted F1, {where}", bars, modalities)
    return {"chart": chart, "table": Table(caption, columns, table)}


def _cell(row: pd.Series, name: str) -> str:
    spread = row[f"{name}_std"]
    return number(row[f"{name}_mean"], 1) + ("" if pd.isna(spread) else f" ± {number(spread, 1)}")
