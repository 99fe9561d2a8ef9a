"""Scores of a method with one changed setting at a time -> a table of the effect of each difference between recipes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from amanda.shared.tables.scores import SCORES
from amanda.shared.twins import data_of
from amanda.shared.wording import settled
from amanda.statistics.noise import Estimate, holm, p_value
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run

NOTHING = "nothing"
"""The change of no setting: recipe `paper` itself, with which all others are compared."""


def compare(scores: pd.DataFrame, settings: Mapping) -> pd.DataFrame:
    """Compare each change with the unchanged recipe, seed by seed; a seed means the same initial weights and batches.

    Args:
        scores: ``weighted_f1`` in percent per source, target, method (the name of the change), seed and selection.
        settings: ``pairs``, ``method`` (which is changed), ``selection``, ``releases``, ``paper`` (its settings)
            and ``flips`` (name of each change -> the settings that it changes).

    Returns:
        One row per pair and change: first ``nothing``, then the largest mean change first. Standard deviations are over
        seeds (n - 1). ``p_holm`` is the p-value of a paired t test over the seeds with the clips held fixed. It is
        corrected for all changes of the pair, because among many changes some are large by chance.

    Raises:
        UserError: a score is missing.
    """
    table = pd.concat([_table_of_pair(scores, pair, settings) for pair in settings["pairs"]], ignore_index=True)
    order = table["change_mean"].abs().where(table["difference"] != NOTHING, float("inf"))
    return table.iloc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _table_of_pair(scores: pd.DataFrame, pair: str, settings: Mapping) -> pd.DataFrame:
    table = pd.DataFrame(_rows_of_pair(scores, pair, settings))
    seeds, flipped = table["n_seeds"], table["difference"] != NOTHING
    p = p_value(Estimate(table["change_mean"], table["change_std"] / np.sqrt(seeds), seeds - 1))
    table.insert(table.columns.get_loc("n_seeds"), "p_holm", np.nan)
    table.loc[flipped, "p_holm"] = holm(p[flipped])
    return table


def _rows_of_pair(scores: pd.DataFrame, pair: str, settings: Mapping) -> Iterator[dict[str, object]]:
    source, target = pair.split("-")
    wanted = (scores["source"] == source) & (scores["target"] == target)
    wanted &= scores["selection"] == settings["selection"]
    by_seed = scores[wanted].pivot_table(index="seed", columns="method", values="weighted_f1")
    for name, changed in settings["flips"].items():
        if name not in by_seed:
            raise UserError(
                f"scores: no {settings['selection']} score of {name} on {pair}; train this change of a setting"
            )
        change = by_seed[name] - by_seed[f"{settings['method']}__{NOTHING}"]
        if change.isna().any():
            seed = change.index[change.isna()][0]
            raise UserError(
                f"scores: {name} and the unchanged recipe do not both have seed {seed} on {pair}; train both"
            )
        yield {
            "difference": name.removeprefix(f"{settings['method']}__"),
            "paper": _values({key: settings["paper"][key] for key in changed}),
            "published_code": _values(changed),
            "source": source,
            "target": target,
            "weighted_f1_mean": by_seed[name].mean(),
            "weighted_f1_std": by_seed[name].std(),
            "change_mean": change.mean(),
            "change_std": change.std(),
            "n_seeds": len(by_seed),
            "method": settings["method"],
            "selection": settings["selection"],
            "data": data_of((source, target), settings),
        }


def _values(settings: Mapping[str, object]) -> str:
    """The value if there is only one, else an empty text; the other rows show the single values."""
    return json.dumps(next(iter(settings.values()))) if len(settings) == 1 else ""


def main() -> None:
    """Read the scores of every flip and write the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score_pair")
    parser.add_argument("--settings", required=True, type=json.loads, help="what was flipped, as JSON")
    parser.add_argument("--table", required=True, type=Path, help="the CSV to write")
    flags = parser.parse_args()
    scores = SCORES.read_all(flags.scores)
    with atomic_file(flags.table) as temporary:
        settled(compare(scores, flags.settings), 9).to_csv(temporary, index=False, float_format="%.6g")


if __name__ == "__main__":
    run(main)
