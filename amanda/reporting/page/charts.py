"""Line charts as small SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

WIDTH, HEIGHT = 260, 150
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 8, 20
"""Of a line chart, in its own units; it grows with its place on the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve over epochs with the range of the seeds, each [epochs]; ``look`` is its place among the looks."""

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
        names: name in the history to name in the chart; those that the history has not are left out.
    """
    found = []
    for look, (name, shown) in enumerate(names.items()):
        groups = history[history["name"] == name].groupby("epoch")["value"]
        if len(groups):
            table = groups.agg(["mean", "min", "max"])
            mean, low, high = (table[key].to_numpy() for key in table)
            found.append(Line(shown, table.index.to_numpy(), mean, low, high, look))
    return found


def line_chart(title: str, lines: Sequence[Line], limits: tuple[float, float] | None = None) -> str:
    """A chart under its title, which says in words where each curve begins and ends.

    Args:
        title: what it shows.
        lines: at least one.
        limits: of the vertical axis; those of the data where there are none.
    """
    low, high = limits or _limits(lines)
    first, last = lines[0].epochs[0], lines[0].epochs[-1]

    def place(epochs: np.ndarray, values: np.ndarray) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * (epochs - first) / max(last - first, 1)
        y = TOP + (HEIGHT - TOP - BOTTOM) * (high - np.clip(values, low, high)) / (high - low)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))

    shapes = []
    for line in lines:
        outline = place(np.append(line.epochs, line.epochs[::-1]), np.append(line.high, line.low[::-1]))
        shapes.append(f'<polygon class="band look{line.look}" points="{outline}"/>')
    shapes += [f'<polyline class="look{line.look}" points="{place(line.epochs, line.mean)}"/>' for line in lines]
    words = "; ".join(f"{line.name} from {line.mean[0]:.3g} to {line.mean[-1]:.3g}" for line in lines)
    told = escape(f"{title}, epoch {first} to {last}: {words}")
    return (
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
        f"{_axes(low, high, first, last)}{''.join(shapes)}</svg></figure>"
    )


def _limits(lines: Sequence[Line]) -> tuple[float, float]:
    low, high = min(line.low.min() for line in lines), max(line.high.max() for line in lines)
    low = 0.0 if 0 <= low < high / 2 else low
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _axes(low: float, high: float, first: int, last: int) -> str:
    parts = []
    for value in ticks(low, high):
        y = TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{y + 3.5:.1f}" text-anchor="end">{value:.4g}</text>')
    bottom = HEIGHT - 6
    parts.append(f'<text x="{LEFT}" y="{bottom}">{first}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{bottom}" text-anchor="middle">epoch</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{bottom}" text-anchor="end">{last}</text>')
    return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Two to five round values between two bounds."""
    step = 10 ** np.floor(np.log10((high - low) / 2))
    step = next(step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) < 5)
    return [float(value) + 0.0 for value in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step]  # no -0


def legend(names: Sequence[str]) -> str:
    """What the looks stand for, in their order."""
    return keys(names, '<path class="look{}" d="M0 4H28"/>')


def keys(names: Sequence[str], shape: str) -> str:
    """Names beside a shape of each look."""
    items = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true">{shape.format(look)}</svg>{escape(name)}</li>'
        for look, name in enumerate(names)
    )
    return f'<ul class="legend">{items}</ul>'
