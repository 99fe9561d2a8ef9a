"""Table 1 in the paper's layout, methods down and pairs across, before any markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.ceiling import IN_DOMAIN, LABEL, LINES
from amanda.shared.names import short_pair_name

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Cell:
    """The content of a cell: plain text, whether it is bold, and the number to sort by."""

    text: str
    value: float
    bold: bool = False


EMPTY = Cell("–", float("nan"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. Kind ``score`` starts a row; ``paper`` or ``oracle`` is a line below it."""

    kind: str
    heading: str
    cells: tuple[Cell, ...]


def headings(settings: ReportSettings) -> list[str]:
    """The first line: what stands below, and the pairs."""
    return ["Method", *(short_pair_name(pair) for pair in settings.pairs)]


def lines(table: pd.DataFrame, settings: ReportSettings) -> Iterator[Line]:
    """The lines below the headings.

    Args:
        table: of :func:`amanda.reporting.table1.table.table1`.
        settings: those of the table.
    """
    kinds = {"score": _score, "paper": _paper, "oracle": _oracle}
    if table["paper_weighted_f1"].isna().all():
        del kinds["paper"]
    rows = table.set_index(["method", "source", "target"])
    for method in settings.methods:
        of_method = [rows.loc[(method, *pair.split("-"))] for pair in settings.pairs]
        words = {"score": settings.labels[method], "paper": "paper (ours − it)", "oracle": "oracle (it − ours)"}
        for kind, cell in kinds.items():
            yield Line(kind, words[kind], tuple(cell(row) for row in of_method))
    if settings.in_domain.targets:
        places = [(IN_DOMAIN, *pair.split("-")) for pair in settings.pairs]
        yield Line("score", LABEL, tuple(_score(rows.loc[place]) if place in rows.index else EMPTY for place in places))
    of_pairs = [table[(table["source"] + "-" + table["target"]) == pair] for pair in settings.pairs]
    for column, heading in LINES.items():
        yield Line("score", heading, tuple(_number(rows[column].max()) for rows in of_pairs))


def _score(row: pd.Series) -> Cell:
    mean, spread = row["weighted_f1_mean"], row["weighted_f1_std"]
    if pd.isna(mean):
        return EMPTY if row["missing"] == "" else Cell("missing", mean)
    text = f"{mean:.2f}" + ("" if pd.isna(spread) else f" ± {spread:.2f}")
    return Cell(text, mean, bool(row["better_beyond_noise"]))


def _number(number: float) -> Cell:
    return EMPTY if pd.isna(number) else Cell(f"{number:.2f}", number)


def _paper(row: pd.Series) -> Cell:
    return _with_difference(row["paper_weighted_f1"], row["difference_to_paper"])


def _oracle(row: pd.Series) -> Cell:
    oracle = row["oracle_weighted_f1_mean"] if row["missing"] == "" else float("nan")
    return _with_difference(oracle, row["selection_gap"])


def _with_difference(number: float, difference: float) -> Cell:
    text = "–" if pd.isna(number) else f"{number:.2f}"
    return Cell(text if pd.isna(difference) else f"{text} ({signed(difference)})", number)


def signed(number: float) -> str:
    """The number with two decimals and a sign; a zero has no sign."""
    text = f"{number:+.2f}".replace("-", MINUS)
    return "0.00" if text in ("+0.00", f"{MINUS}0.00") else text
