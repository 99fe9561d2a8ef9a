"""Read a user's table in CSV: its cells by column, as typed, and a clear error for each mistake."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from extractors.corpora.lines import read_text, split_lines
from extractors.shared.program import UserError

Cells = dict[str, str]
Rows = list[tuple[str, Cells]]
"""For each row, its place for messages, and its cells by column."""

ALIKE = 0.75
"""Smallest similarity with a known column's name at which an unknown name is a typing error: ``corp`` for ``crop``."""

_DELIMITERS = ",;\t"
_SEPARATOR = re.compile(f"sep=([{_DELIMITERS}])", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_BROKEN = re.compile(
    r"#(?:¿?(?:NAME|NOM|NOME|NOMBRE)\?"
    r"|¡?(?:REF|VALUE|NUM|NULL|DIV/0|SPILL|CALC|BEZUG|WERT|ZAHL|VALEUR|NOMBRE|NUL|VALOR|VALORE|RIF)!"
    r"|N/A|NV|N/D)|Err:5\d\d"
)
"""Texts of spreadsheet programs for a formula without a value. They take text after ``-`` or ``=`` for a formula."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a kind of table must have and may have. The user's additional columns are ignored."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def check(self, found: Sequence[str], source: str) -> None:
        """Check that a table has all required columns, each once, and no column whose name looks like a typing error.

        Raises:
            UserError: the check fails; with the columns.
        """
        missing = [name for name in self.required if name not in found]
        known = self.required + self.optional
        if missing:
            more = f" and may have {', '.join(self.optional)}" if self.optional else ""
            raise UserError(
                f"{source}: no column {', '.join(missing)} among {', '.join(found)[:120]}; it needs"
                f" {', '.join(self.required)}{more}"
            )
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice:
            raise UserError(f"{source}: column {', '.join(map(repr, twice))} is there twice; take one out")
        absent = [name for name in known if name not in found]
        for name in self.others(found):
            meant = [one for one in absent if name.lower() in one.split("_")]
            meant += get_close_matches(name.lower(), absent, n=1, cutoff=ALIKE)
            if meant:
                raise UserError(
                    f"{source}: column {name!r} is unknown; did you mean {meant[0]}? Name it that, or less like it"
                )

    def others(self, found: Iterable[str]) -> list[str]:
        """The unknown columns, which stay in the table and are not used."""
        return [name for name in found if name not in self.required + self.optional]


def read_csv(table: Path, columns: Columns) -> Rows:
    """Read a table as CSV, see :func:`parse_csv`.

    Raises:
        UserError: the file is a spreadsheet program's own format, is not UTF-8, or cannot be parsed.
    """
    with table.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"PK", b"\xd0\xcf")):
        raise UserError(f"{table}: a spreadsheet file; save it from that program as 'CSV UTF-8'")
    return parse_csv(read_text(table), str(table), columns)


def parse_csv(text: str, source: str, columns: Columns) -> Rows:
    """Parse a table: (file and line, cells by column) for each row. Blank lines are ignored.

    The delimiter is the comma, semicolon or tab that splits the first line into the most known columns. Spreadsheet
    programs may write the delimiter into an additional first line such as ``sep=;``. Blanks around a cell are removed.

    Raises:
        UserError: the table is invalid; with file and line.
    """
    delimiter = _delimiter(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter, skipinitialspace=True)
    rows: Rows = []
    header: list[str] = []
    width = 0
    try:
        for cells in reader:
            where = f"{source}:{reader.line_num}"
            cells = [cell.strip() for cell in cells]
            if not any(cells) or (not header and _SEPARATOR.fullmatch(delimiter.join(cells))):
                continue
            if not header:
                header, width = cells[: _filled(cells)], len(cells)
                columns.check(header, source)
            elif len(cells) != width or _filled(cells) > len(header):
                many = f"put quotes around a text that holds {delimiter!r}"
                way = many if len(cells) >= width else f"add the others, and {delimiter!r} between all"
                raise UserError(f"{where}: {len(cells)} cells, but the header has {width}; {way}")
            else:
                row = dict(zip(header, cells, strict=False))
                refuse_formulas(row, where, columns)
                _refuse_rows(row, delimiter, where)
                rows.append((where, row))
    except csv.Error as error:
        raise UserError(f"{source}:{reader.line_num}: not a CSV row ({error}); correct it") from None
    if not header:
        raise UserError(f"{source}: has no rows; write a header, {', '.join(columns.required)}, and one row per clip")
    return rows


def to_number(cell: str) -> float:
    """The number in a cell, in plain digits with an optional decimal point; NaN if the cell is not such a number."""
    return float(cell) if _NUMBER.fullmatch(cell) else math.nan


def _delimiter(text: str, columns: Columns) -> str:
    """The delimiter: from a line ``sep=``, or else the one that splits the header into the most known columns."""
    first = next(filter(str.strip, split_lines(text)), "")
    said = _SEPARATOR.fullmatch(first)
    if said:
        return said[1]
    known = columns.required + columns.optional

    def columns_made(sign: str) -> tuple[int, int]:
        names = [name.strip(' "') for name in first.split(sign)]
        return sum(name in known for name in names), len(names)

    return max(_DELIMITERS, key=columns_made)


def _filled(cells: list[str]) -> int:
    """Number of cells up to the last non-empty one. Spreadsheet programs add empty cells at the end."""
    return max((count for count, cell in enumerate(cells, start=1) if cell), default=0)


def refuse_formulas(row: Cells, where: str, columns: Columns) -> None:
    """Check that no cell of a known column is a spreadsheet program's text for a formula that it cannot compute.

    Raises:
        UserError: there is such a cell; with place and column.
    """
    for name, cell in row.items():
        if name in columns.required + columns.optional and _BROKEN.fullmatch(cell):
            raise UserError(
                f"{where}: {name} is {cell!r}, what a spreadsheet program shows for a formula that it cannot compute;"
                " format the column as text and type the cell anew"
            )


def _refuse_rows(row: Cells, delimiter: str, where: str) -> None:
    """Check that no cell contains further rows because of a quotation mark that is not closed.

    Raises:
        UserError: there is such a cell; with file, line and column.
    """
    for place, (name, cell) in enumerate(row.items()):
        further = split_lines(cell)[1:]
        if any(line.count(delimiter) >= max(place, 1) for line in further):
            raise UserError(
                f"{where}: {name} goes over {len(further) + 1} lines that look like rows; close its quotation mark, or"
                " write the text on one line"
            )
