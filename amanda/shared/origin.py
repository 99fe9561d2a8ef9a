"""The origin of results: versions of libraries, and the metadata that training stores with its predictions."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

KEY = b"origin"
"""The key in the metadata of the predictions."""

UNKNOWN = {"device": "not recorded", "trained_with": "not recorded"}


def versions(*libraries: str) -> str:
    """Python's version and those of the libraries, in words."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in libraries)])


def with_origin(predictions: pa.Table, device: str) -> pa.Table:
    """The predictions with the device and the versions that made them as metadata."""
    told = {"device": device, "trained_with": versions("numpy", "torch")}
    return predictions.replace_schema_metadata({KEY: json.dumps(told)})


def read_origin(predictions: Path) -> dict[str, str]:
    """``device`` and ``trained_with`` of stored predictions."""
    told = (pq.read_schema(predictions).metadata or {}).get(KEY)
    return json.loads(told) if told else UNKNOWN
