"""Numbers in sentences and tables."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


def counted(count: int, noun: str) -> str:
    """A number of things, such as ``1 clip`` or ``2 clips``."""
    return f"{count} {noun}{'s' * (count != 1)}"


def settled(table: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """The same table with its floats rounded, so that no zero has a sign and none is the rest of a sum."""
    floats = table.select_dtypes("float").columns
    return table.assign(**{name: table[name].round(decimals) + 0.0 for name in floats})


def markdown_row(cells: Iterable[str]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"
