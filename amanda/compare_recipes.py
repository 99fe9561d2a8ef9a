"""Scores of a method with one changed setting at a time -> a table of the effect of each difference between recipes."""

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
from amanda.statistics.noise import estimate_changes, holm, p_value
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run
from extractors.shared.settings import key, read_settings

NOTHING = "nothing"
"""The change of no setting: recipe `paper` itself, with which all others are compared."""


class RecipesSettings(Data):
    """What was flipped."""

    pairs: Pairs = key("the pairs")
    method: str = key("the method that is flipped")
    selection: str = key("the selection of the epoch that counts")
    paper: dict[str, JsonValue] = key("the method's settings in recipe paper")
    flips: dict[str, dict[str, JsonValue]] = key("each flip by the name of its runs, with the settings that it changes")


def compare(scores: pd.DataFrame, settings: RecipesSettings) -> pd.DataFrame:
    """Compare each change with the unchanged recipe, seed by seed; a seed means the same initial weights and batches.

    Args:
        scores: ``weighted_f1`` in percent per source, target, method (the name of the flip), seed and selection.
        settings: what was flipped.

    Returns:
        One row per pair and flip, the largest mean change first below ``nothing``. Standard deviations are over seeds
        (n - 1). ``p_holm`` is the p-value of a paired t test over the seeds, the clips held fixed and the variances as
        :func:`amanda.statistics.noise.estimate_changes` has them, corrected for all flips of the pair: among so many
        changes some are large by chance.

    Raises:
        UserError: a score is missing.
    """
    table = pd.concat([_table_of_pair(scores, pair, settings) for pair in settings.pairs], ignore_index=True)
    order = table["change_mean"].abs().where(table["difference"] != NOTHING, float("inf"))
    return table.iloc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _table_of_pair(scores: pd.DataFrame, pair: str, settings: RecipesSettings) -> pd.DataFrame:
    rows, changes = zip(*_rows_of_pair(scores, pair, settings), strict=True)
    table = pd.DataFrame(rows)
    flipped = table["difference"] != NOTHING
    table.insert(table.columns.get_loc("n_seeds"), "p_holm", np.nan)
    table.loc[flipped, "p_holm"] = holm(p_value(estimate_changes(np.stack(changes)[flipped])))
    return table


def _rows_of_pair(
    scores: pd.DataFrame, pair: str, settings: RecipesSettings
) -> Iterator[tuple[dict[str, object], np.ndarray]]:
    """Each flip as a row of the table, and its change of the score of each seed, [seeds]."""
    source, target = pair.split("-")
    wanted = (scores["source"] == source) & (scores["target"] == target)
    wanted &= scores["selection"] == settings.selection
    by_seed = scores[wanted].pivot_table(index="seed", columns="method", values="weighted_f1")
    for name, changed in settings.flips.items():
        if name not in by_seed:
            raise UserError(
                f"scores: no {settings.selection} score of {name} on {pair}; train this change of a setting"
            )
        change = by_seed[name] - by_seed[f"{settings.method}__{NOTHING}"]
        if change.isna().any():
            seed = change.index[change.isna()][0]
            raise UserError(
                f"scores: {name} and the unchanged recipe do not both have seed {seed} on {pair}; train both"
            )
        row = {
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
        yield row, change.to_numpy()


def _values(changed: Mapping[str, object]) -> str:
    """The value if there is only one, else an empty text; the other rows show the single values."""
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
