"""Building blocks of the page: sections with their sources, tables, parts for each pair, numbers in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from amanda.reporting.table1.layout import MINUS
from amanda.shared.names import pair_name, short_pair_name

REPRESENTATIONS = ("text", "audio", "visual", "joint")


@dataclass(frozen=True, slots=True)
class Source:
    """Files that contain numbers of the page, and the program that writes them."""

    files: Sequence[Path]
    program: str

    @property
    def pattern(self) -> str:
        """The files in one line."""
        return several(self.files)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page under a heading of the second level.

    ``name`` is its link target and the name of its template; the template gets ``view``.
    """

    name: str
    title: str
    view: Mapping[str, Any]
    sources: Sequence[Source] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain text.

    The first ``row_headings`` cells of a row are its heading. The rows whose positions are in ``minor`` are shown only
    on request; ``why`` says what they have in common.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    kind: str = "sortable"
    row_headings: int = 1
    minor: frozenset[int] = frozenset()
    why: str = ""


@dataclass(frozen=True, slots=True)
class OfPair:
    """The content of a section for one pair; the page shows it if this pair is chosen."""

    pair: str
    body: Any

    @property
    def heading(self) -> str:
        """The pair in words."""
        return long_heading(self.pair)


def several(files: Sequence[Path]) -> str:
    """Files in one line: a single file, or their common pattern with a star for each part that differs."""
    parts = map(set, zip(*(path.parts for path in files), strict=True))
    return str(Path(*(next(iter(part)) if len(part) == 1 else _star(part) for part in parts)))


def _star(names: set[str]) -> str:
    endings = {"".join(Path(name).suffixes) for name in names}
    return "*" + (endings.pop() if len(endings) == 1 else "")


def long_heading(pair: str) -> str:
    """A pair with its abbreviation, such as ``IEMOCAP → MELD (IE.→ME.)``."""
    return f"{pair_name(pair)} ({short_pair_name(pair)})"


def number(value: float, digits: int = 2) -> str:
    """A number, or a dash if it is missing; a number that rounds to zero has no sign."""
    if value is None or math.isnan(value):
        return "–"
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", MINUS)


def interval(low: float, high: float, digits: int = 2) -> str:
    """An interval such as ``1.20 to 3.40``, or a dash if it is missing."""
    return "–" if math.isnan(low) or math.isnan(high) else f"{number(low, digits)} to {number(high, digits)}"


def mean_and_spread(values: Sequence[float], digits: int = 1) -> str:
    """Mean ± sample standard deviation; a single value alone."""
    array = np.asarray(values, float)
    if not len(array) or np.isnan(array).all():
        return "–"
    known = array[~np.isnan(array)]
    spread = f" ± {number(known.std(ddof=1), digits)}" if len(known) > 1 else ""
    return number(known.mean(), digits) + spread


def p_text(value: float) -> str:
    """A p-value."""
    return "< 0.001" if value < 0.0005 else number(value, 3)
