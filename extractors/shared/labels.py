"""The label table of a corpus: the class of each clip, and the classes of the study in the table's metadata.

Every program reads the classes and their order from the label tables, or from tables that are made from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from extractors.shared.clip import LABELS
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError

MADE_BY = "python -m extractors.read_release"
_KEY = b"classes"


@dataclass(frozen=True, slots=True)
class Labels:
    """The classes, in the order of all logits and tables, and the class of each clip; empty if it has none."""

    path: Path
    classes: tuple[str, ...]
    of_clip: Mapping[str, str]


def write_labels(path: Path, table: pa.Table, classes: Sequence[str]) -> None:
    """Write a table with the columns of ``LABELS``, and the classes of the study in its metadata."""
    write_table(path, table.cast(LABELS).replace_schema_metadata({_KEY: json.dumps(list(classes)).encode()}))


def read_labels(path: Path) -> Labels:
    """Read a table that :func:`write_labels` wrote.

    Raises:
        UserError: the table is missing, is not a table of labels, or does not name the classes.
    """
    table = read_table(path, MADE_BY)
    told = (table.schema.metadata or {}).get(_KEY)
    if told is None or not set(LABELS.names) <= set(table.column_names):
        raise UserError(f"{path}: no label table that names its classes; make it again with {MADE_BY}")
    names = table["label"].to_pylist()
    return Labels(path, tuple(json.loads(told)), dict(zip(table["clip_id"].to_pylist(), names, strict=True)))
