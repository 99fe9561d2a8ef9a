"""How far apart the methods are: every two of them, ranks over pairs, and what so many seeds can show."""

from __future__ import annotations

import pandas as pd

from amanda.reporting.page.parts import Section, Source, by_pair, closed, number, p_text, paragraph
from amanda.reporting.page.ranking import diagram
from amanda.reporting.page.results import Results
from amanda.reporting.page.table import told
from amanda.reporting.table1.layout import signed
from amanda.reporting.table1.notes import SEEDS
from extractors.shared.html import html_table

ALL = "all"
"""Source and target of the rows about the mean over pairs."""


def statistics_section(results: Results) -> Section:
    """The tables of amanda.compare_methods."""
    parts = ["<h3>Ranks over pairs</h3>", *_ranks(results), f"<h3>{SEEDS}</h3>"]
    parts += [paragraph(note.text) for note in told(results) if note.name == SEEDS]
    parts += ["<h3>Every two methods</h3>", *_comparisons(results)]
    names = ("cells", "comparisons", "ranks", "detectable")
    sources = [Source([results.paths[name]], "python -m amanda.compare_methods") for name in names]
    return Section("statistics", "Statistics", "\n".join(parts), sources)


def _comparisons(results: Results) -> list[str]:
    table, alpha = results.comparisons, results.settings["alpha"]
    if table.empty:
        return [paragraph("No two methods have all runs of one pair.")]
    beyond = int((table.loc[table["source"] != ALL, "p_holm"] < alpha).sum())
    count = int((table["source"] != ALL).sum())
    words = (
        f"{beyond} of {count} differences on single pairs are beyond noise (Holm’s p below {alpha:g} within the pair)."
        " The difference is the first method minus the second in points of weighted F1; superiority is the share of"
        " redraws of clips and seeds in which the first is ahead."
    )
    over_all = table[table["source"] == ALL]
    rest = table[table["source"] != ALL]
    pairs = rest.groupby(rest["source"] + "-" + rest["target"], sort=False)
    tables = [(pair, _table(part, f"Every two methods on {pair}", results)) for pair, part in pairs]
    overall = [_table(over_all, "Every two methods, mean over pairs", results)] if len(tables) > 1 else []
    return [paragraph(words), *overall, by_pair(tables)]


def _table(rows: pd.DataFrame, caption: str, results: Results) -> str:
    level = f"{100 * (1 - results.settings['alpha']):g} % interval"
    columns = ["Method", "minus", "Difference", level, "p", "p (Holm)", "Hedges’ g", "Superiority"]
    cells = [
        (
            results.label(row.method),
            results.label(row.other),
            signed(row.difference),
            "–" if pd.isna(row.low) else f"{number(row.low)} to {number(row.high)}",
            p_text(row.p),
            p_text(row.p_holm),
            number(row.hedges_g),
            number(row.superiority),
        )
        for row in rows.itertuples()
    ]
    return html_table(caption, columns, cells, "sortable", row_headings=2)


def _ranks(results: Results) -> list[str]:
    ranks = results.ranks
    if len(ranks) < 2 or ranks["n_pairs"].iloc[0] < 2:
        return [paragraph("Ranks need at least two methods that have all runs, and two pairs.")]
    first = ranks.iloc[0]
    test = (
        f" Friedman’s test: chi-squared {number(first['friedman_chi2'])}, p {p_text(first['friedman_p'])};"
        f" Iman and Davenport’s F: p {p_text(first['iman_davenport_p'])}."
        if pd.notna(first["friedman_p"])
        else ""
    )
    if first["critical_difference"] >= len(ranks) - 1:
        test += f" No two mean ranks of {len(ranks)} methods can be that far apart: so few pairs tell none apart."
    words = (
        f"Mean ranks over {first['n_pairs']} pairs, 1 is best. Methods under one bar are less than the critical"
        f" difference of {number(first['critical_difference'])} apart (Nemenyi; Demšar, 2006).{test}"
    )
    rows = [(results.label(row.method), number(row.mean_rank), row.groups or "none") for row in ranks.itertuples()]
    as_table = html_table("The same in numbers", ["Method", "Mean rank", "Under bar"], rows, "sortable", row_headings=1)
    return [paragraph(words), diagram(ranks, results.settings["labels"]), closed("Ranks as a table", as_table)]
