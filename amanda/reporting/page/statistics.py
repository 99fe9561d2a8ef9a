"""How far apart the methods are: on which pairs, every two of them, ranks, and what so many seeds can show."""

from __future__ import annotations

import pandas as pd

from amanda.reporting.page.gains import ALL, gains
from amanda.reporting.page.parts import OfPair, Section, Source, Table, interval, long_heading, number, p_text
from amanda.reporting.page.ranking import diagram
from amanda.reporting.page.results import Results
from amanda.reporting.page.table import told
from amanda.reporting.table1.layout import signed
from amanda.reporting.table1.notes import SEEDS
from amanda.shared.names import pair_name


def statistics_section(results: Results) -> Section:
    """The tables of amanda.compare_methods."""
    comparisons = results.comparisons
    single = comparisons[comparisons["source"] != ALL]
    pairs = [(pair, _of(comparisons, pair)) for pair in results.settings.pairs]
    over_all = comparisons[comparisons["source"] == ALL]
    view = {
        "where": _where(results),
        "alpha": f"{results.settings.alpha:g}",
        "count": len(single),
        "beyond": int((single["p_holm"] < results.settings.alpha).sum()),
        "overall": _table(over_all, "Every two methods, mean over pairs", results) if len(pairs) > 1 else None,
        "pairs": [
            OfPair(pair, _table(part, f"Every two methods on {pair_name(pair)}", results))
            for pair, part in pairs
            if len(part)
        ],
        "seeds": next(note.text for note in told(results) if note.name == SEEDS),
        "ranks": _ranks(results),
    }
    names = ("cells", "comparisons", "ranks", "detectable")
    sources = [Source([results.paths[name]], "python -m amanda.compare_methods") for name in names]
    return Section("statistics", "On which pairs does it help?", view, sources)


def _of(table: pd.DataFrame, pair: str) -> pd.DataFrame:
    source, target = pair.split("-")
    return table[(table["source"] == source) & (table["target"] == target)]


def _where(results: Results) -> Table | None:
    """For each pair, which methods are apart from no adaptation; nothing where there is none to compare with."""
    found = gains(results.comparisons)
    if found.empty:
        return None
    rows = []
    for pair in results.settings.pairs:
        of_pair = _of(found, pair)
        shown = of_pair[of_pair["p_holm"] < results.settings.alpha]
        better, worse = (shown[shown["difference"] * sign > 0]["method"] for sign in (1, -1))
        names = [", ".join(map(results.label, methods)) or "none" for methods in (better, worse)]
        rows.append((long_heading(pair), *names, str(len(of_pair) - len(shown))))
    columns = ["Pair", "Better than no adaptation", "Worse", "Not told apart"]
    return Table("Methods against no adaptation, beyond noise", columns, rows, "plain")


def _table(rows: pd.DataFrame, caption: str, results: Results) -> Table:
    level = f"{100 * (1 - results.settings.alpha):g} % interval"
    columns = ["Method", "minus", "Difference", level, "p", "p (Holm)", "Hedges’ g", "Superiority"]
    cells = [
        (
            results.label(row.method),
            results.label(row.other),
            signed(row.difference),
            interval(row.low, row.high),
            p_text(row.p),
            p_text(row.p_holm),
            number(row.hedges_g),
            number(row.superiority),
        )
        for row in rows.itertuples()
    ]
    minor = frozenset(place for place, cell in enumerate(cells) if cell[5] == "1.000")
    return Table(caption, columns, cells, row_headings=2, minor=minor, why="p (Holm) = 1.000")


def _ranks(results: Results) -> dict | None:
    ranks = results.ranks
    if len(ranks) < 2 or ranks["n_pairs"].iloc[0] < 2:
        return None
    first = ranks.iloc[0]
    tests = [
        f"Friedman’s test: chi-squared {number(first['friedman_chi2'])}, p {p_text(first['friedman_p'])};"
        f" Iman and Davenport’s F: p {p_text(first['iman_davenport_p'])}."
    ] * bool(pd.notna(first["friedman_p"]))
    if first["critical_difference"] >= len(ranks) - 1:
        tests.append(
            f"No two mean ranks of {len(ranks)} methods can be that far apart: so few pairs tell no method apart."
        )
    rows = [(results.label(row.method), number(row.mean_rank), row.groups or "none") for row in ranks.itertuples()]
    return {
        "pairs": first["n_pairs"],
        "difference": number(first["critical_difference"]),
        "tests": tests,
        "diagram": diagram(ranks, {name: results.label(name) for name in ranks["method"]}),
        "table": Table("The same in numbers", ["Method", "Mean rank", "Under bar"], rows),
    }
