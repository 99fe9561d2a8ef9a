"""The history of a training: named values of each epoch, such as the terms of the loss."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from amanda.shared.tables.table import Table

HISTORY = Table(
    made_by="amanda.train_pair",
    schema=pa.schema(
        {
            "source": pa.string(),
            "target": pa.string(),
            "method": pa.string(),
            "seed": pa.int32(),
            "epoch": pa.int32(),
            "name": pa.string(),
            "value": pa.float64(),
        }
    ),
)
"""One row per run, epoch (from 1) and named value; ``method`` is the entry of ``method_settings`` that was trained."""


def read_histories(paths: Iterable[Path]) -> dict[tuple[str, str], pd.DataFrame]:
    """The histories of all files by pair and method, with the columns of :data:`HISTORY`.

    Raises:
        UserError: a file is missing or is not a history.
    """
    tables = [HISTORY.read(path).to_pandas() for path in paths]
    groups = pd.concat(tables).groupby(["source", "target", "method"], sort=False)
    return {(f"{source}-{target}", method): history for (source, target, method), history in groups}
