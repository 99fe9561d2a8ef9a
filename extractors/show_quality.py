"""Quality table, its pictures and labels -> a page that shows a person what was found in a corpus.

No medium is opened here: an edit of the page costs a second, and decoding a corpus takes hours.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from extractors.pages.inputs import check_inputs
from extractors.pages.quality import quality_page
from extractors.pages.quality_pictures import PICTURES
from extractors.quality.checks import QUALITY
from extractors.quality.settings import QualitySettings
from extractors.shared.clip import Row
from extractors.shared.files import atomic_file, read_table
from extractors.shared.labels import Labels, read_labels
from extractors.shared.program import UserError, run

SETTINGS = frozenset(QualitySettings.model_fields)
"""The keys of ``--settings``, all of them needed."""


def read_found(path: Path, schema: pa.Schema) -> list[Row]:
    """The rows of a table that :mod:`extractors.inspect_corpus` wrote.

    Raises:
        UserError: the table is missing, or has other columns.
    """
    table = read_table(path, "python -m extractors.inspect_corpus")
    if not table.schema.equals(schema):
        raise UserError(f"{path}: has other columns; make it again with python -m extractors.inspect_corpus")
    return table.to_pylist()


def labels_of(path: Path, rows: Sequence[Row]) -> Labels:
    """The label of each clip.

    Args:
        path: the table of labels.
        rows: the quality table.

    Raises:
        UserError: the table of labels is missing, or not of the same reading as the quality table.
    """
    labels = read_labels(path)
    if not labels.of_clip.keys() >= {row["clip_id"] for row in rows}:
        raise UserError(f"{path}: its clips are not those of the quality table; read the release and inspect it again")
    return labels


def main() -> None:
    """Read the tables and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", required=True, type=Path, help="the quality table of extractors.inspect_corpus")
    parser.add_argument("--pictures", required=True, type=Path, help="the pictures of extractors.inspect_corpus")
    parser.add_argument("--labels", required=True, type=Path, help="labels of the same clips; only counted")
    parser.add_argument("--release", required=True, type=Path, help="folder of the release; says whether it is a twin")
    parser.add_argument(
        "--settings", required=True, type=json.loads, help="JSON: bounds of the checks, sizes of the page"
    )
    parser.add_argument("--page", required=True, type=Path, help="output, one HTML file with all its pictures inside")
    flags = parser.parse_args()
    check_inputs(flags.release, flags.settings, SETTINGS)
    rows, pictures = read_found(flags.quality, QUALITY), read_found(flags.pictures, PICTURES)
    if not {picture["clip_id"] for picture in pictures} <= {row["clip_id"] for row in rows}:
        raise UserError(f"{flags.pictures}: shows clips that {flags.quality} lacks; inspect the corpus again")
    labels = labels_of(flags.labels, rows)
    with atomic_file(flags.page) as temporary:
        page = quality_page(rows, pictures, labels, flags.release, flags.settings)
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    run(main)
