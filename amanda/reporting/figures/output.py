"""How a figure, its data and its caption are written: the same data gives the same bytes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from amanda.reporting.figures.style import STYLED
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError


def add_figure_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that the programs of all figures have."""
    parser.add_argument("--settings", required=True, help="what is drawn, as JSON")
    parser.add_argument("--pictures", required=True, nargs="+", type=Path, help="outputs: .svg, .pdf and .png files")
    parser.add_argument("--table", required=True, type=Path, help="output: the data as CSV")
    parser.add_argument("--caption", required=True, type=Path, help="output: the caption as Markdown")


def write_figure(flags: argparse.Namespace, figure: Figure, table: pd.DataFrame, title: str, caption: str) -> None:
    """Write a figure to the paths of the flags: its pictures, its data, its caption."""
    for path in flags.pictures:
        save(figure, f"{title}. {caption}", path)
    with atomic_file(flags.table) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6g")
    with atomic_file(flags.caption) as temporary:
        temporary.write_text(f"{caption}\n", encoding="utf-8")


@STYLED
def save(figure: Figure, caption: str, path: Path) -> None:
    """Write a figure in the format that the path ends with; the caption stands inside, no date does.

    Raises:
        UserError: the path ends otherwise.
    """
    told = {
        ".svg": {"Description": caption, "Date": None},
        ".pdf": {"Subject": caption, "CreationDate": None},
        ".png": {"Description": caption},
    }
    if path.suffix not in told:
        raise UserError(f"{path}: unknown picture format; use one of {', '.join(told)}")
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:], metadata=told[path.suffix])
