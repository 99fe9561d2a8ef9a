"""Line charts and stacked bars as small SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from extractors.page import scrolled

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
            found.append(Line(shown, table.index.to_numpy(), *(table[key].to_numpy() for key in table), look=look))
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
    return [float(value) for value in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step]


def legend(names: Sequence[str]) -> str:
    """What the looks stand for, in their order."""
    return _keys(names, '<path class="look{}" d="M0 4H28"/>')


def _keys(names: Sequence[str], shape: str) -> str:
    """Names beside a shape of each look."""
    items = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true">{shape.format(look)}</svg>{escape(name)}</li>'
        for look, name in enumerate(names)
    )
    return f'<ul class="legend">{items}</ul>'


def stacked_bars(title: str, rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str]) -> str:
    """A bar per row, cut into shares.

    Args:
        title: what it shows.
        rows: what a bar is of, and its shares, which sum to 1.
        names: of the shares.
    """
    width, left, line = 640, 150, 24
    parts = []
    for row, (name, shares) in enumerate(rows):
        y, x = row * line, float(left)
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for look, share in enumerate(shares):
            length = share * (width - left)
            parts.append(f'<rect class="fill{look}" x="{x:.1f}" y="{y + 2}" width="{length:.1f}" height="{line - 5}"/>')
            if share >= 0.06:
                middle = x + length / 2
                parts.append(f'<text x="{middle:.1f}" y="{y + 15}" text-anchor="middle">{share:.0%}</text>')
            x += length
    words = "; ".join(
        f"{name}: {', '.join(f'{of} {share:.0%}' for of, share in zip(names, shares, strict=True))}"
        for name, shares in rows
    )
    keys = _keys(names, '<rect class="fill{}" width="28" height="8"/>')
    drawing = (
        f'<svg class="bars" viewBox="0 0 {width} {len(rows) * line}" role="img" aria-label="{escape(words)}">'
        f"{''.join(parts)}</svg>"
    )
    return f"<figure><figcaption>{escape(title)}</figcaption>{keys}{scrolled(title, drawing)}</figure>"
