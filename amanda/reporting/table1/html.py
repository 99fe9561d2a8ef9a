"""Table 1 and its notes as pieces of an HTML page, or as a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby

import pandas as pd

from amanda.reporting.table1.layout import Cell, Line, headings, lines
from amanda.reporting.table1.notes import Note
from extractors.shared.html import document, scrolled

STYLE = """
.warning { border-left: .4rem solid var(--warn); padding: .4rem 1rem; background: light-dark(#fff3e8, #33230f); }
.table1 th, .table1 td { white-space: nowrap; }
.table1 td { padding-right: 1.2rem; }
.table1 td > span { display: block; }
.table1 .paper, .table1 .oracle { font-size: .82rem; color: light-dark(#555, #b5b5b5); }
.table1 .what { display: inline-block; min-width: 3.4em; }
.table1 th[scope=row] { position: sticky; left: 0; background: Canvas; padding-right: 1rem; }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .35rem 1.2rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
"""
"""CSS of the table and its notes, for any page that holds them."""


def table_html(table: pd.DataFrame, settings: Mapping) -> str:
    """A ``<table>``, one row per method; a cell holds the score, and below it the paper's and the oracle's.

    Each cell has the mean as ``data-value``, empty where it is missing; the parts have the classes ``score``, ``paper``
    and ``oracle``.
    """
    columns = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings(settings))
    of_methods: list[list[Line]] = []
    for line in lines(table, settings):
        if line.kind == "score":
            of_methods.append([])
        of_methods[-1].append(line)
    rows = "\n".join(_row(each) for each in of_methods)
    caption = f"Weighted F1 in percent; {escape('; '.join(table['data'].unique()))}"
    return (
        f'<table class="table1">\n<caption>{caption}</caption>\n<thead><tr>{columns}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>\n"
    )


def notes_html(notes: Iterable[Note]) -> str:
    """The warnings as paragraphs of class ``warning``, all other notes as one ``<dl>``."""
    parts = []
    for warning, group in groupby(sorted(notes, key=lambda note: not note.warning), key=lambda note: note.warning):
        if warning:
            parts += [f'<p class="warning">{escape(note.text)}</p>' for note in group]
        else:
            entries = "\n".join(f"<dt>{escape(note.name)}</dt><dd>{escape(note.text)}</dd>" for note in group)
            parts.append(f'<dl class="notes">\n{entries}\n</dl>')
    return "\n".join(parts) + "\n"


def table_document(table: pd.DataFrame, notes: Iterable[Note], settings: Mapping) -> str:
    """The table as a file of its own, warnings above it and all other notes below."""
    notes = list(notes)
    above, below = (notes_html(note for note in notes if note.warning is each) for each in (True, False))
    body = f"{above}{scrolled('Table 1', table_html(table, settings))}{below}"
    return document("Table 1", STYLE, f"<h1>Table 1</h1>\n{body}")


def _row(of_method: list[Line]) -> str:
    cells = []
    for place, score in enumerate(of_method[0].cells):
        parts = "".join(_part(line, line.cells[place]) for line in of_method)
        value = "" if math.isnan(score.value) else f"{score.value:.4f}"
        cells.append(f'<td data-value="{value}">{parts}</td>')
    return f'<tr><th scope="row">{escape(of_method[0].heading)}</th>{"".join(cells)}</tr>'


def _part(line: Line, cell: Cell) -> str:
    text = escape(cell.text)
    if line.kind == "score":
        return f'<span class="score">{f"<strong>{text}</strong>" if cell.bold else text}</span>'
    return f' <span class="{line.kind}"><span class="what">{line.kind}</span> {text}</span>'
