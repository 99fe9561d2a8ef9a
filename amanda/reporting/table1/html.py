"""Table 1 as an HTML page of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.layout import Line, headings, lines
from amanda.reporting.table1.notes import Note
from amanda.reporting.template import render, source

TEMPLATES = Path(__file__).parent / "templates"


def table_document(table: pd.DataFrame, notes: Iterable[Note], settings: ReportSettings) -> str:
    """The table as a file, warnings above it and all other notes below.

    A row is a method. A cell holds the score in a ``score`` element, and below it the paper's number and the oracle's
    in ``paper`` and ``oracle`` elements. The mean is the cell's ``data-value``, empty where it is missing.
    """
    notes = list(notes)
    values = {
        "style": source(TEMPLATES, "style.css"),
        "warnings": [note.text for note in notes if note.warning],
        "notes": [note for note in notes if not note.warning],
        "caption": f"Weighted F1 in percent; {'; '.join(table['data'].unique())}",
        "headings": headings(settings),
        "rows": [_row(group) for group in _by_method(lines(table, settings))],
    }
    return render(TEMPLATES, "table1.html.j2", values)


def _by_method(found: Iterable[Line]) -> Iterable[list[Line]]:
    """The lines of each method; the first of them is its score."""
    method = 0

    def place(line: Line) -> int:
        nonlocal method
        method += line.kind == "score"
        return method

    return [list(group) for _, group in groupby(found, key=place)]


def _row(of_method: list[Line]) -> tuple[str, list[tuple[str, list[tuple[str, str, bool]]]]]:
    """The heading, and for each cell the number to sort by and its parts: kind, text, and whether it is bold."""
    cells = []
    for place, score in enumerate(of_method[0].cells):
        parts = [(line.kind, line.cells[place].text, line.cells[place].bold) for line in of_method]
        cells.append(("" if math.isnan(score.value) else f"{score.value:.4f}", parts))
    return of_method[0].heading, cells
