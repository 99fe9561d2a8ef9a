"""Feature indexes of all corpora and modalities -> the number of failed, silent, wordless and faceless clips."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
import pyarrow as pa

from extractors.features.store import USABLE
from extractors.shared.clip import EMPTY, SILENT
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError, run

FAILED, SILENCE, WORDLESS, FACELESS, ALIKE = STATES = ("failed", "silent", "wordless", "faceless", "alike")
"""States of a clip without information in a modality: no features; features of silence, of an empty transcript, or of
pictures without a face; or the same features as other clips, where only the largest such group counts.
"""

COLUMNS = ["status", "reason", "faces", "frames_sha256"]
"""Columns of an index that determine a state."""


def count_states(index: pd.DataFrame) -> dict[str, int]:
    """Number of clips in each state, without excluded clips.

    Args:
        index: index of a corpus and modality, with :data:`COLUMNS`.
    """
    used = index[index["status"] != "excluded"]
    usable = used[used["status"].isin(USABLE)]
    alike = usable["frames_sha256"].value_counts().max() if len(usable) else 0
    return {
        FAILED: len(used) - len(usable),
        SILENCE: int(usable["reason"].str.startswith(SILENT).sum()),
        WORDLESS: int(usable["reason"].str.startswith(EMPTY).sum()),
        FACELESS: int((usable["faces"] == 0).sum()),
        ALIKE: int(alike) if alike > 1 else 0,
    }


def main() -> None:
    """Count the states of every index and write one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--indexes",
        required=True,
        nargs="+",
        type=Path,
        help="of extractors.index_features",
    )
    parser.add_argument("--corpora", required=True, nargs="+", help="the corpus of each index, in the same order")
    parser.add_argument("--modalities", required=True, nargs="+", help="the modality of each index, likewise")
    parser.add_argument(
        "--table", required=True, type=Path, help="output: a row per corpus, modality and state (Parquet)"
    )
    flags = parser.parse_args()
    if not len(flags.indexes) == len(flags.corpora) == len(flags.modalities):
        raise UserError(
            "--indexes, --corpora, --modalities: different numbers of values; give each index its corpus and modality"
        )
    rows = []
    for path, corpus, modality in zip(flags.indexes, flags.corpora, flags.modalities, strict=True):
        index = read_table(path, "extractors.index_features", COLUMNS).to_pandas()
        of = int((index["status"] != "excluded").sum())
        about = {"corpus": corpus, "modality": modality, "of": of}
        rows += [about | {"state": state, "clips": clips} for state, clips in count_states(index).items()]
    write_table(flags.table, pa.Table.from_pylist(rows))


if __name__ == "__main__":
    run(main)
