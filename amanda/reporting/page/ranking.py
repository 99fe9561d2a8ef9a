"""The critical-difference diagram (Demšar, 2006) as SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import pandas as pd

from amanda.reporting.page.parts import number
from extractors.shared.html import scrolled

WIDTH, LEFT, RIGHT, AXIS, LINE = 680, 150, 530, 50, 20
"""Of the drawing: its width, where the axis begins, ends and stands, and the height of a line of text."""


def diagram(ranks: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Mean ranks on an axis, the best at the left; bars join methods that are not told apart.

    Args:
        ranks: of :func:`amanda.statistics.ranks.rank_table`.
        labels: names of the methods.
    """
    count, apart = len(ranks), float(ranks["critical_difference"].iloc[0])

    def place(rank: float) -> float:
        return LEFT + (RIGHT - LEFT) * (rank - 1) / (count - 1)

    bars = _bars(ranks)
    below = AXIS + 14 + 8 * len(bars)
    half = (count + 1) // 2
    height = below + half * LINE + 12
    parts = [_axis(place, count)]
    length = min(place(1 + apart), WIDTH - 10) - LEFT
    parts.append(f'<path class="heavy" d="M{LEFT} 14h{length:.1f}m0 -4v8M{LEFT} 10v8"/>')
    parts.append(f'<text x="{LEFT - 8}" y="18" text-anchor="end">critical difference {number(apart)}</text>')
    for number_of_bar, (first, last) in enumerate(bars):
        y = AXIS + 10 + 8 * number_of_bar
        parts.append(f'<path class="bar" d="M{place(first) - 4:.1f} {y}H{place(last) + 4:.1f}"/>')
    for position, row in enumerate(ranks.itertuples()):
        parts.append(_method(place(row.mean_rank), position, count, below, f"{labels[row.method]} {row.mean_rank:.2f}"))
    words = "; ".join(f"{labels[row.method]} {row.mean_rank:.2f}" for row in ranks.itertuples())
    drawing = (
        f'<svg class="ranks" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Mean ranks: {escape(words)}">'
        f"{''.join(parts)}</svg>"
    )
    return (
        f"<figure><figcaption>Critical-difference diagram</figcaption>{scrolled('Diagram of ranks', drawing)}</figure>"
    )


def _bars(ranks: pd.DataFrame) -> list[tuple[float, float]]:
    """First and last mean rank of each bar, by the numbers that the methods are under."""
    members: dict[str, list[float]] = {}
    for row in ranks.itertuples():
        for bar in row.groups.split():
            members.setdefault(bar, []).append(row.mean_rank)
    return [(min(found), max(found)) for found in members.values()]


def _axis(place: Callable[[float], float], count: int) -> str:
    marks = "".join(
        f'<path d="M{place(rank):.1f} {AXIS - 5}V{AXIS}"/>'
        f'<text x="{place(rank):.1f}" y="{AXIS - 9}" text-anchor="middle">{rank}</text>'
        for rank in range(1, count + 1)
    )
    return f'<path d="M{LEFT} {AXIS}H{RIGHT}"/>{marks}'


def _method(x: float, position: int, count: int, below: float, text: str) -> str:
    """A leader from the axis down to the name: the better half at the left, the others at the right."""
    at_left = position < (count + 1) // 2
    line = position if at_left else count - 1 - position
    y = below + line * LINE + 8
    end, anchor = (LEFT - 10, "end") if at_left else (RIGHT + 10, "start")
    shown = end - 4 if at_left else end + 4
    return (
        f'<path d="M{x:.1f} {AXIS}V{y}H{end}"/>'
        f'<text x="{shown}" y="{y + 4}" text-anchor="{anchor}">{escape(text)}</text>'
    )
