"""A table that one program writes and others read: its columns, one writer and one reader that checks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError

STAR = "*"
"""End of the name of a field that stands for one column of each class, such as ``f1_*``."""


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
        told = self.columns(table.column_names).with_metadata(table.schema.metadata)
        write_table(path, table.select(told.names).cast(told))

    def read(self, path: Path) -> pa.Table:
        """Read the columns of the schema, in its order.

        Raises:
            UserError: the file is missing or not a Parquet table, lacks a column, or has a column of another type.
        """
        table = read_table(path, f"python -m {self.made_by}")
        again = f"make it again with python -m {self.made_by}"
        wanted = self.columns(table.column_names)
        for column in wanted:
            if column.name not in table.column_names:
                raise UserError(f"{path}: no column {column.name}; {again}")
            found = table.schema.field(column.name).type
            if found != column.type:
                raise UserError(f"{path}: column {column.name} is {found} and should be {column.type}; {again}")
        return table.select(wanted.names)

    def read_all(self, paths: Iterable[Path], selection: str | None = None) -> pd.DataFrame:
        """The rows of all files (there may be no file), or only those of one selection.

        Raises:
            UserError: as in :meth:`read`, or two files have different classes.
        """
        wanted = pc.scalar(True) if selection is None else pc.field("selection") == selection
        tables: list[pa.Table] = []
        for path in paths:
            table = self.read(path).filter(wanted)
            if tables and table.column_names != tables[0].column_names:
                raise UserError(
                    f"{path}: is of other classes than the tables before it; make it again with"
                    f" python -m {self.made_by}"
                )
            tables.append(table)
        return pa.concat_tables(tables or [self.columns([]).empty_table()]).to_pandas()

    def columns(self, there: Sequence[str]) -> pa.Schema:
        """The schema with one field per class for each that has a star; ``there`` are the columns of a table."""
        fields: list[pa.Field] = []
        for field in self.schema:
            names = columns_of(there, field.name) if field.name.endswith(STAR) else [field.name]
            fields += [field.with_name(name) for name in names]
        return pa.schema(fields)


def columns_of(there: Iterable[str], starred: str) -> list[str]:
    """The columns of the classes that a name with a star stands for, such as ``f1_happy`` for ``f1_*``, in order."""
    return [name for name in there if name.startswith(starred.removesuffix(STAR))]


def classes_of(there: Iterable[str], starred: str) -> list[str]:
    """The classes that the columns of a name with a star are about, in order."""
    return [name.removeprefix(starred.removesuffix(STAR)) for name in columns_of(there, starred)]


def per_class(starred: str, classes: Iterable[str]) -> list[str]:
    """The columns of these classes that a name with a star stands for, in their order."""
    return [starred.replace(STAR, name) for name in classes]
