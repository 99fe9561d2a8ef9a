"""Read a user's table in Parquet: its cells as text, or an error that names the type of a cell that is not text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from extractors.corpora.user_table import Columns, Rows, refuse_formulas
from extractors.shared.program import UserError

_TEXT = (
    types.is_string,
    types.is_large_string,
    types.is_string_view,
    types.is_binary,
    types.is_large_binary,
    types.is_binary_view,
    types.is_fixed_size_binary,
)


def read_parquet(table: Path, columns: Columns, numbers: tuple[str, ...]) -> Rows:
    """Read a table: (file and row, cells by column) for each row. Blanks around a cell are removed.

    Accepted types are text, UTF-8 bytes, categories of these, and whole numbers; a null is an empty cell. A known
    column of another type (lists, dates, booleans, decimal fractions) is refused, because its text would not be unique.
    An unknown column of another type is listed with empty cells.

    Args:
        table: the file.
        columns: the columns that the table must have and may have.
        numbers: columns that may contain decimal fractions.

    Raises:
        UserError: the file is not a Parquet table, or a column is missing, wrongly named or of a wrong type.
    """
    try:
        content = pq.read_table(table, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{table}: not a Parquet table ({error}); write it again") from None
    columns.check(content.column_names, str(table))
    others = columns.others(content.column_names)
    cells = [
        [""] * len(content) if name in others else list(_texts(table, name, content[name], name in numbers))
        for name in content.column_names
    ]
    rows = [
        (f"{table}: row {count}", dict(zip(content.column_names, row, strict=True)))
        for count, row in enumerate(zip(*cells, strict=True), start=1)
    ]
    for where, row in rows:
        refuse_formulas(row, where, columns)
    return rows


def _texts(table: Path, name: str, column: pa.ChunkedArray, is_number: bool) -> Iterator[str]:
    """The cells of one column as text."""
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if any(is_text(column.type) for is_text in _TEXT):
        yield from _decoded(table, name, column)
    elif column.null_count == len(column):
        yield from [""] * len(column)
    elif types.is_integer(column.type) or (is_number and _is_fraction(column.type)):
        yield from ("" if value is None else str(value) for value in column.to_pylist())
    else:
        wanted = "numbers of seconds" if is_number else "text"
        raise UserError(f"{table}: column {name!r} holds {column.type}; write it as {wanted}")


def _is_fraction(kind: pa.DataType) -> bool:
    return types.is_floating(kind) or types.is_decimal(kind)


def _decoded(table: Path, name: str, column: pa.ChunkedArray) -> Iterator[str]:
    """The cells of a column of text or bytes. A file of another program may contain text that is not UTF-8."""
    for count, value in enumerate(column.cast(_bytes_like(column.type)).to_pylist(), start=1):
        try:
            text = "" if value is None else value.decode().strip()
        except UnicodeDecodeError:
            raise UserError(
                f"{table}: row {count}: {name} is {value[:40]!r}, which is not UTF-8; write the column as text"
            ) from None
        if "\0" in text:
            raise UserError(f"{table}: row {count}: {name} contains a zero byte; write the column as text")
        yield text


def _bytes_like(kind: pa.DataType) -> pa.DataType:
    return pa.binary_view() if types.is_string_view(kind) or types.is_binary_view(kind) else pa.large_binary()
