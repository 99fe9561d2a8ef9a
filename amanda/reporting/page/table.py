"""Table 1 as a heat table with its notes, and the figures that were drawn."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from amanda.reporting.page.parts import Section, Source, interval, mean_and_spread, number
from amanda.reporting.page.results import Results
from amanda.reporting.table1.ceiling import IN_DOMAIN, LABEL, LINES
from amanda.reporting.table1.layout import headings, signed
from amanda.reporting.table1.notes import SEEDS, Evidence, Note, notes
from amanda.shared.names import pair_name

TITLES = {
    "figure2": "Figure 2: weighted F1 against the weight of the alignment",
    "figure3": "Figure 3: shares of the alignment losses over training",
}
"""Name of a figure's files -> its title."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A score and the numbers below it; ``heat`` is its place between the lowest and the highest score, in percent."""

    pair: str
    score: str
    sort: str
    heat: float
    bold: bool
    spread: str
    interval: str
    paper: str
    oracle: str
    classes: list[tuple[str, str]]


def told(results: Results) -> list[Note]:
    """The notes of Table 1."""
    evidence = Evidence(
        results.table, results.scores, results.corpora, results.states, results.detectable, results.made
    )
    return notes(evidence, results.settings)


def warnings(results: Results) -> list[str]:
    """The warnings at the top: synthetic data, missing runs, modalities without information."""
    return [note.text for note in told(results) if note.warning]


def table_section(results: Results) -> Section:
    """Table 1 with what must be known to read it."""
    pairs = results.settings.pairs
    view = {
        "columns": list(zip(pairs, map(pair_name, pairs), headings(results.settings)[1:], strict=True)),
        "rows": [
            (results.label(method), results.settings.labels[method], _cells(results, method))
            for method in results.settings.methods
        ],
        "lines": _lines(results),
        "data": "; ".join(results.table["data"].unique()),
        "has_paper": bool(results.table["paper_weighted_f1"].notna().any()),
        "level": f"{100 * (1 - results.settings.alpha):g} %",
        "split": results.settings.split,
        "notes": [note for note in told(results) if not note.warning and note.name != SEEDS],
    }
    paths = results.paths
    files = [Source([paths[name]], "python -m amanda.tabulate") for name in ("table", "markdown", "latex")]
    scores = Source(paths["scores"], "python -m amanda.score_pair")
    return Section("table", "Table 1: every method on every pair", view, [*files, scores])


def _lines(results: Results) -> list[tuple[str, list[tuple[str, str]]]]:
    """The reference lines with a score in percent per pair, including the ceiling if it exists."""
    cells = results.table.set_index(["method", "source", "target"])
    pairs = [tuple(pair.split("-")) for pair in results.settings.pairs]
    found = []
    if IN_DOMAIN in cells.index:
        rows = [cells.loc[(IN_DOMAIN, *pair)] if (IN_DOMAIN, *pair) in cells.index else None for pair in pairs]
        scores = ["–" if row is None else _spread(row["weighted_f1_mean"], row["weighted_f1_std"]) for row in rows]
        found.append((LABEL, scores))
    of_pairs = results.table.groupby(["source", "target"]).first()
    found += [(name, [number(of_pairs.loc[pair, column]) for pair in pairs]) for column, name in LINES.items()]
    return [(name, list(zip(results.settings.pairs, scores, strict=True))) for name, scores in found]


def _spread(mean: float, deviation: float) -> str:
    return "missing" if math.isnan(mean) else f"{mean:.2f}" + ("" if math.isnan(deviation) else f" ± {deviation:.2f}")


def _cells(results: Results, method: str) -> list[HeatCell]:
    table = results.table.set_index(["method", "source", "target"])
    scores = results.table.loc[results.table["method"] != IN_DOMAIN, "weighted_f1_mean"]
    low, high = scores.min(), scores.max()
    return [
        _cell(results, pair, method, table.loc[(method, *pair.split("-"))], low, high)
        for pair in results.settings.pairs
    ]


def _cell(results: Results, pair: str, method: str, row: pd.Series, low: float, high: float) -> HeatCell:
    mean, known = row["weighted_f1_mean"], not math.isnan(row["weighted_f1_mean"])
    scores = results.of_run(results.scores, pair, method)
    return HeatCell(
        pair=pair,
        score=f"{mean:.2f}" if known else "missing" if row["missing"] else "–",
        sort=f"{mean:.4f}" if known else "",
        heat=round(100 * (mean - low) / max(high - low, 1e-9)) if known else 0,
        bold=bool(row["better_beyond_noise"]),
        spread="" if pd.isna(row["weighted_f1_std"]) or not known else f"± {row['weighted_f1_std']:.2f}",
        interval=interval(row["weighted_f1_low"], row["weighted_f1_high"], 1),
        paper=_beside(row["paper_weighted_f1"], row["difference_to_paper"]),
        oracle=_beside(row["oracle_weighted_f1_mean"] if known else math.nan, row["selection_gap"]),
        classes=[(name, mean_and_spread(scores[f"f1_{name}"])) for name in results.settings.classes],
    )


def _beside(value: float, difference: float) -> str:
    """A number with its difference from ours in brackets, or a dash."""
    return number(value) + ("" if pd.isna(difference) else f" ({signed(difference)})")


def figures_section(results: Results) -> Section:
    """The given figures, and the commands for the others."""
    given: list[Path] = results.paths["figures"]
    pictures = {path.stem: path for path in given if path.suffix == ".svg"}
    captions = {path.stem: path.read_text(encoding="utf-8").strip() for path in given if path.suffix == ".md"}
    view = {
        "shown": [(TITLES[name], _uri(pictures[name]), captions[name]) for name in TITLES if name in pictures],
        "absent": [(title, f"{results.folder}/{name}.svg") for name, title in TITLES.items() if name not in pictures],
    }
    sources = [
        Source([file], f"python -m amanda.draw_{path.stem}")
        for path in pictures.values()
        for file in (path, path.with_suffix(".csv"))
    ]
    return Section("figures", "The paper’s Figures 2 and 3", view, sources)


def _uri(picture: Path) -> str:
    """A picture as a data URI; as an image, its ids cannot collide with those of the page or of another drawing."""
    drawing = re.sub(rb"\s*\n\s*", b"\n", picture.read_bytes())
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"
