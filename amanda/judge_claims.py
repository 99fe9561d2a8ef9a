"""Scores and histories of runs over many seeds -> verdicts on three claims of the paper, as CSV and as a page."""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

from amanda.reporting.claims.table import claims_table
from amanda.reporting.claims.words import claims_markdown
from amanda.scoring.label_shift import total_variation
from amanda.scoring.labels import source_prior
from amanda.shared.tables.history import read_histories
from amanda.shared.tables.scores import SCORES
from amanda.shared.wording import settled
from amanda.statistics.claims.settings import ClaimsSettings
from extractors.shared.files import atomic_file
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings


def prior_distances(flags: argparse.Namespace, settings: ClaimsSettings) -> dict[str, float]:
    """Total variation between the label shares of source and target, train splits, by pair."""
    priors = {
        corpus: source_prior(read_labels(labels), splits)
        for corpus, labels, splits in zip(settings.corpora, flags.labels, flags.splits, strict=True)
    }
    return {pair: total_variation(*(priors[corpus] for corpus in pair.split("-"))) for pair in settings.pairs}


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score_pair")
    parser.add_argument(
        "--histories",
        required=True,
        nargs="+",
        type=Path,
        help="of amanda.train_pair: of each pair, every weighted variant",
    )
    parser.add_argument(
        "--labels", required=True, nargs="+", type=Path, help="of extractors.read_release, of each corpus"
    )
    parser.add_argument(
        "--splits", required=True, nargs="+", type=Path, help="of extractors.split_corpus, of each corpus"
    )
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(ClaimsSettings.model_fields)}")
    parser.add_argument("--table", required=True, type=Path, help="output: a row per comparison, CSV")
    parser.add_argument("--page", required=True, type=Path, help="output: the same to read, Markdown")
    return parser.parse_args()


def check_counts(flags: argparse.Namespace, wanted: int) -> None:
    """Refuse other numbers of files than there are corpora.

    Raises:
        UserError: there are not as many files as the settings name.
    """
    for name in ("labels", "splits"):
        if len(getattr(flags, name)) != wanted:
            raise UserError(f"--{name}: {len(getattr(flags, name))} files; give the {wanted} that the settings ask for")


def main() -> None:
    """Read the runs and write the table and the page."""
    flags = parse_flags()
    settings = read_settings(ClaimsSettings, flags.settings)
    check_counts(flags, len(settings.corpora))
    histories = read_histories(flags.histories)
    for pair, name in product(settings.pairs, (each.variant for each in settings.weighted)):
        if (pair, name) not in histories:
            raise UserError(f"--histories: no history of {name} on {pair}; train it with python -m amanda.train_pair")
    scores = SCORES.read_all(flags.scores)
    distances = prior_distances(flags, settings)
    table = claims_table(scores, histories, distances, settings)
    with atomic_file(flags.table) as temporary:
        settled(table, 9).to_csv(temporary, index=False, float_format="%.6g")
    with atomic_file(flags.page) as temporary:
        temporary.write_text(claims_markdown(table, distances, settings), encoding="utf-8")


if __name__ == "__main__":
    run(main)
