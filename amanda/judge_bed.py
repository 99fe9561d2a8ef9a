"""Scores on the beds with a known answer -> the effect on each bed, its interval, and whether it is as it must be."""

from __future__ import annotations

import argparse
from pathlib import Path

from amanda.bed.effects import effects_table
from amanda.bed.settings import EffectSettings
from amanda.shared.tables.scores import SCORES
from amanda.shared.wording import settled
from extractors.shared.files import atomic_file
from extractors.shared.program import run
from extractors.shared.settings import read_settings


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score_pair")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(EffectSettings.model_fields)}")
    parser.add_argument("--table", required=True, type=Path, help="output: a row per bed, CSV")
    return parser.parse_args()


def main() -> None:
    """Read the scores and write the table."""
    flags = parse_flags()
    settings = read_settings(EffectSettings, flags.settings)
    table = effects_table(SCORES.read_all(flags.scores, settings.selection), settings)
    with atomic_file(flags.table) as temporary:
        settled(table, 9).to_csv(temporary, index=False, float_format="%.6g")


if __name__ == "__main__":
    run(main)
