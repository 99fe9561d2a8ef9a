"""Tables of made-up values, as the programs that read them want them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from amanda.shared.tables.table import Table


def write_frame(kind: Table, path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as a table of a kind; columns that the frame lacks are there without values."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for name in kind.columns(table.column_names).names:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(len(table)))
    kind.write(path, table)
