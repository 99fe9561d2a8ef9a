"""Scores and statistics -> Table 1 as CSV, Markdown and LaTeX; or a capsule -> the statistics and Table 1 again."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from amanda.reporting.capsule.recompute import recompute
from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.formats import LIBRARIES, Tables, write_table1
from amanda.shared.csv_table import read_csv
from amanda.shared.origin import versions
from amanda.shared.tables.scores import SCORES
from extractors.shared.files import atomic_file, read_table
from extractors.shared.program import run
from extractors.shared.settings import read_settings


def flags_for_files() -> argparse.ArgumentParser:
    """The flags of the program where tables lie in files; all are required."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Or: python -m amanda.tabulate --capsule CAPSULE --output-folder FOLDER, see --capsule CAPSULE --help.",
    )
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score_pair")
    parser.add_argument(
        "--ceilings", required=True, nargs="*", type=Path, help="of amanda.score_pair, where the source is the target"
    )
    parser.add_argument("--paper", required=True, type=Path, help="the paper's Table 1 as CSV")
    parser.add_argument("--cells", required=True, type=Path, help="of amanda.compare_methods")
    parser.add_argument("--comparisons", required=True, type=Path, help="of amanda.compare_methods")
    parser.add_argument("--detectable", required=True, type=Path, help="of amanda.compare_methods")
    parser.add_argument("--corpora", required=True, type=Path, help="the counts of extractors.count_corpora")
    parser.add_argument("--states", required=True, type=Path, help="of extractors.count_states")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(ReportSettings.model_fields)}")
    parser.add_argument("--commit", required=True, help="state of the code, as git describes it")
    parser.add_argument("--date", required=True, help="today's")
    parser.add_argument("--table", required=True, type=Path, help="output: one row per pair and method (CSV)")
    parser.add_argument("--markdown", required=True, type=Path, help="output: the paper's layout, with notes")
    parser.add_argument("--latex", required=True, type=Path, help="output: the same for a paper")
    parser.add_argument("--made", required=True, type=Path, help="output: commit and date, for a capsule (JSON)")
    return parser


def flags_for_a_capsule() -> argparse.ArgumentParser:
    """The flags of the program where a capsule has all; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capsule", required=True, type=Path, help="the zip of amanda.pack_capsule")
    parser.add_argument("--output-folder", required=True, type=Path, help="output: table1.* and statistics/")
    return parser


def tabulate(flags: argparse.Namespace) -> None:
    """Read the scores of every pair and method and write the table in three formats."""
    settings = read_settings(ReportSettings, flags.settings)
    paper, cells, comparisons, detectable = (
        read_csv(path) for path in (flags.paper, flags.cells, flags.comparisons, flags.detectable)
    )
    tables = Tables(
        scores=SCORES.read_all(flags.scores),
        ceilings=SCORES.read_all(flags.ceilings),
        paper=paper,
        cells=cells,
        comparisons=comparisons,
        detectable=detectable,
        corpora=read_table(flags.corpora, "python -m extractors.count_corpora").to_pandas(),
        states=read_table(flags.states, "python -m extractors.count_states").to_pandas(),
    )
    told = {"commit": flags.commit, "date": flags.date}
    files = {"csv": flags.table, "md": flags.markdown, "tex": flags.latex}
    write_table1(tables, settings, told | {"versions": versions(*LIBRARIES)}, files)
    with atomic_file(flags.made) as temporary:
        temporary.write_text(json.dumps(told), encoding="utf-8")


def main() -> None:
    """Make the table from files, or everything again from a capsule."""
    if any(word.split("=")[0] == "--capsule" for word in sys.argv[1:]):
        flags = flags_for_a_capsule().parse_args()
        for line in recompute(flags.capsule, flags.output_folder):
            sys.stdout.write(f"{line}\n")
    else:
        tabulate(flags_for_files().parse_args())


if __name__ == "__main__":
    run(main)
