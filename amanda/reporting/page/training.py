"""What training recorded: losses and validation F1, the weights psi, distances of the domains before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from amanda.reporting.page.drawing import Chart
from amanda.reporting.page.gains import NO_ADAPTATION
from amanda.reporting.page.lines import line_chart, lines_of
from amanda.reporting.page.parts import REPRESENTATIONS, OfPair, Section, Source, Table, mean_and_spread
from amanda.reporting.page.results import Results
from amanda.shared.names import pair_name

LOSSES = {
    "total": "total",
    "information_bottleneck": "information bottleneck",
    "label_alignment": "label alignment",
    "correlation_alignment": "correlation alignment",
    "domain": "domain",
    "discrepancy": "discrepancy",
}
"""Losses by their name in a history; a method has some of them."""

VALIDATION = {"source_validation_f1": "validation F1"}
PSI = {f"psi_{name}": name for name in REPRESENTATIONS}


def training_section(results: Results) -> Section:
    """Curves of every run; lines are means over seeds, bands reach from the lowest to the highest seed."""
    settings = results.settings
    balanced = dict.fromkeys(pair for pair, method in results.runs() if _has(results, (pair, method), PSI))
    view = {
        "losses": list(LOSSES.values()),
        "representations": REPRESENTATIONS,
        "curves": [OfPair(pair, [*_curves(results, pair)]) for pair in settings.pairs],
        "psi": [OfPair(pair, _psi(results, pair)) for pair in balanced],
        "selection": settings.selection,
        "baseline": results.label(NO_ADAPTATION) if NO_ADAPTATION in settings.methods else "",
        "distances": [OfPair(pair, _distances(results, pair)) for pair in settings.pairs],
    }
    sources = [Source(results.paths["histories"], "python -m amanda.train_pair")]
    return Section("training", "How did the training go?", view, sources)


def _has(results: Results, run: tuple[str, str], names: Mapping[str, str]) -> bool:
    return run in results.histories and bool(set(names) & set(results.histories[run]["name"]))


def _curves(results: Results, pair: str) -> Iterator[tuple[str, list[Chart]]]:
    """Each method with its charts; none for a run that is not there."""
    for method in results.settings.methods:
        label, history = results.label(method), results.histories.get((pair, method))
        charts = []
        if history is not None:
            name = f"{pair}-{method}"
            charts.append(line_chart(f"losses-{name}", f"{label}: losses", lines_of(history, LOSSES)))
            validation = lines_of(history, VALIDATION)
            charts.append(line_chart(f"validation-{name}", f"{label}: validation F1", validation, (0, 1)))
        yield label, charts


def _psi(results: Results, pair: str) -> list[Chart]:
    methods = [method for method in results.settings.methods if _has(results, (pair, method), PSI)]
    return [
        line_chart(
            f"psi-{pair}-{method}", f"{results.label(method)}: psi", lines_of(results.histories[pair, method], PSI)
        )
        for method in methods
    ]


def _distances(results: Results, pair: str) -> Table:
    rows = []
    for method in results.settings.methods:
        history = results.histories.get((pair, method))
        found = results.of_run(results.scores, pair, method)
        if history is None or found.empty:
            rows.append((results.label(method), *["no run"] * len(REPRESENTATIONS)))
            continue
        chosen = found.set_index("seed")["epoch"]
        rows.append((results.label(method), *(_before_and_after(history, chosen, name) for name in REPRESENTATIONS)))
    return Table(f"Proxy A-distance on {pair_name(pair)}", ["Method", *REPRESENTATIONS], rows, "numbers")


def _before_and_after(history: pd.DataFrame, chosen: pd.Series, name: str) -> str:
    values = history[history["name"] == f"a_distance_{name}"].set_index(["seed", "epoch"])["value"]
    if values.empty:  # a modality that this network has not
        return "–"
    first = [values.get((seed, 1), float("nan")) for seed in chosen.index]
    last = [values.get((seed, epoch), float("nan")) for seed, epoch in chosen.items()]
    return f"{mean_and_spread(first, 2)} → {mean_and_spread(last, 2)}"
