"""A table that one program writes and others read: its columns, one writer and one reader that checks them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError


@dataclass(frozen=True, slots=True)
class Table:
    """The form of a Parquet file between two programs: columns with their types, and the program that writes it."""

    made_by: str
    schema: pa.Schema

    def write(self, path: Path, table: pa.Table) -> None:
        """Write the columns of the schema in its order and types, with the metadata of the table.

        Raises:
            KeyError: the table lacks a column.
            pyarrow.ArrowInvalid: a value does not fit into the type of its column.
        """
        told = self.schema.with_metadata(table.schema.metadata)
        write_table(path, table.select(self.schema.names).cast(told))

    def read(self, path: Path) -> pa.Table:
        """Read the columns of the schema, in its order.

        Raises:
            UserError: the file is missing or not a Parquet table, lacks a column, or has a column of another type.
        """
        table = read_table(path, f"python -m {self.made_by}", self.schema.names)
        again = f"make it again with python -m {self.made_by}"
        for column in self.schema:
            if column.name not in table.column_names:
                raise UserError(f"{path}: no column {column.name}; {again}")
            found = table.schema.field(column.name).type
            if found != column.type:
                raise UserError(f"{path}: column {column.name} is {found} and should be {column.type}; {again}")
        return table.select(self.schema.names)

    def read_all(self, paths: Iterable[Path], selection: str | None = None) -> pd.DataFrame:
        """The rows of all files (there may be no file), or only those of one selection; errors as in :meth:`read`."""
        wanted = pc.scalar(True) if selection is None else pc.field("selection") == selection
        tables = [self.read(path).filter(wanted) for path in paths]
        return pa.concat_tables([self.schema.empty_table(), *tables]).to_pandas()
