"""Predictions at the chosen epochs -> cells, comparisons, ranks and detectable differences, each a CSV."""

from __future__ import annotations

import argparse
from pathlib import Path

from amanda.shared.tables.scores import CHOSEN
from amanda.statistics.comparison import TABLES, significance, write_statistics
from amanda.statistics.settings import ComparisonSettings
from extractors.shared.program import run
from extractors.shared.settings import read_settings


def main() -> None:
    """Read the predictions of every pair and method and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--predictions", required=True, nargs="+", type=Path, help="chosen predictions of amanda.score_pair"
    )
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(ComparisonSettings.model_fields)}")
    for name in TABLES:
        parser.add_argument(f"--{name}", required=True, type=Path, help="output, CSV")
    flags = parser.parse_args()
    settings = read_settings(ComparisonSettings, flags.settings)
    predictions = CHOSEN.read_all(flags.predictions, settings.selection)
    write_statistics(significance(predictions, settings), vars(flags))


if __name__ == "__main__":
    run(main)
