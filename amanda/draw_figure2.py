"""Scores of a sweep -> Figure 2: weighted F1 against alpha2, the weight of the surrogate of the alignment losses."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator

from amanda.reporting.figures.caption import caption, spread
from amanda.reporting.figures.output import add_figure_flags, write_figure
from amanda.reporting.figures.style import CURVE_STYLES, LEVELS, STYLED, CurveStyle, curve, frame, within
from amanda.reporting.settings import Figure2Settings
from amanda.shared.names import pair_name
from amanda.shared.runs import absent_runs, seed_list
from amanda.shared.tables.scores import SCORES
from amanda.shared.twins import corpora_of, data_of
from amanda.statistics.noise import LARGEST
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings


def sweep_table(scores: pd.DataFrame, settings: Figure2Settings) -> pd.DataFrame:
    """Average the scores of each point over seeds.

    Args:
        scores: ``weighted_f1`` in percent per source, target, method (the variant that was scored), seed and selection.
        settings: what is drawn.

    Returns:
        One row per pair and point. ``weighted_f1_std`` is the sample standard deviation over seeds (n - 1); ``alpha2``
        is NaN for a method without alignment. ``missing`` names the seeds of missing runs; the point's numbers are then
        NaN.

    Raises:
        UserError: a run is missing and ``missing_runs`` is ``refuse``, or no point has all its runs.
    """
    points = pd.DataFrame([point.as_json() for point in settings.points])
    absent = absent_runs(scores, settings.of_methods(points["variant"], settings.missing_runs))
    if len(absent) == len(settings.pairs) * len(points):
        raise UserError("scores: no point of Figure 2 has a run of every seed; train one of them")
    used = scores[(scores["selection"] == settings.selection) & scores["seed"].isin(settings.seeds)]
    means = used.groupby(["source", "target", "method"])["weighted_f1"].agg(["mean", "std", "count"])
    parts = []
    for pair in settings.pairs:
        source, target = pair.split("-")
        of_pair = means.reindex([(source, target, name) for name in points["variant"]]).reset_index(drop=True)
        of_pair["count"] = of_pair["count"].fillna(0).astype(int)
        missing = [absent.get((pair, name), []) for name in points["variant"]]
        of_pair.loc[list(map(bool, missing)), ["mean", "std"]] = np.nan
        of_pair["missing"] = [seed_list(seeds) if seeds else "" for seeds in missing]
        about = points[["method", "alpha2"]].assign(alpha2=points["alpha2"].astype(float))
        about.insert(1, "label", about["method"].map(settings.labels))
        parts.append(pd.concat([about, of_pair], axis=1).assign(source=source, target=target))
    table = pd.concat(parts, ignore_index=True)
    table = table[["source", "target", "method", "label", "alpha2", "mean", "std", "count", "missing"]]
    table = table.rename(columns={"mean": "weighted_f1_mean", "std": "weighted_f1_std", "count": "n_seeds"})
    pairs = zip(table["source"], table["target"], strict=True)
    origin = {"selection": settings.selection, "recipe": settings.recipe}
    return table.assign(**origin, data=[data_of(pair, settings) for pair in pairs])


@STYLED
def draw(table: pd.DataFrame, settings: Figure2Settings) -> Figure:
    """A panel for each pair: a curve for each method with several alpha2, a horizontal line for each other method.

    Args:
        table: of :func:`sweep_table`.
        settings: what is drawn.
    """
    panels = list(table.groupby(["source", "target"], sort=False))
    columns = min(len(panels), 3 if len(panels) > 4 else 2)
    rows = math.ceil(len(panels) / columns)
    size = ((6.6, 9.2, 11.4)[columns - 1], 3.2 * rows + 1.5)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, (pair, part) in zip(grid.flat, panels, strict=False):
        _panel(axes, part)
        axes.set_title(pair_name("-".join(pair)))
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for axes in grid[:, 0]:
        axes.set_ylabel(f"Weighted F1 (%), {settings.split} split")
    frame(figure, data_of(corpora_of(settings.pairs), settings), footnote(table, settings), columns=3 * columns)
    return figure


def _panel(axes: Axes, part: pd.DataFrame) -> None:
    curves = [group for _, group in part.groupby("method", sort=False) if len(group) > 1]
    levels = [group.iloc[0] for _, group in part.groupby("method", sort=False) if len(group) == 1]
    places = np.unique(np.concatenate([group["alpha2"] for group in curves]))
    zero = places[0] / 10**0.5 if any(level["alpha2"] == 0 for level in levels) else None
    first = places[0] if zero is None else zero
    axes.set_xscale("log")
    for curve_style, level in zip(LEVELS, levels, strict=False):
        if level["missing"]:
            continue
        _level(axes, level, curve_style, (first, places[-1]), zero)
    for curve_style, group in zip(CURVE_STYLES, curves, strict=False):
        group = group.sort_values("alpha2")
        mean, deviation = group["weighted_f1_mean"].to_numpy(), group["weighted_f1_std"].to_numpy()
        if np.isnan(mean).all():
            continue
        curve(axes, group["alpha2"], mean, deviation, curve_style, LARGEST, label=group["label"].iloc[0])
    _ticks(axes, places, zero)
    axes.set_xlabel("weight α₂ of the alignment (log axis" + ("; 0 apart)" if zero else ")"))


def _level(
    axes: Axes, level: pd.Series, curve_style: CurveStyle, ends: tuple[float, float], zero: float | None
) -> None:
    """A line across the panel; if the method has a place on the axis (alpha2 = 0), its point and error bar too."""
    mean, deviation = level["weighted_f1_mean"], level["weighted_f1_std"]
    shown: dict[str, Any] = {"color": curve_style.colour, "linestyle": curve_style.dashes}
    if zero is not None and level["alpha2"] == 0:
        axes.plot(
            ends, [mean, mean], linewidth=1.2, marker=curve_style.marker, markevery=[0], **shown, label=level["label"]
        )
        if np.isfinite(deviation):
            low, high = within(mean, deviation, LARGEST)
            axes.errorbar(zero, mean, [[mean - low], [high - mean]], color=curve_style.colour, linewidth=1, capsize=3)
        return
    curve(axes, ends, np.full(2, mean), np.full(2, deviation), curve_style._replace(marker=""), LARGEST, linewidth=1.2,
          label=level["label"])  # fmt: skip


def _ticks(axes: Axes, places: np.ndarray, zero: float | None) -> None:
    """Label the powers of ten, or all places if there are fewer than two powers; separate 0 by a break in the axis."""
    exponents = range(math.ceil(math.log10(places[0]) - 1e-9), math.floor(math.log10(places[-1]) + 1e-9) + 1)
    labelled = [10.0**exponent for exponent in exponents]
    labelled = labelled if len(labelled) > 1 else list(places)
    ticks = labelled if zero is None else [zero, *labelled]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" if tick != zero else "0" for tick in ticks]))
    minor = [
        10.0**exponent * digit for exponent in range(exponents.start - 1, exponents.stop) for digit in range(2, 10)
    ]
    axes.xaxis.set_minor_locator(FixedLocator([tick for tick in minor if places[0] <= tick <= places[-1]]))
    if zero is not None:
        slash: dict[str, Any] = {
            "marker": [(-0.6, -1), (0.6, 1)],
            "markersize": 9,
            "linestyle": "none",
            "color": "black",
        }
        gap = [zero * (places[0] / zero) ** share for share in (0.47, 0.55)]
        axes.plot(gap, [0, 0], transform=axes.get_xaxis_transform(), clip_on=False, **slash)


def footnote(table: pd.DataFrame, settings: Figure2Settings) -> str:
    """The footnote of the figure about its numbers."""
    words = (
        f"Lines and bands: {spread(settings.seeds)}. Epoch selected by {settings.selection}, without target labels."
        f" Recipe: {settings.recipe}."
    )
    return " ".join([words, *(f"{told}, see the caption." for told in _counted(table))])


def _counted(table: pd.DataFrame) -> list[str]:
    """How many points are not drawn, if any."""
    missing = (table["missing"] != "").sum()
    return [f"{missing} of {len(table)} points are not drawn, because runs are missing"] if missing else []


def _named(table: pd.DataFrame) -> list[str]:
    """Which points are not drawn, if any."""
    named = []
    keys = ["source", "target", "label", "missing"]
    for (source, target, label, missing), part in table[table["missing"] != ""].groupby(keys, sort=False):
        values = ", ".join(f"{value:g}" for value in part["alpha2"] if value > 0)
        named.append(f"{label}{f' at α₂ = {values}' * bool(values)} on {pair_name(f'{source}-{target}')} ({missing})")
    return [f"{told}: {'; '.join(named)}." for told in _counted(table)]


def describe(table: pd.DataFrame, settings: Figure2Settings) -> str:
    """The caption."""
    without = table.loc[table["alpha2"] == 0, "label"].unique()
    plain = table.loc[table["alpha2"].isna(), "label"].unique()
    grid = ", ".join(f"{value:g}" for value in np.unique(table.loc[table["alpha2"] > 0, "alpha2"]))
    pairs = "; ".join(pair_name(pair) for pair in settings.pairs)
    return caption(
        settings,
        settings.pairs,
        f"Weighted F1 (%) on the target's {settings.split} split against the weight α₂ of the surrogate (Eq. 10),"
        f" on a logarithmic axis, for {grid}: {spread(settings.seeds)} as line and band.",
        "At the same α₂ the variants have different total weights: Σ ψ is the number of losses with p = 1, less with a"
        " larger p, and 1 with p = ∞ and with log-exp (Lemma 1).",
        *(
            f"{label} is α₂ = 0, without correlation alignment; it is shown separately at the left."
            for label in without
        ),
        *(f"{label} is trained without alignment of either kind." for label in plain),
        f"Pairs: {pairs}. Epoch selected by {settings.selection}, without target labels."
        f" Recipe: {settings.recipe}. Data: {data_of(corpora_of(settings.pairs), settings)}.",
        *_named(table),
    )


def main() -> None:
    """Read the scores and write the figure, its data and its caption."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score_pair")
    add_figure_flags(parser)
    flags = parser.parse_args()
    scores = SCORES.read_all(flags.scores)
    settings = read_settings(Figure2Settings, flags.settings)
    table = sweep_table(scores, settings)
    figure, words = draw(table, settings), describe(table, settings)
    write_figure(flags, figure, table, "Figure 2: weighted F1 against alpha2", words)


if __name__ == "__main__":
    run(main)
