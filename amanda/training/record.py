"""A digest of the inputs of each value of a sweep, kept in its outputs, so that a rerun trains only changed values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import SafetensorError, safe_open

KEY = "made_from"
"""The key of the record in the metadata of every output."""


def record_of(digest: str, names: Mapping[str, str], seeds: Sequence[int]) -> str:
    """A digest of everything that the outputs of a value depend on.

    Args:
        digest: a digest of everything that each run of the value depends on.
        names: ``source``, ``target`` and ``method``, as the tables have them.
        seeds: the runs.
    """
    return json.dumps({"digest": digest, "names": dict(names), "seeds": list(seeds)}, sort_keys=True)


def with_record(table: pa.Table, record: str) -> pa.Table:
    """The table with the record in its metadata."""
    return table.replace_schema_metadata((table.schema.metadata or {}) | {KEY: record})


def is_made_from(record: str, weights: Path, tables: Sequence[Path]) -> bool:
    """Whether a folder of weights and some tables exist, and each of their files has this record."""
    found = [_of_weights(path) for path in weights.glob("*.safetensors")]
    return bool(found) and set(found + [_of_table(path) for path in tables]) == {record}


def _of_weights(path: Path) -> str | None:
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get(KEY)
    except (OSError, SafetensorError):
        return None


def _of_table(path: Path) -> str | None:
    try:
        return (pq.read_schema(path).metadata or {}).get(KEY.encode(), b"").decode()
    except (OSError, pa.ArrowInvalid):
        return None
