"""The dot plot of the first screen: every method's mean over pairs with its interval, and its pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amanda.reporting.page.drawing import INK, LINE, SERIES, SOFT, STYLED, Chart, Mark, canvas, inline
from amanda.reporting.page.gains import ALL, NO_ADAPTATION, gains
from amanda.reporting.page.parts import interval, number, p_text
from amanda.reporting.page.results import Results
from amanda.reporting.table1.ceiling import IN_DOMAIN
from amanda.reporting.table1.layout import signed
from amanda.shared.names import pair_name
from amanda.shared.twins import corpora_of, data_of
from amanda.shared.wording import counted

ABOVE, BELOW = 26, 34
"""Free space above and below the rows, in pixels."""

REFERENCES = {"chance": "chance_weighted_f1", "majority class": "majority_weighted_f1"}
"""Name of a line -> its column in Table 1, which may be missing."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the drawing: its name, and its width, the width of the names and the height of a row in pixels.

    If there is no space for the names beside the rows, they stand above them.
    """

    name: str
    width: int
    names: int
    row: int


WIDE, NARROW = Form("dots", 700, 215, 22), Form("narrow-dots", 360, 0, 32)
"""The forms for a screen and for a phone."""


@dataclass(frozen=True, slots=True)
class Level:
    """A reference score for all methods, in percent."""

    name: str
    value: float
    dashes: str | tuple[int, tuple[int, ...]]


def levels(results: Results) -> list[Level]:
    """The vertical lines with known scores: chance, majority class, no adaptation, the target's own labels."""
    means = _means(results)["weighted_f1_mean"]
    found = [
        Level(name, float(results.table.groupby(["source", "target"])[column].first().mean()), (0, (1, 2)))
        for name, column in REFERENCES.items()
        if column in results.table
    ]
    if NO_ADAPTATION in means:
        found.append(Level("no adaptation", float(means[NO_ADAPTATION]), "-"))
    ceiling = results.table.loc[results.table["method"] == IN_DOMAIN, "weighted_f1_mean"]
    if len(ceiling) and ceiling.notna().all():
        found.append(Level("in-domain ceiling", float(ceiling.mean()), (0, (6, 3))))
    return [level for level in found if not math.isnan(level.value)]


def _means(results: Results) -> pd.DataFrame:
    """Mean over pairs and interval of each method that has all pairs."""
    return results.cells[results.cells["source"] == ALL].set_index("method")


@STYLED
def dot_plot(results: Results, form: Form) -> Chart | None:
    """A row per method, sorted by its mean over pairs; nothing if no method has a number."""
    if results.table["weighted_f1_mean"].isna().all():
        return None
    means = _means(results).reindex(results.settings.methods)
    means = means.sort_values("weighted_f1_mean", ascending=False, kind="stable", na_position="last")
    figure, axes = _axes([results.label(name) for name in means.index], form)
    marks: dict[str, Mark] = {}
    for row, (method, mean) in enumerate(means.iterrows()):
        axes.axhline(row, color=LINE, linewidth=0.6, zorder=0)
        marks |= _pairs(axes, results, row, str(method))
        marks |= _paper(axes, results, row, str(method))
        if pd.notna(mean["weighted_f1_mean"]):
            marks |= _mean(axes, results, row, str(method), mean)
    _draw_levels(axes, levels(results), 0.22 * WIDE.width / form.width)
    axes.set_xlabel("Weighted F1 in percent", fontsize=10, labelpad=2)
    data = data_of(corpora_of(results.settings.pairs), results.settings)
    words = "Weighted F1 of every method; each mark tells its values"
    return Chart(f"Every method, mean over pairs ({data})", inline(figure, form.name, words, marks))


def _axes(names: Sequence[str], form: Form) -> tuple[Figure, Axes]:
    """Axes with a named row for each method, from above."""
    height = ABOVE + form.row * len(names) + BELOW
    figure = canvas(form.width, height)
    left, right = (form.names or 16) / form.width, 16 / form.width
    axes = figure.add_axes((left, BELOW / height, 1 - left - right, form.row * len(names) / height))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="x", labelsize=10)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(axis="x")
    axes.set_yticks(range(len(names)), names if form.names else [""] * len(names), fontsize=11)
    for row, name in enumerate([] if form.names else names):
        axes.annotate(name, (0, row), (-8, 7), ("axes fraction", "data"), "offset points", fontsize=10)
    return figure, axes


def _mean(axes: Axes, results: Results, row: int, method: str, mean: pd.Series) -> dict[str, Mark]:
    low, high = (mean["weighted_f1_mean"] if pd.isna(mean[end]) else mean[end] for end in ("low", "high"))
    reach = [low, mean["weighted_f1_mean"], high]
    colour = SERIES[5] if method in (NO_ADAPTATION, IN_DOMAIN) else SERIES[1]
    (line,) = axes.plot(reach, [row] * 3, color=colour, linewidth=3, marker="o", markersize=9, markevery=[1], zorder=4)
    line.set_gid(f"mean{row}")
    settings = results.settings
    told = (
        f"{results.label(method)}: {number(reach[1], 1)} % weighted F1 on average over"
        f" {counted(len(settings.pairs), 'pair')} and n = {counted(len(settings.seeds), 'seed')}"
        f" ({100 * (1 - settings.alpha):g} % interval {interval(mean['low'], mean['high'], 1)})"
    )
    return {f"mean{row}": Mark(told + _against(results, method))}


def _against(results: Results, method: str) -> str:
    found = gains(results.comparisons)
    rows = found[(found["source"] == ALL) & (found["method"] == method)]
    return "".join(
        f"; {signed(gain.difference)} points against no adaptation, Holm’s p {p_text(gain.p_holm)}"
        for gain in rows.itertuples()
    )


def _pairs(axes: Axes, results: Results, row: int, method: str) -> dict[str, Mark]:
    marks = {}
    for place, cell in enumerate(_cells(results, method)):
        pair = f"{cell.source}-{cell.target}"
        (dot,) = axes.plot([cell.weighted_f1_mean], [row], "o", color=SOFT, markersize=5, alpha=0.45, zorder=5)
        dot.set_gid(f"pair{row}-{place}")
        spread = "" if pd.isna(cell.weighted_f1_std) else f" ± {number(cell.weighted_f1_std, 1)}"
        words = f"{results.label(method)} on {pair_name(pair)}: {number(cell.weighted_f1_mean, 1)}{spread} %"
        marks[f"pair{row}-{place}"] = Mark(words, pair)
    return marks


def _cells(results: Results, method: str) -> Iterator:
    rows = results.table[(results.table["method"] == method) & results.table["weighted_f1_mean"].notna()]
    return rows.itertuples()


def _paper(axes: Axes, results: Results, row: int, method: str) -> dict[str, Mark]:
    """The paper's mean over the same pairs, if it has all of them; never shown beside synthetic data."""
    printed = results.table.loc[results.table["method"] == method, "paper_weighted_f1"]
    if printed.empty or printed.isna().any():
        return {}
    value = printed.mean()
    (dot,) = axes.plot([value], [row], "D", markerfacecolor="none", markeredgecolor=INK, markersize=8, zorder=6)
    dot.set_gid(f"paper{row}")
    return {f"paper{row}": Mark(f"{results.label(method)} in the paper: {number(value, 1)} % on average")}


def _draw_levels(axes: Axes, lines: list[Level], reach: float) -> None:
    """Draw each level as a line with its name above; if two are nearer than ``reach``, the second name is higher."""
    low, high = axes.get_xlim()
    before, raised = float("-inf"), False
    for level in sorted(lines, key=lambda line: line.value):
        raised = not raised and level.value - before < reach * (high - low)
        before = level.value
        axes.axvline(level.value, color=INK, linewidth=1, linestyle=level.dashes, zorder=2)
        shift = (0, 13 if raised else 2)
        axes.annotate(level.name, (level.value, -0.6), shift, textcoords="offset points", fontsize=10, ha="center")
