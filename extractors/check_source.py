"""Labels and splits of a corpus -> whether it can be a source: every class in the parts that a source needs it in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from extractors.shared.clip import PARTS
from extractors.shared.files import atomic_file, read_table
from extractors.shared.labels import Labels, read_labels
from extractors.shared.program import UserError, run


def count_classes(labels: Labels, splits: pd.DataFrame) -> pd.DataFrame:
    """Usable clips by part and class, [parts, classes]; clips without a label are in no column.

    Args:
        labels: of extractors.read_release.
        splits: of extractors.split_corpus, which every usable clip is in.
    """
    names = splits["clip_id"].map(labels.of_clip).rename("label")
    return pd.crosstab(splits["split"], names).reindex(index=PARTS, columns=labels.classes, fill_value=0)


def check_source(corpus: str, counts: pd.DataFrame, parts: Sequence[str]) -> None:
    """Refuse a corpus that lacks a class in one of the parts: a network that never saw it cannot be asked for it.

    Args:
        corpus: its name in the config.
        counts: of :func:`count_classes`.
        parts: none for a corpus that is a target alone, and of which no ceiling is trained.

    Raises:
        UserError: with the part, the classes and what there is.
    """
    if parts and not counts.to_numpy().any():
        raise UserError(
            f"{corpus}: none of its usable clips has a label, and the config trains on its labels, as a source in a"
            " list of pairs or for its ceiling; label clips, or let it be a target alone in every list of pairs and"
            " leave it out of in_domain.targets"
        )
    for part in parts:
        absent = [name for name in counts.columns if counts.loc[part, name] == 0]
        if absent:
            there = ", ".join(f"{name} {count}" for name, count in counts.sum().items())
            raise UserError(
                f"{corpus}: its {part} split has no clip of {' and '.join(absent)}, and the config trains on its"
                f" labels, as a source in a list of pairs or for its ceiling (usable in all: {there}); change"
                f" corpora.{corpus}.split, add clips, or let it be a target alone in every list of pairs and leave it"
                " out of in_domain.targets"
            )


def main() -> None:
    """Count, check, and write the counts where the check is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="name in the config's corpora")
    parser.add_argument("--labels", required=True, type=Path, help="of extractors.read_release")
    parser.add_argument("--splits", required=True, type=Path, help="of extractors.split_corpus")
    parser.add_argument("--parts", required=True, nargs="*", choices=PARTS, help="those that must have every class")
    parser.add_argument("--counts", required=True, type=Path, help="output: usable clips by part and class (CSV)")
    flags = parser.parse_args()
    splits = read_table(flags.splits, "python -m extractors.split_corpus").to_pandas()
    counts = count_classes(read_labels(flags.labels), splits)
    check_source(flags.corpus, counts, flags.parts)
    with atomic_file(flags.counts) as temporary:
        counts.to_csv(temporary)


if __name__ == "__main__":
    run(main)
