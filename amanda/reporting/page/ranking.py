"""The critical-difference diagram (Demšar, 2006)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from amanda.reporting.page.drawing import INK, STYLED, Chart, Mark, canvas, inline
from amanda.reporting.page.parts import number

WIDTH, SIDE, LINE = 700, 0.34, 20
"""Width of the drawing in pixels, the share of it on each side for names, and the height of a line of text."""

HEAD, BAR = 2.6, 0.4
"""Heights in lines of text: of the part above the axis, and of a bar with its gap."""


@STYLED
def diagram(ranks: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """Mean ranks on an axis, the best at the left; bars join methods whose ranks do not differ significantly.

    Args:
        ranks: table of :func:`amanda.statistics.ranks.rank_table`.
        labels: names of the methods.
    """
    count, bars = len(ranks), joined(ranks)
    depth = 0.7 + BAR * len(bars) + (count + 1) // 2
    height = LINE * (depth + HEAD)
    figure = canvas(WIDTH, height)
    axes = figure.add_axes((SIDE, 0, 1 - 2 * SIDE, 1 - HEAD * LINE / height), xlim=(1, count), ylim=(depth, 0))
    axes.set_xticks(range(1, count + 1))
    axes.tick_params(labelsize=11, labeltop=True, labelbottom=False)
    axes.yaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.spines["top"].set(visible=True, color=INK)
    apart = float(ranks["critical_difference"].iloc[0])
    axes.plot([1, 1 + min(apart, count - 1)], [-1.6, -1.6], color=INK, marker="|", linewidth=2, clip_on=False)
    _name(axes, f"critical difference {number(apart)}", (1, -1.6), at_left=True)
    marks = {}
    for place, (first, last) in enumerate(bars):
        (bar,) = axes.plot([first, last], [0.5 + BAR * place] * 2, color=INK, linewidth=4, clip_on=False)
        bar.set_gid(f"bar{place}")
        marks[f"bar{place}"] = Mark(f"Not told apart: mean ranks {first:.2f} to {last:.2f}")
    named = [(row.mean_rank, f"{labels[row.method]} {row.mean_rank:.2f}") for row in ranks.itertuples()]
    _methods(axes, named, 1 + BAR * len(bars))
    words = f"Mean ranks: {'; '.join(name for _, name in named)}"
    return Chart("Critical-difference diagram", inline(figure, "ranks", words, marks))


def joined(ranks: pd.DataFrame) -> list[tuple[float, float]]:
    """First and last mean rank of each bar."""
    members: dict[str, list[float]] = {}
    for row in ranks.itertuples():
        for bar in row.groups.split():
            members.setdefault(bar, []).append(row.mean_rank)
    return [(min(found), max(found)) for found in members.values()]


def _methods(axes: Axes, named: list[tuple[float, str]], below: float) -> None:
    """Draw a line from the axis down to each name: the better half at the left, the others at the right."""
    count = len(named)
    for place, (rank, name) in enumerate(named):
        at_left = place < (count + 1) // 2
        y = below + (place if at_left else count - 1 - place)
        end = 1 if at_left else count
        axes.plot([rank, rank, end], [0, y, y], color=INK, linewidth=1, clip_on=False)
        _name(axes, name, (end, y), at_left)


def _name(axes: Axes, name: str, place: tuple[float, float], at_left: bool) -> None:
    shift, side = (-8, "right") if at_left else (8, "left")
    axes.annotate(name, place, (shift, -4), textcoords="offset points", fontsize=11, ha=side, annotation_clip=False)
