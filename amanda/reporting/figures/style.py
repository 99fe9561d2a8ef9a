"""The style of the figures: colours, dashes and markers, legends and notes around the panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure


class CurveStyle(NamedTuple):
    """The look of a curve: its colour and, for print and colour-blind readers, its dashes and markers."""

    colour: str
    dashes: str | tuple[int, tuple[int, ...]]
    marker: str


CURVE_STYLES = (
    CurveStyle("#D55E00", "--", "s"),
    CurveStyle("#0072B2", "-", "o"),
    CurveStyle("#009E73", "-.", "^"),
    CurveStyle("#AA4499", (0, (1, 1)), "D"),
    CurveStyle("#56B4E9", (0, (4, 1, 1, 1, 1, 1)), "v"),
    CurveStyle("#8A6D00", (0, (6, 1)), "P"),
)
"""Styles of the curves, in order: colours after Okabe and Ito (2008), dark enough on white."""

LEVELS = (CurveStyle("#666666", (0, (5, 3)), "X"), CurveStyle("#000000", (0, (1, 2)), "*"))
"""Styles of the reference lines."""

WARNING = "#B00020"

LEADING = 1.5
"""Line spacing divided by the font size."""

STYLED = style.context(
    [
        "default",
        {
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
            "font.size": 9,
            "axes.titlesize": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.axisbelow": True,
            "grid.color": "#E4E4E4",
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "lines.linewidth": 1.6,
            "lines.markersize": 5,
            "savefig.dpi": 200,
            "svg.fonttype": "none",
            "svg.hashsalt": "amanda",
            "pdf.fonttype": 42,
        },
    ]
)
"""A decorator for functions that draw or write; it ignores the user's own settings of matplotlib."""


def within(mean: np.ndarray, spread: np.ndarray, top: float) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper edge of a band of a quantity between 0 and ``top``, clipped to that range; NaN stays."""
    return np.maximum(mean - spread, 0), np.minimum(mean + spread, top)


def curve(
    axes: Axes,
    x: Sequence[float],
    mean: np.ndarray,
    spread: np.ndarray,
    curve_style: CurveStyle,
    top: float,
    **options: Any,
) -> None:
    """Draw a curve and, if there is a spread, its band, clipped to the possible range of the quantity.

    Args:
        axes: the axes to draw in.
        x: horizontal positions, [points].
        mean: heights, [points]; a missing one is NaN.
        spread: half the height of the band, [points]; a missing one is NaN.
        curve_style: the style of the curve.
        top: the largest possible value of the quantity; the smallest is 0.
        options: further options of the line.
    """
    axes.plot(x, mean, color=curve_style.colour, linestyle=curve_style.dashes, marker=curve_style.marker, **options)
    if np.isfinite(spread).any():
        axes.fill_between(x, *within(mean, spread, top), color=curve_style.colour, alpha=0.1, linewidth=0)


def frame(figure: Figure, data: str, footnote: str, columns: int) -> None:
    """Put the legend of all axes and the footnote below a figure, and a warning above it if its data are synthetic."""
    found = [pair for axes in figure.axes for pair in zip(*axes.get_legend_handles_labels(), strict=True)]
    labelled = {label: handle for handle, label in reversed(found)}
    order = list(dict.fromkeys(label for _, label in found))
    letters = int(figure.get_figwidth() * 16)
    small = fill(footnote, letters)
    figure.text(0.5, 0.01, small, fontsize=7, color="#444444", ha="center", va="bottom")
    below = _points(figure, 8 + 7 * LEADING * (1 + small.count("\n")))
    figure.legend(
        [labelled[label] for label in order],
        order,
        loc="lower center",
        bbox_to_anchor=(0.5, below),
        borderaxespad=0,
        ncols=columns,
        handlelength=3.6,
    )
    below += _points(figure, 8 + 9 * LEADING * math.ceil(len(order) / columns))
    figure.set_layout_engine("constrained", rect=(0, below, 1, 1 - below), h_pad=0.07)
    if "SYNTHETIC" in data:
        words = f"SYNTHETIC DATA: {data.replace('SYNTHETIC ', '')}; says nothing about any corpus"
        figure.suptitle(fill(words, letters * 7 // 10), color=WARNING, fontsize=9, fontweight="bold")


def _points(figure: Figure, size: float) -> float:
    """A height in points as a share of the figure's height."""
    return size / 72 / figure.get_figheight()
