"""Which classes are taken for which: confusion matrices and F1 per class, by pair and method."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd

from amanda.reporting.page.parts import Section, Source, by_pair, mean_and_spread, paragraph
from amanda.reporting.page.results import Results
from extractors.shared.clip import CLASSES
from extractors.shared.html import html_table

FADE = 0.5
"""How much of the mark's colour a share of 1 has, so that the text on it can be read."""


def classes_section(results: Results) -> Section:
    """For each pair a table of F1 per class and the confusion matrices of its methods."""
    words = (
        "F1 per class in percent, mean ± standard deviation over seeds. In a confusion matrix a row is the true class"
        " and each number the percentage of its clips that is taken for the class above, over all seeds; n is the"
        " number of clips of a seed. Macro F1 and UAR are means over the classes that the split holds; a class without"
        f" clips has a dash. All on the target’s {results.settings['split']} split at the epoch that"
        f" {results.settings['selection']} chose."
    )
    parts = []
    for pair in results.settings["pairs"]:
        matrices = [_matrix(results, pair, method) for method in results.settings["methods"]]
        parts.append((pair, f'{_f1(results, pair)}\n<div class="grid">\n{"".join(matrices)}\n</div>'))
    sources = [Source(results.paths[name], "python -m amanda.score_pair") for name in ("scores", "predictions")]
    return Section("classes", "Which class is taken for which", paragraph(words) + by_pair(parts), sources)


def _f1(results: Results, pair: str) -> str:
    rows = []
    for method in results.settings["methods"]:
        found = results.of_run(results.scores, pair, method)
        cells = [mean_and_spread(found[f"f1_{name}"]) for name in CLASSES]
        rows.append((results.label(method), *cells, mean_and_spread(found["macro_f1"]), mean_and_spread(found["uar"])))
    columns = ["Method", *CLASSES, "Macro F1", "UAR"]
    return html_table(f"F1 per class on {pair}", columns, rows, "sortable", row_headings=1)


def confusion(predictions: pd.DataFrame) -> np.ndarray:
    """Counts of true and predicted class, [classes, classes], of all rows."""
    places = [predictions[column].map(CLASSES.index).to_numpy(int) for column in ("label", "predicted")]
    counts = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(counts, tuple(places), 1)
    return counts


def _matrix(results: Results, pair: str, method: str) -> str:
    predictions = results.of_run(results.predictions, pair, method)
    caption = f"<caption>{escape(results.label(method))}</caption>"
    if predictions.empty:
        return f'<table class="confusion">{caption}<tbody><tr><td>No run.</td></tr></tbody></table>\n'
    counts = confusion(predictions)
    clips = counts.sum(axis=1) // predictions["seed"].nunique()
    head = "".join(f'<th scope="col">{name}</th>' for name in CLASSES)
    rows = []
    for name, row, size in zip(CLASSES, counts, clips, strict=True):
        cells = _cells(row / row.sum()) if row.sum() else "<td>–</td>" * len(row)
        rows.append(f'<tr><th scope="row">{name}</th>{cells}<td class="n">{size}</td></tr>')
    head = f'<thead><tr><th scope="col">true</th>{head}<th scope="col">n</th></tr></thead>'
    return f'<table class="confusion">{caption}{head}<tbody>{"".join(rows)}</tbody></table>\n'


def _cells(shares: np.ndarray) -> str:
    return "".join(f'<td style="--s:{100 * FADE * share:.0f}%">{100 * share:.0f}</td>' for share in shares)
