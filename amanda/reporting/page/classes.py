"""Confusions of classes: confusion matrices and means over classes, by pair and method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from amanda.reporting.page.parts import OfPair, Section, Source, Table, mean_and_spread
from amanda.reporting.page.results import Results
from amanda.shared.names import pair_name

FADE = 0.5
"""Opacity of the colour for a share of 1, so that the text on it is readable."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """A confusion matrix in percent: clips and shares for each true class, or why there is none."""

    method: str
    rows: list[tuple[str, int, list[tuple[str, str]]]]
    why: str = ""


def classes_section(results: Results) -> Section:
    """The means over classes and the confusion matrices of all methods, for each pair."""
    pairs = [
        OfPair(
            pair,
            {
                "means": _means(results, pair),
                "matrices": [_matrix(results, pair, method) for method in results.settings.methods],
            },
        )
        for pair in results.settings.pairs
    ]
    view = {
        "split": results.settings.split,
        "selection": results.settings.selection,
        "classes": results.settings.classes,
        "pairs": pairs,
    }
    sources = [Source(results.paths[name], "python -m amanda.score_pair") for name in ("scores", "predictions")]
    return Section("classes", "Which class is taken for which?", view, sources)


def _means(results: Results, pair: str) -> Table:
    """Means over classes; Table 1 has the F1 of each class."""
    rows = []
    for method in results.settings.methods:
        found = results.of_run(results.scores, pair, method)
        rows.append((results.label(method), *(mean_and_spread(found[column]) for column in ("macro_f1", "uar"))))
    return Table(f"Means over classes in percent on {pair_name(pair)}", ["Method", "Macro F1", "UAR"], rows)


def confusion(predictions: pd.DataFrame, classes: Sequence[str]) -> np.ndarray:
    """Counts of true and predicted class, [classes, classes], of all rows."""
    places = [predictions[column].map(classes.index).to_numpy(int) for column in ("label", "predicted")]
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, tuple(places), 1)
    return counts


def _matrix(results: Results, pair: str, method: str) -> Confusion:
    predictions = results.of_run(results.predictions, pair, method)
    if predictions.empty:
        return Confusion(results.label(method), [], "No run." if pair in results.scored_pairs else "No labels.")
    counts = confusion(predictions, results.settings.classes)
    clips = counts.sum(axis=1) // predictions["seed"].nunique()
    rows = [
        (name, int(size), [(f"{100 * share:.0f}", f"{100 * FADE * share:.0f}") for share in row / max(row.sum(), 1)])
        for name, row, size in zip(results.settings.classes, counts, clips, strict=True)
    ]
    return Confusion(results.label(method), rows)
