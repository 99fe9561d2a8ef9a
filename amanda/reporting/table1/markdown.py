"""Table 1 and its notes in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.layout import headings, lines
from amanda.reporting.table1.notes import Note
from amanda.shared.wording import markdown_row


def markdown(table: pd.DataFrame, notes: Iterable[Note], settings: ReportSettings) -> str:
    """The table in the paper's layout with the notes below it, the warning about synthetic data above it."""
    notes = list(notes)
    top = [f"**{note.text}**\n" for note in notes if note.warning]
    columns = headings(settings)
    rows = [markdown_row(columns), markdown_row(["---", *["---:"] * (len(columns) - 1)])]
    for line in lines(table, settings):
        first = line.heading if line.kind == "score" else f"*{line.heading}*"
        rows.append(markdown_row([first, *(f"**{cell.text}**" if cell.bold else cell.text for cell in line.cells)]))
    below = [f"- **{note.name}.** {note.text}" for note in notes if not note.warning]
    return "\n".join([*top, *rows, "", *below]) + "\n"
