"""Bars as SVG that takes its colours from the page: shares side by side, and values with their spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from amanda.reporting.page.charts import keys, ticks
from extractors.shared.html import scrolled

WIDTH, LEFT, RIGHT = 640, 150, 12
"""Of a drawing: its width, the place of the rows' names, and what is free at the other side."""

LINE, BAR, GAP = 24, 9, 9
"""Height of a row of shares, of one bar of a group, and between two groups."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and how far it spreads to both sides; NaN where either is not known."""

    value: float
    spread: float


def stacked_bars(title: str, rows: Sequence[tuple[str, Iterable[float]]], names: Sequence[str]) -> str:
    """A bar per row, cut into shares.

    Args:
        title: what it shows.
        rows: what a bar is of, and its shares, which sum to 1.
        names: of the shares.
    """
    parts = []
    for row, (name, shares) in enumerate(rows):
        y, x = row * LINE, float(LEFT)
        parts.append(_row_name(name, y + 15))
        for look, share in enumerate(shares):
            length = share * (WIDTH - LEFT)
            parts.append(f'<rect class="fill{look}" x="{x:.1f}" y="{y + 2}" width="{length:.1f}" height="{LINE - 5}"/>')
            if share >= 0.06:
                middle = x + length / 2
                parts.append(f'<text x="{middle:.1f}" y="{y + 15}" text-anchor="middle">{share:.0%}</text>')
            x += length
    words = [(name, [f"{share:.0%}" for share in shares]) for name, shares in rows]
    return _figure(title, "".join(parts), len(rows) * LINE, words, names)


def spread_bars(title: str, rows: Sequence[tuple[str, Sequence[Bar]]], names: Sequence[str]) -> str:
    """Bars from zero to both sides, a group per row, each with a line over its spread.

    Args:
        title: what it shows.
        rows: what a group is of, and its bars; at least one.
        names: of the bars of a group.
    """
    group = BAR * len(names) + GAP
    height = group * len(rows)
    low, high = _limits([bar for _, bars in rows for bar in bars])

    def place(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)

    parts = []
    for value in ticks(low, high):
        parts.append(f'<path class="grid" d="M{place(value):.1f} 0V{height}"/>')
        parts.append(f'<text x="{place(value):.1f}" y="{height + 14}" text-anchor="middle">{value:.4g}</text>')
    for row, (name, bars) in enumerate(rows):
        parts.append(_row_name(name, row * group + (group + LINE / 3) / 2))
        for look, bar in enumerate(bars):
            parts += _spread_bar(bar, look, row * group + GAP / 2 + look * BAR, place)
    parts.append(f'<path class="heavy" d="M{place(0):.1f} 0V{height}"/>')
    words = [(name, ["none" if np.isnan(bar.value) else f"{bar.value:.1f}" for bar in bars]) for name, bars in rows]
    return _figure(title, "".join(parts), height + 18, words, names)


def _limits(bars: Sequence[Bar]) -> tuple[float, float]:
    reach = np.nan_to_num([(bar.value, bar.spread) for bar in bars])
    low, high = min(0.0, (reach[:, 0] - reach[:, 1]).min()), max(0.0, reach.sum(axis=1).max())
    return (low, high) if high - low > 1 else (low - 0.5, high + 0.5)


def _spread_bar(bar: Bar, look: int, y: float, place: Callable[[float], float]) -> Iterator[str]:
    if np.isnan(bar.value):
        return
    begin, end = sorted((place(0), place(bar.value)))
    yield f'<rect class="fill{look}" x="{begin:.1f}" y="{y:.1f}" width="{end - begin:.1f}" height="{BAR - 1}"/>'
    if bar.spread > 0:
        begin, end = place(bar.value - bar.spread), place(bar.value + bar.spread)
        yield f'<path d="M{begin:.1f} {y + (BAR - 1) / 2:.1f}H{end:.1f}"/>'


def _row_name(name: str, y: float) -> str:
    return f'<text x="{LEFT - 8}" y="{y:g}" text-anchor="end">{escape(name)}</text>'


def _figure(
    title: str, shapes: str, height: float, words: Sequence[tuple[str, Sequence[str]]], names: Sequence[str]
) -> str:
    """The drawing under its title and legend; ``words`` are the rows and their values for those who do not see it."""
    told = "; ".join(
        f"{row}: {', '.join(f'{name} {value}' for name, value in zip(names, values, strict=True))}"
        for row, values in words
    )
    drawing = (
        f'<svg class="bars" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(told)}">{shapes}</svg>'
    )
    legend = keys(names, '<rect class="fill{}" width="28" height="8"/>')
    return f"<figure><figcaption>{escape(title)}</figcaption>{legend}{scrolled(title, drawing)}</figure>"
