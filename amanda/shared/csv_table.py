"""A reader of the CSV tables that this project writes; names are always read as text."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pandas as pd

_NAMES = (
    "source",
    "target",
    "method",
    "other",
    "left_out",
    "label",
    "groups",
    "missing",
    "selection",
    "recipe",
    "data",
)
"""Columns of text: a method may be called ``nan``, ``007`` or ``true``."""


def read_csv(source: Path | IO[bytes]) -> pd.DataFrame:
    """Read a table; a missing number becomes NaN, a missing text an empty text."""
    table = pd.read_csv(source, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(_NAMES, str))
    return table.fillna({name: "" for name in _NAMES if name in table})
