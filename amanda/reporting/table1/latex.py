"""Table 1 and its notes in LaTeX, to be taken into a paper that loads booktabs."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.layout import headings, lines
from amanda.reporting.table1.notes import Note

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "→": r"$\rightarrow$",
    "∞": r"$\infty$",
    "−": r"$-$",
    "–": "--",
    "·": r"$\cdot$",
    "√": r"$\surd$",
    "²": r"$^2$",
    "λ": r"$\lambda$",
    "<": r"$<$",
    ">": r"$>$",
    '"': "''",
    "|": r"\textbar{}",
} | {character: "\\" + character for character in "&%$#_{}"}


def escape(text: str) -> str:
    """The same text in LaTeX."""
    return "".join(SPECIAL.get(character, character) for character in text)


def latex(table: pd.DataFrame, notes: Iterable[Note], settings: ReportSettings) -> str:
    """A floating table over both columns, the paper's layout with booktabs' lines, and the notes below it."""
    notes = list(notes)
    body: list[str] = []
    for line in lines(table, settings):
        if line.kind == "score" and body:
            body.append(r"\addlinespace")
        size = "" if line.kind == "score" else r"\tiny "
        cells = [rf"\textbf{{{escape(cell.text)}}}" if cell.bold else size + escape(cell.text) for cell in line.cells]
        body.append(_row([size + escape(line.heading), *cells]))
    return "\n".join(
        [
            "% Needs \\usepackage{booktabs}; characters beyond ASCII are UTF-8.",
            r"\begin{table*}",
            r"\centering\scriptsize\setlength{\tabcolsep}{3pt}",
            *(rf"\textbf{{{escape(note.text)}}}\par\medskip" for note in notes if note.warning),
            rf"\begin{{tabular}}{{@{{}}l*{{{len(settings.pairs)}}}{{r}}@{{}}}}",
            r"\toprule",
            _row([rf"\textbf{{{escape(text)}}}" for text in headings(settings)]),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\par\medskip\raggedright\tiny",
            *(rf"\textbf{{{escape(note.name)}.}} {escape(note.text)}\par" for note in notes if not note.warning),
            r"\end{table*}",
            "",
        ]
    )


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"
