"""Bar charts: shares side by side, and values with their spread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amanda.reporting.page.drawing import INK, SERIES, STYLED, Chart, canvas, inline

WIDTH, NAMES = 640, 210
"""Width of a drawing, and of the names of its rows, in pixels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and its spread to both sides; an unknown one is NaN."""

    value: float
    spread: float


@STYLED
def stacked_bars(name: str, title: str, rows: Sequence[tuple[str, Iterable[float]]], names: Sequence[str]) -> Chart:
    """A bar per row, divided into shares with their values.

    Args:
        name: as for :func:`amanda.reporting.page.drawing.inline`.
        title: title of the chart.
        rows: name of each bar, and its shares, which sum to 1.
        names: names of the shares.
    """
    shares = np.array([[*row] for _, row in rows])
    figure, axes = _axes([row for row, _ in rows], 24, 0)
    ends = shares.cumsum(axis=1)
    # More parts than colours take these again, and say their names.
    few = len(names) <= len(SERIES)
    for place, (part_name, colour) in enumerate(zip(names, cycle(SERIES), strict=False)):
        part, left = shares[:, place], ends[:, place] - shares[:, place]
        axes.barh(range(len(rows)), part, left=left, color=colour, alpha=0.35, height=0.75, linewidth=0)
        for row, share in enumerate(part):
            if share >= 0.06:
                told = f"{share:.0%}" if few else part_name
                axes.text(left[row] + share / 2, row, told, ha="center", va="center", fontsize=11 if few else 7)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    words = [(row, [f"{share:.0%}" for share in each]) for (row, _), each in zip(rows, shares, strict=True)]
    chart = _chart(figure, name, title, words, names)
    return chart if few else replace(chart, keys=())


@STYLED
def spread_bars(name: str, title: str, rows: Sequence[tuple[str, Sequence[Bar]]], names: Sequence[str]) -> Chart:
    """Bars from zero to both sides, a group per row, each with a line for its spread.

    Args:
        name: as for :func:`amanda.reporting.page.drawing.inline`.
        title: title of the chart.
        rows: name of each group, and its bars; at least one.
        names: names of the bars of a group.
    """
    thick = 0.8 / len(names)
    figure, axes = _axes([row for row, _ in rows], 9 * len(names) + 9, 18)
    for place, colour in zip(range(len(names)), SERIES, strict=False):
        bars = [row[place] for _, row in rows]
        middles = np.arange(len(rows)) + (place - (len(names) - 1) / 2) * thick
        values = np.array([bar.value for bar in bars])
        spreads = [np.nan_to_num(bar.spread) for bar in bars]
        axes.barh(middles, values, xerr=spreads, color=colour, alpha=0.6, height=0.9 * thick, error_kw={"ecolor": INK})
    axes.axvline(0, color=INK, linewidth=1)
    axes.grid(axis="x")
    words = [(row, ["none" if np.isnan(bar.value) else f"{bar.value:.1f}" for bar in bars]) for row, bars in rows]
    return _chart(figure, name, title, words, names)


def _axes(rows: Sequence[str], line: float, below: float) -> tuple[Figure, Axes]:
    """Axes with a line for each row, from above, and free space below them in pixels."""
    height = line * len(rows) + below
    figure = canvas(WIDTH, height)
    axes = figure.add_axes((NAMES / WIDTH, below / height, 1 - (NAMES + 8) / WIDTH, 1 - below / height))
    axes.set_yticks(range(len(rows)), rows, fontsize=11)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="x", labelsize=11)
    axes.spines[:].set_visible(False)
    return figure, axes


def _chart(
    figure: Figure, name: str, title: str, words: Sequence[tuple[str, Sequence[str]]], names: Sequence[str]
) -> Chart:
    """The drawing with its legend; ``words`` are the rows and their values for screen readers."""
    told = "; ".join(
        f"{row}: {', '.join(f'{part} {value}' for part, value in zip(names, values, strict=True))}"
        for row, values in words
    )
    return Chart(title, inline(figure, name, told, {}), names)
