"""Effects on the test beds -> a page; ends with an error if an effect is not as required."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from amanda.bed.words import failures, page
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, type=Path, help="of amanda.judge_bed, CSV")
    parser.add_argument("--page", required=True, type=Path, help="output: the same to read, Markdown")
    return parser.parse_args()


def main() -> None:
    """Write the page.

    Raises:
        UserError: an effect is not as required; the message names its bed.
    """
    flags = parse_flags()
    table = pd.read_csv(flags.table)
    wrong = failures(table)
    if wrong:
        raise UserError(
            f"{flags.table}: something is broken here, because the answers of these beds are known. {'; '.join(wrong)}."
            " Check the losses and settings of the methods of these beds, undo the last change of either, and run again"
        )
    with atomic_file(flags.page) as temporary:
        temporary.write_text(page(table), encoding="utf-8")


if __name__ == "__main__":
    run(main)
