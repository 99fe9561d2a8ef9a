"""Predictions at the chosen epochs -> cells, comparisons, ranks and detectable differences, each a CSV."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from amanda.runs import absent_runs, methods_of
from amanda.significance.bootstrap import Scores, over_pairs, resample
from amanda.significance.power import detectable_table
from amanda.significance.ranks import rank_table
from amanda.significance.tables import cell_table, comparison_table
from extractors.files import atomic_file, read_table
from extractors.program import run

ALL = "all"
"""Source and target of the rows that are about the mean over all pairs."""

TABLES = ("cells", "comparisons", "ranks", "detectable")


def significance(predictions: pd.DataFrame, settings: Mapping) -> dict[str, pd.DataFrame]:
    """The tables, by name.

    Args:
        predictions: as amanda.score stores them, of the rule ``selection`` at least.
        settings: ``pairs``, ``methods``, ``seeds``, ``selection``, ``missing_runs``, ``alpha``, ``power``,
            ``resamples`` and ``bootstrap_seed``.

    Raises:
        UserError: a run is missing and that is to be refused, or runs were scored on different clips.
    """
    predictions = predictions[predictions["selection"] == settings["selection"]]
    absent = absent_runs(predictions, settings)
    scores: dict[tuple[str, str], Scores] = {}
    by_pair = dict(list(predictions.groupby(["source", "target"])))
    for pair in settings["pairs"]:
        if methods := methods_of(pair, absent, settings):
            key = tuple(pair.split("-"))
            scores[key] = resample(by_pair[key], methods, settings)
    mean = over_pairs(list(scores.values()))
    blocks = np.stack(
        [each.observed.mean(axis=1)[[each.methods.index(name) for name in mean.methods]] for each in scores.values()],
        axis=1,
    )
    scores[ALL, ALL] = mean
    alpha = settings["alpha"]
    comparisons = _together({key: comparison_table(each, settings) for key, each in scores.items()}, scores)
    return {
        "cells": _together({key: cell_table(each, alpha) for key, each in scores.items()}, scores),
        "comparisons": comparisons,
        "ranks": rank_table(blocks, mean.methods, alpha),
        "detectable": detectable_table(comparisons),
    }


def _together(tables: Mapping[tuple[str, str], pd.DataFrame], scores: Mapping[tuple[str, str], Scores]) -> pd.DataFrame:
    """The tables of all pairs as one, each row with what it is of."""
    parts = []
    for (source, target), table in tables.items():
        each = scores[source, target]
        parts.append(table.assign(n_seeds=each.observed.shape[1], n_clips=each.clips, n_pairs=each.pairs))
        parts[-1].insert(0, "source", source)
        parts[-1].insert(1, "target", target)
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Read the predictions of every pair and method and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m amanda.significance", description=__doc__)
    parser.add_argument("--predictions", required=True, nargs="+", type=Path, help="chosen predictions of amanda.score")
    parser.add_argument("--settings", required=True, type=json.loads, help="what to compare and how, as JSON")
    for name in TABLES:
        parser.add_argument(f"--{name}", required=True, type=Path, help="output, CSV")
    flags = parser.parse_args()
    wanted = pc.field("selection") == flags.settings["selection"]
    tables = [read_table(path, "python -m amanda.score").filter(wanted).to_pandas() for path in flags.predictions]
    for name, table in significance(pd.concat(tables), flags.settings).items():
        with atomic_file(getattr(flags, name)) as temporary:
            table.to_csv(temporary, index=False, float_format="%.6g")


if __name__ == "__main__":
    run(main)
