"""Scores of a method with one setting at a time changed -> a table of what each difference between the recipes does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import JsonValue

from amanda.shared.runs import Pairs
from amanda.shared.tables.scores import SCORES
from amanda.shared.twins import Data, data_of
from amanda.shared.wording import settled
from amanda.statistics.noise import Estimate, holm, p_value
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run
from extractors.shared.settings import key, read_settings

NOTHING = "nothing"
"""The flip that changes nothing: recipe `paper` itself, which the others are compared with."""


class RecipesSettings(Data):
    """What was flipped."""

    pairs: Pairs = key("the pairs")
    method: str = key("the method that is flipped")
    selection: str = key("the selection of the epoch that counts")
    paper: dict[str, JsonValue] = key("the method's settings in recipe paper")
    flips: dict[str, dict[str, JsonValue]] = key("each flip by the name of its runs, with the settings that it changes")


def compare(scores: pd.DataFrame, settings: RecipesSettings) -> pd.DataFrame:
    """Compare each flip with the recipe as it is, seed by seed, since a seed means the same weights and batches.

    Args:
        scores: ``weighted_f1`` in percent per source, target, method (the name of the flip), seed and selection.
        settings: what was flipped.

    Returns:
        One row per pair and flip, the largest mean change first below ``nothing``. Standard deviations are over seeds
        (n - 1). ``p_holm`` is the p-value of a paired t test over the seeds, the clips held fixed, corrected for all
        flips of the pair: among so many changes some are large by chance.

    Raises:
        UserError: a score is missing.
    """
    table = pd.concat([_table_of_pair(scores, pair, settings) for pair in settings.pairs], ignore_index=True)
    order = table["change_mean"].abs().where(table["difference"] != NOTHING, float("inf"))
    return table.iloc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _table_of_pair(scores: pd.DataFrame, pair: str, settings: RecipesSettings) -> pd.DataFrame:
    table = pd.DataFrame(_rows_of_pair(scores, pair, settings))
    seeds, flipped = table["n_seeds"], table["difference"] != NOTHING
    p = p_value(Estimate(table["change_mean"], table["change_std"] / np.sqrt(seeds), seeds - 1))
    table.insert(table.columns.get_loc("n_seeds"), "p_holm", np.nan)
    table.loc[flipped, "p_holm"] = holm(p[flipped])
    return table


def _rows_of_pair(scores: pd.DataFrame, pair: str, settings: RecipesSettings) -> Iterator[dict[str, object]]:
    source, target = pair.split("-")
    wanted = (scores["source"] == source) & (scores["target"] == target)
    wanted &= scores["selection"] == settings.selection
    by_seed = scores[wanted].pivot_table(index="seed", columns="method", values="weighted_f1")
    for name, changed in settings.flips.items():
        if name not in by_seed:
            raise UserError(f"scores: no {settings.selection} score of {name} on {pair}; run the training of that flip")
        change = by_seed[name] - by_seed[f"{settings.method}__{NOTHING}"]
        if change.isna().any():
            seed = change.index[change.isna()][0]
            raise UserError(f"scores: {name} and the recipe as it is have not both seed {seed} on {pair}; train both")
        yield {
            "difference": name.removeprefix(f"{settings.method}__"),
            "paper": _values({each: settings.paper[each] for each in changed}),
            "published_code": _values(changed),
            "source": source,
            "target": target,
            "weighted_f1_mean": by_seed[name].mean(),
            "weighted_f1_std": by_seed[name].std(),
            "change_mean": change.mean(),
            "change_std": change.std(),
            "n_seeds": len(by_seed),
            "method": settings.method,
            "selection": settings.selection,
            "data": data_of((source, target), settings),
        }


def _values(changed: Mapping[str, object]) -> str:
    """The one value, or nothing where many or none differ: they stand in the other rows."""
    return json.dumps(next(iter(changed.values()))) if len(changed) == 1 else ""


def main() -> None:
    """Read the scores of every flip and write the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score_pair")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(RecipesSettings.model_fields)}")
    parser.add_argument("--table", required=True, type=Path, help="the CSV to write")
    flags = parser.parse_args()
    settings = read_settings(RecipesSettings, flags.settings)
    scores = SCORES.read_all(flags.scores)
    with atomic_file(flags.table) as temporary:
        settled(compare(scores, settings), 9).to_csv(temporary, index=False, float_format="%.6g")


if __name__ == "__main__":
    run(main)
