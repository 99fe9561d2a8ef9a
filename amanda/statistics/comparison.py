"""The four tables of statistics from the predictions at the chosen epochs, and their CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from amanda.shared.runs import absent_runs, methods_of
from amanda.shared.tables.words import ALL
from amanda.shared.twins import corpora_of, data_of
from amanda.statistics.bootstrap import Scores, clip_places, over_pairs, resample
from amanda.statistics.power import VALUES, detectable_table, possible
from amanda.statistics.ranks import rank_table
from amanda.statistics.settings import ComparisonSettings
from amanda.statistics.tables import cell_table, comparison_table
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError

TABLES = ("cells", "comparisons", "ranks", "detectable")


def significance(predictions: pd.DataFrame, settings: ComparisonSettings) -> dict[str, pd.DataFrame]:
    """The tables, by name; each names the selection of the epochs, the recipe and the data.

    Args:
        predictions: as amanda.score_pair stores them, of the configured selection at least.
        settings: what is compared, and how; pairs whose target has no labels are left out.

    Raises:
        UserError: a run is missing and ``missing_runs`` is ``refuse``, no method has all runs of a pair, or runs were
            scored on different clips.
    """
    predictions = predictions[predictions["selection"] == settings.selection]
    pairs = tuple(pair for pair in settings.pairs if pair.split("-")[1] not in settings.unlabelled)
    if not pairs:
        return _without_labels(settings)
    settings = settings.model_copy(update={"pairs": pairs})
    predictions = predictions.assign(place=clip_places(predictions, settings.classes))
    absent = absent_runs(predictions, settings)
    scores: dict[tuple[str, str], Scores] = {}
    by_pair = dict(list(predictions.groupby(["source", "target"])))
    for pair in settings.pairs:
        if methods := methods_of(pair, absent, settings):
            source, target = pair.split("-")
            scores[source, target] = resample(by_pair[source, target], methods, settings)
    if not scores:
        raise UserError("predictions: no method has every seed on any pair; train all seeds of a method first")
    return _tables(scores, settings)


def _without_labels(settings: ComparisonSettings) -> dict[str, pd.DataFrame]:
    """The tables without a row, if no target has a label to compare with."""
    zeros = np.zeros((2, len(settings.seeds), settings.resamples))
    nothing = {("", ""): Scores(("", ""), zeros[..., 0], zeros, 0, 0)}
    return {name: table[:0] for name, table in _tables(nothing, settings).items()}


def _tables(scores: dict[tuple[str, str], Scores], settings: ComparisonSettings) -> dict[str, pd.DataFrame]:
    """All tables of the scores of each pair."""
    mean = over_pairs(list(scores.values()))
    blocks = np.stack(
        [each.observed.mean(axis=1)[[each.methods.index(name) for name in mean.methods]] for each in scores.values()],
        axis=1,
    )
    scores[ALL, ALL] = mean
    alpha = settings.alpha
    comparisons = _together({key: comparison_table(each, settings) for key, each in scores.items()}, scores)
    tables = {
        "cells": _together({key: cell_table(each, alpha) for key, each in scores.items()}, scores),
        "comparisons": comparisons.assign(**possible(comparisons[VALUES])),
        "ranks": rank_table(blocks, mean.methods, alpha),
        "detectable": detectable_table(comparisons),
    }
    return {
        name: table.assign(selection=settings.selection, recipe=settings.recipe, data=_data(table, settings))
        for name, table in tables.items()
    }


def _data(table: pd.DataFrame, settings: ComparisonSettings) -> str | list[str]:
    """The data of each row; ranks and rows over all pairs use all corpora."""
    everything = data_of(corpora_of(settings.pairs), settings)
    if "source" not in table:
        return everything
    pairs = zip(table["source"], table["target"], strict=True)
    return [everything if pair == (ALL, ALL) else data_of(pair, settings) for pair in pairs]


def _together(tables: Mapping[tuple[str, str], pd.DataFrame], scores: Mapping[tuple[str, str], Scores]) -> pd.DataFrame:
    """The tables of all pairs as one; each row names its source and target."""
    parts = []
    for (source, target), table in tables.items():
        each = scores[source, target]
        parts.append(table.assign(n_seeds=each.observed.shape[1], n_clips=each.clips, n_pairs=each.pairs))
        parts[-1].insert(0, "source", source)
        parts[-1].insert(1, "target", target)
    return pd.concat(parts, ignore_index=True)


def write_statistics(tables: Mapping[str, pd.DataFrame], paths: Mapping[str, Path]) -> None:
    """Write each table of :func:`significance` as CSV to the path of its name."""
    for name, table in tables.items():
        with atomic_file(paths[name]) as temporary:
            table.to_csv(temporary, index=False, float_format="%.6g")
