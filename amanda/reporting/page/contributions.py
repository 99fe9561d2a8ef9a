"""How much of each method's score rests on each modality: charts and tables of `amanda.tabulate_contributions`."""

from __future__ import annotations

import pandas as pd

from amanda.reporting.page.bars import Bar, spread_bars
from amanda.reporting.page.parts import REPRESENTATIONS, Section, Source, by_pair, number, paragraph
from amanda.reporting.page.results import Results
from amanda.shared.csv_table import read_csv
from amanda.shared.tables.words import ALL, NOTHING
from extractors.shared.html import html_table

WORDS = (
    "Contribution of a modality: the score with all modalities minus the score without it, in points of weighted F1,"
    " mean ± standard deviation over seeds, each seed with itself. Nothing is trained again: the trained joint head"
    " gets, in place of the representation of a clip in that modality, the average one of the target’s train clips."
)
LIMITS = (
    "So it says how far this network relies on a modality, not what a network trained without it would reach. Two"
    " modalities that tell the same can both seem needless; below 0, a modality misleads on this target. A network that"
    " is trained without a modality (`modalities` of its row) has no number for it."
)


def contributions_section(results: Results) -> Section:
    """The mean over pairs, and each pair to open; or how to make it."""
    title = "What each modality contributes"
    paths = results.paths["contributions"]
    if not paths:
        command = "snakemake --cores 8 results/contributions.csv"
        body = (
            f"<p>Not measured yet. <code>{command}</code> measures it with the weights of Table 1’s runs, which"
            " training keeps for the choices of source_validation_f1, information_maximisation and last_epoch;"
            " <code>page.contributions: true</code> in the config puts it here.</p>"
        )
        return Section("contributions", title, body)
    table = pd.concat([read_csv(path) for path in paths])
    over_all = table[table["source"] == ALL]
    parts = [paragraph(WORDS), paragraph(LIMITS)]
    if len(over_all) and len(results.settings["pairs"]) > 1:
        parts += ["<h3>Mean over pairs</h3>", _shown(results, over_all, "mean over pairs")]
    of_pairs = [(pair, _of_pair(results, table, pair)) for pair in results.settings["pairs"]]
    parts += ["<h3>Pair by pair</h3>", by_pair(of_pairs)]
    return Section("contributions", title, "\n".join(parts), [Source(paths, "python -m amanda.tabulate_contributions")])


def _of_pair(results: Results, table: pd.DataFrame, pair: str) -> str:
    source, target = pair.split("-")
    return _shown(results, table[(table["source"] == source) & (table["target"] == target)], pair)


def _shown(results: Results, rows: pd.DataFrame, where: str) -> str:
    there = [method for method in results.settings["methods"] if method in set(rows["method"])]
    if not there:
        return paragraph("No weights.")
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
    title = f"Contribution in points of weighted F1, {where}"
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
    return f"{spread_bars(title, bars, modalities)}\n{html_table(caption, columns, table, 'sortable', 1)}"


def _cell(row: pd.Series, name: str) -> str:
    spread = row[f"{name}_std"]
    return number(row[f"{name}_mean"], 1) + ("" if pd.isna(spread) else f" ± {number(spread, 1)}")
