"""A formula and a seed -> a corpus of a bed with a known answer: features, splits and labels, without any media."""

from __future__ import annotations

import argparse
from pathlib import Path

from amanda.bed.draw import Formula, draw_corpus
from amanda.bed.store import write_corpus
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="the corpus's name, which is part of its random stream")
    parser.add_argument("--seed", required=True, type=int, help="the draw, a whole number from 0")
    parser.add_argument("--settings", required=True, help="JSON: what the corpus is drawn from")
    parser.add_argument("--folder", required=True, type=Path, help="output: where the files go")
    return parser.parse_args()


def main() -> None:
    """Draw the corpus and write it.

    Raises:
        UserError: the seed or a setting is invalid.
    """
    flags = parse_flags()
    if flags.seed < 0:
        raise UserError(f"--seed {flags.seed}: give a whole number from 0")
    formula = read_settings(Formula, flags.settings)
    write_corpus(flags.folder, flags.corpus, draw_corpus(flags.corpus, flags.seed, formula))


if __name__ == "__main__":
    run(main)
