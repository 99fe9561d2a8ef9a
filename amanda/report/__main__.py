"""Scores and statistics -> Table 1 as CSV, Markdown and LaTeX."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from amanda.origin import versions
from amanda.report.latex import latex
from amanda.report.markdown import markdown
from amanda.report.notes import Evidence, notes
from amanda.report.table import table1
from extractors.files import atomic_file, read_table
from extractors.program import run

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")
"""Those that scores and statistics are computed with."""


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(prog="python -m amanda.report", description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score")
    parser.add_argument("--paper", required=True, type=Path, help="the paper's Table 1 as CSV")
    parser.add_argument("--cells", required=True, type=Path, help="of amanda.significance")
    parser.add_argument("--comparisons", required=True, type=Path, help="of amanda.significance")
    parser.add_argument("--detectable", required=True, type=Path, help="of amanda.significance")
    parser.add_argument("--corpora", required=True, type=Path, help="the counts of extractors.census")
    parser.add_argument("--settings", required=True, type=json.loads, help="what to report, as JSON")
    parser.add_argument("--commit", required=True, help="state of the code, as git describes it")
    parser.add_argument("--date", required=True, help="today's")
    parser.add_argument("--table", required=True, type=Path, help="output: one row per pair and method (CSV)")
    parser.add_argument("--markdown", required=True, type=Path, help="output: the paper's layout, with notes")
    parser.add_argument("--latex", required=True, type=Path, help="output: the same for a paper")
    return parser.parse_args()


def main() -> None:
    """Read the scores of every pair and method and write the table in three formats."""
    flags = parse_flags()
    scores = pd.concat([read_table(path, "python -m amanda.score").to_pandas() for path in flags.scores])
    paper, cells, comparisons, detectable = (
        pd.read_csv(path) for path in (flags.paper, flags.cells, flags.comparisons, flags.detectable)
    )
    table = table1(scores, paper, cells, comparisons, flags.settings)
    corpora = read_table(flags.corpora, "python -m extractors.census").to_pandas()
    made = {"commit": flags.commit, "date": flags.date, "versions": versions(*LIBRARIES)}
    told = notes(Evidence(table, scores, corpora, detectable, made), flags.settings)
    with atomic_file(flags.table) as temporary:
        table.to_csv(temporary, index=False, float_format="%.4f")
    for path, layout in ((flags.markdown, markdown), (flags.latex, latex)):
        with atomic_file(path) as temporary:
            temporary.write_text(layout(table, told, flags.settings), encoding="utf-8")


if __name__ == "__main__":
    run(main)
