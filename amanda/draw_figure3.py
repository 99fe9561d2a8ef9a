"""Histories of training -> Figure 3: the share of each modality in the alignment losses."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from amanda.reporting.figures.caption import caption, spread
from amanda.reporting.figures.output import add_figure_flags, write_figure
from amanda.reporting.figures.style import CURVE_STYLES, STYLED, CurveStyle, curve, frame
from amanda.reporting.settings import Figure3Settings
from amanda.shared.names import pair_name
from amanda.shared.runs import seed_list
from amanda.shared.tables.history import read_histories
from amanda.shared.twins import data_of
from amanda.statistics.balance import JOINT, PREFIX, shares
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings

MODALITIES, ALL = "modalities", "all terms"
"""The losses of which a share is taken: those of the modalities, as in the paper, or of all aligned representations."""

TERM_STYLES = dict(
    zip(("audio", "text", "visual", JOINT), (*CURVE_STYLES[:3], CurveStyle("#000000", (0, (1, 1)), "D")), strict=True)
)


def shares_table(histories: Mapping[str, pd.DataFrame], settings: Figure3Settings) -> pd.DataFrame:
    """Average the shares over seeds.

    Args:
        histories: by method.
        settings: what is drawn.

    Returns:
        One row per method with all runs, epoch and term, first ``among`` the modalities and then, if the joint
        representation was aligned, among all terms. ``share_std`` is over seeds (n - 1).

    Raises:
        UserError: a run is missing and ``missing_runs`` is ``refuse``, no method has all runs, or one has no alignment
            losses.
    """
    parts = list(_parts(histories, settings))
    if not parts:
        raise UserError(f"histories on {settings.pair}: no method has a run of every seed; train one of them")
    table = pd.concat(parts, ignore_index=True)
    source, target = settings.pair.split("-")
    table.insert(0, "source", source)
    table.insert(1, "target", target)
    return table.assign(recipe=settings.recipe, data=data_of(settings.pair.split("-"), settings))


def _parts(histories: Mapping[str, pd.DataFrame], settings: Figure3Settings) -> Iterator[pd.DataFrame]:
    for method in settings.methods:
        history = histories.get(method)
        there = set() if history is None else set(history["seed"])
        absent = sorted(set(settings.seeds) - there)
        if absent and settings.missing_runs == "refuse":
            raise UserError(
                f"history of {method} on {settings.pair}: no run of {seed_list(absent)}; train it first, or set"
                " table1.missing_runs to `name`"
            )
        if history is None or absent:
            continue
        history = history[history["seed"].isin(settings.seeds)]
        names = set(history["name"])
        if not any(name.startswith(PREFIX) for name in names):
            raise UserError(f"history of {method}: no alignment losses; name methods that align in figure3.methods")
        for among in (MODALITIES, ALL) if PREFIX + JOINT in names else (MODALITIES,):
            groups = shares(history, among == ALL).groupby(["term", "epoch"], sort=False)
            means = groups.agg(
                loss_mean=("loss", "mean"),
                share_mean=("share", "mean"),
                share_std=("share", "std"),
                distance_to_balance=("distance", "mean"),
                n_seeds=("seed", "count"),
            ).reset_index()
            about = {"method": method, "label": settings.labels[method], "among": among}
            yield means.assign(**about)[[*about, *means.columns]].sort_values(["term", "epoch"])


@STYLED
def draw(table: pd.DataFrame, settings: Figure3Settings) -> Figure:
    """A column of panels for each method: shares among the modalities and, below, among all that is aligned.

    Args:
        table: table of :func:`shares_table`.
        settings: as for :func:`shares_table`.
    """
    methods, rows = list(table["label"].unique()), list(table["among"].unique())
    size = (max(2.7 * len(methods), 4.5), 2.5 * len(rows) + 1.3)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(len(rows), len(methods), squeeze=False, sharex=True, sharey="row")
    for line, among in zip(grid, rows, strict=True):
        for letter, axes, label in zip("abcd", line, methods, strict=False):
            part = table[(table["among"] == among) & (table["label"] == label)]
            if not part.empty:
                _panel(axes, part)
            if among == MODALITIES:
                axes.set_title(f"({letter}) {label}", pad=16)
        line[0].set_ylabel(f"Share of the alignment losses\nof {_words(among)}")
    for axes in grid[-1]:
        axes.set_xlabel("epoch")
    words = f"{pair_name(settings.pair)}. {footnote(table, settings)}"
    frame(
        figure, data_of(settings.pair.split("-"), settings), words, columns=min(5, int(size[0] / 1.4))
    )  # an entry of the legend takes up to 1.4 inches
    return figure


def _panel(axes: Axes, part: pd.DataFrame) -> None:
    terms = part["term"].unique()
    axes.axhline(1 / len(terms), color="#666666", linewidth=1, linestyle=(0, (5, 3)), label="balance")
    every = max(1, part["epoch"].max() // 8)
    for place, term in enumerate(terms):
        of_term = part[part["term"] == term]
        mean, deviation = of_term["share_mean"].to_numpy(), of_term["share_std"].to_numpy()
        start = place * every // len(terms)
        curve(axes, of_term["epoch"], mean, deviation, TERM_STYLES[term], 1.0, label=term, markevery=(start, every))
    axes.set_ylim(0, 1)
    locator = axes.xaxis.get_major_locator()
    assert isinstance(locator, MaxNLocator), "a linear axis has one"
    locator.set_params(integer=True)
    words = f"mean distance from 1/{len(terms)}: {part['distance_to_balance'].mean():.3f}"
    axes.text(0.5, 1.02, words, transform=axes.transAxes, ha="center", va="bottom", fontsize=7.5, color="#333333")


def _words(among: str) -> str:
    return "the modalities" if among == MODALITIES else "all aligned terms"


def footnote(table: pd.DataFrame, settings: Figure3Settings) -> str:
    """The footnote of the figure about its numbers."""
    words = f"Lines and bands: {spread(settings.seeds)}. All epochs, none selected. Recipe: {settings.recipe}."
    return " ".join([words, *_missing(table, settings)])


def _missing(table: pd.DataFrame, settings: Figure3Settings) -> list[str]:
    """Which methods are not shown, if any."""
    there = set(table["method"])
    absent = [settings.labels[method] for method in settings.methods if method not in there]
    return [f"Not shown, because runs of some seeds are missing: {', '.join(absent)}."] if absent else []


def describe(table: pd.DataFrame, settings: Figure3Settings) -> str:
    """The caption; the mean distances from balance are over epochs, terms and seeds."""
    pair = pair_name(settings.pair)
    distances = table.groupby(["among", "label"], sort=False)["distance_to_balance"].mean()
    told = [
        f"Mean distance from perfect balance among {_words(among)}: "
        + ", ".join(f"{distance:.3f} with {label}" for (_, label), distance in part.items())
        + "."
        for among, part in distances.groupby("among", sort=False)
    ]
    return caption(
        settings,
        [settings.pair],
        f"Normalised alignment losses L_m / Σ L_m (section 4.2; Eq. 9) in training on {pair}, of the mean losses of"
        " each epoch; in perfect balance all are equal (dashed line). The sum is over the modalities in the upper"
        " panels, as in the paper, and also over the joint representation in the lower ones, if it is aligned."
        f" Lines and bands: {spread(settings.seeds)}.",
        *told,
        f"All epochs are shown, none is selected. Recipe: {settings.recipe}."
        f" Data: {data_of(settings.pair.split('-'), settings)}.",
        *_missing(table, settings),
    )


def main() -> None:
    """Read the histories and write the figure, its data and its caption."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--histories",
        required=True,
        nargs="+",
        type=Path,
        help="of amanda.train_pair, of every method that is shown",
    )
    add_figure_flags(parser)
    flags = parser.parse_args()
    settings = read_settings(Figure3Settings, flags.settings)
    found, pair = read_histories(flags.histories), settings.pair
    histories = {method: history for (of_pair, method), history in found.items() if of_pair == pair}
    table = shares_table(histories, settings)
    figure, words = draw(table, settings), describe(table, settings)
    write_figure(flags, figure, table, "Figure 3: normalised alignment losses", words)


if __name__ == "__main__":
    run(main)
