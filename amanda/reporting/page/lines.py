"""Curves over epochs, as small charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from amanda.reporting.page.drawing import DASHES, SERIES, STYLED, Chart, canvas, inline

WIDTH, HEIGHT = 260, 150
"""Size of a chart in pixels; the page scales it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve over epochs with the range of the seeds, each [epochs]; ``look`` is its position in the series."""

    name: str
    epochs: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    look: int = 0


def lines_of(history: pd.DataFrame, names: Mapping[str, str]) -> list[Line]:
    """Curves of named values of a history, averaged over seeds.

    Args:
        history: ``seed``, ``epoch``, ``name`` and ``value``.
        names: name in the history -> name in the chart; names that the history lacks are left out.
    """
    found = []
    for look, (name, shown) in enumerate(names.items()):
        groups = history[history["name"] == name].groupby("epoch")["value"]
        if len(groups):
            table = groups.agg(["mean", "min", "max"])
            mean, low, high = (table[key].to_numpy() for key in table)
            found.append(Line(shown, table.index.to_numpy(), mean, low, high, look))
    return found


@STYLED
def line_chart(name: str, title: str, lines: Sequence[Line], limits: tuple[float, float] | None = None) -> Chart:
    """A chart; its description for screen readers names the first and the last value of each curve.

    Args:
        name: as for :func:`amanda.reporting.page.drawing.inline`.
        title: title of the chart.
        lines: curves, at least one.
        limits: limits of the vertical axis, or ``None`` for those of the data.
    """
    figure = canvas(WIDTH, HEIGHT)
    axes = figure.add_axes((0.16, 0.15, 0.82, 0.8))
    first, last = int(lines[0].epochs[0]), int(lines[0].epochs[-1])
    for line in lines:
        colour = SERIES[line.look]
        axes.fill_between(line.epochs, line.low, line.high, color=colour, alpha=0.16, linewidth=0)
        axes.plot(
            line.epochs, line.mean, color=colour, linestyle=DASHES[line.look], marker="." if first == last else ""
        )
    axes.grid(axis="y")
    axes.set(xticks=sorted({first, last}), ylim=limits)
    axes.set_xlabel("epoch", labelpad=-8)
    axes.locator_params(axis="y", nbins=4)
    words = "; ".join(f"{line.name} from {line.mean[0]:.3g} to {line.mean[-1]:.3g}" for line in lines)
    return Chart(title, inline(figure, name, f"{title}, epoch {first} to {last}: {words}", {}))
