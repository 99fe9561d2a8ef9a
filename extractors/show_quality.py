"""Quality table, its pictures and labels -> a page with the findings about a corpus.

No media are opened here, so that an edit of the page takes a second; decoding a corpus takes hours.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from extractors.pages.inputs import check_release
from extractors.pages.quality import quality_page
from extractors.pages.quality_pictures import PICTURES
from extractors.quality.checks import QUALITY
from extractors.quality.settings import QualitySettings
from extractors.shared.clip import Row
from extractors.shared.files import atomic_file, read_table
from extractors.shared.labels import Labels, read_labels
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings


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
        UserError: the table of labels is missing, or comes from another reading than the quality table.
    """
    labels = read_labels(path)
    if not labels.of_clip.keys() >= {row["clip_id"] for row in rows}:
        raise UserError(
            f"{path}: its clips differ from those of the quality table; read the release and inspect it again"
        )
    return labels


def main() -> None:
    """Read the tables and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", required=True, type=Path, help="the quality table of extractors.inspect_corpus")
    parser.add_argument("--pictures", required=True, type=Path, help="the pictures of extractors.inspect_corpus")
    parser.add_argument("--labels", required=True, type=Path, help="labels of the same clips; only counted")
    parser.add_argument("--release", required=True, type=Path, help="folder of the release; says whether it is a twin")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(QualitySettings.model_fields)}")
    parser.add_argument("--page", required=True, type=Path, help="output, one HTML file with all its pictures inside")
    flags = parser.parse_args()
    settings = read_settings(QualitySettings, flags.settings)
    check_release(flags.release)
    rows, pictures = read_found(flags.quality, QUALITY), read_found(flags.pictures, PICTURES)
    if not {picture["clip_id"] for picture in pictures} <= {row["clip_id"] for row in rows}:
        raise UserError(f"{flags.pictures}: shows clips that {flags.quality} lacks; inspect the corpus again")
    labels = labels_of(flags.labels, rows)
    with atomic_file(flags.page) as temporary:
        page = quality_page(rows, pictures, labels, flags.release, settings)
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    run(main)
