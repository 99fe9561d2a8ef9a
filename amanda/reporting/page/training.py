"""What training recorded: losses and validation F1, the weights psi, distances of the domains before and after."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from amanda.reporting.page.charts import Line, legend, line_chart, lines_of
from amanda.reporting.page.parts import REPRESENTATIONS, Section, Source, by_pair, mean_and_spread, paragraph
from amanda.reporting.page.results import Results
from extractors.shared.html import html_table

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
    words = (
        "Lines are means over seeds, bands reach from the lowest seed to the highest. Losses are means over an epoch:"
        " the total, which is minimised, and its terms before their weights; validation F1 is weighted F1 on the"
        " source’s validation split, from 0 to 1."
    )
    psi = "The weights of the modalities’ alignment losses in the gradient, ψ = ∂h/∂a (Eq. 12), by epoch."
    balanced = [run for run in results.runs() if _has(results, run, PSI)]
    parts = [
        paragraph(words),
        legend(list(LOSSES.values())),
        by_pair((pair, _grid([*_curves(results, pair)])) for pair in results.settings["pairs"]),
        "<h3>Psi over time</h3>",
        paragraph(psi if balanced else "No method of this table balances modalities."),
        legend(REPRESENTATIONS) if balanced else "",
        by_pair((pair, _grid(_psi(results, pair))) for pair in dict.fromkeys(pair for pair, _ in balanced)),
        "<h3>Distance of the domains, before and after</h3>",
        paragraph(
            "Proxy A-distance of source and target representations (Ben-David et al., 2007), by a linear discriminant:"
            " 2 where the domains are wholly apart, about 0 where they cannot be told apart. After the first epoch →"
            f" at the epoch that {results.settings['selection']} chose, means ± standard deviations over seeds."
            + _baseline(results)
            * ("direct_transfer" in results.settings["methods"])
        ),
        by_pair((pair, _distances(results, pair)) for pair in results.settings["pairs"]),
    ]
    sources = [Source(results.paths["histories"], "python -m amanda.train_pair")]
    return Section("training", "Training", "\n".join(filter(None, parts)), sources)


def _baseline(results: Results) -> str:
    """Which row stands for no adaptation, if one does."""
    name = "direct_transfer"
    return f" {results.label(name)} is trained without any adaptation." if name in results.settings["methods"] else ""


def _has(results: Results, run: tuple[str, str], names: Mapping[str, str]) -> bool:
    return run in results.histories and bool(set(names) & set(results.histories[run]["name"]))


def _grid(charts: list[str]) -> str:
    return f'<div class="grid">\n{"".join(charts)}\n</div>'


def _curves(results: Results, pair: str) -> list[str]:
    charts = []
    for method in results.settings["methods"]:
        label, history = results.label(method), results.histories.get((pair, method))
        if history is None:
            charts.append(paragraph(f"{label}: no run."))
            continue
        charts.append(line_chart(f"{label}: losses", lines_of(history, LOSSES)))
        validation: list[Line] = lines_of(history, VALIDATION)
        charts.append(line_chart(f"{label}: validation F1", validation, (0, 1)))
    return charts


def _psi(results: Results, pair: str) -> list[str]:
    methods = [method for method in results.settings["methods"] if _has(results, (pair, method), PSI)]
    return [
        line_chart(f"{results.label(method)}: psi", lines_of(results.histories[pair, method], PSI))
        for method in methods
    ]


def _distances(results: Results, pair: str) -> str:
    rows = []
    for method in results.settings["methods"]:
        history = results.histories.get((pair, method))
        found = results.of_run(results.scores, pair, method)
        if history is None or found.empty:
            rows.append((results.label(method), *["no run"] * len(REPRESENTATIONS)))
            continue
        chosen = found.set_index("seed")["epoch"]
        rows.append((results.label(method), *(_before_and_after(history, chosen, name) for name in REPRESENTATIONS)))
    return html_table(f"Proxy A-distance on {pair}", ["Method", *REPRESENTATIONS], rows, "numbers", 1)


def _before_and_after(history: pd.DataFrame, chosen: pd.Series, name: str) -> str:
    values = history[history["name"] == f"a_distance_{name}"].set_index(["seed", "epoch"])["value"]
    if values.empty:  # a modality that this network has not
        return "–"
    first = [values.get((seed, 1), float("nan")) for seed in chosen.index]
    last = [values.get((seed, epoch), float("nan")) for seed, epoch in chosen.items()]
    return f"{mean_and_spread(first, 2)} → {mean_and_spread(last, 2)}"
