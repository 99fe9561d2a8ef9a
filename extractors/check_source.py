"""Labels and splits of a corpus -> whether it can be a source, which needs every class in some splits."""

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
    """Number of usable clips by part and class, [parts, classes]. Clips without a label are not counted.

    Args:
        labels: table of extractors.read_release.
        splits: table of extractors.split_corpus, with all usable clips.
    """
    names = splits["clip_id"].map(labels.of_clip).rename("label")
    return pd.crosstab(splits["split"], names).reindex(index=PARTS, columns=labels.classes, fill_value=0)


def check_source(corpus: str, counts: pd.DataFrame, parts: Sequence[str]) -> None:
    """Refuse a corpus that lacks a class in one of the parts, because a network cannot learn a class without clips.

    Args:
        corpus: its name in the config.
        counts: table of :func:`count_classes`.
        parts: the parts that need every class; empty for a corpus that is only a target and has no ceiling.

    Raises:
        UserError: a class is missing; with the part, the missing classes and the counts.
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
                f"{corpus}: its {part} split has no clip of {' and '.join(absent)}, but the config trains on its"
                f" labels, as a source in a list of pairs or for its ceiling (usable in all: {there}); change"
                f" corpora.{corpus}.split, add clips, or use it only as a target in every list of pairs and leave it"
                " out of in_domain.targets"
            )


def main() -> None:
    """Count, check, and write the counts if the check passes."""
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
