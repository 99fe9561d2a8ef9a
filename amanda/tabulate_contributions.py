"""Predictions without each modality -> the contribution of the modality to each method: `results/contributions.csv`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from amanda.scoring.metrics import weighted_f1
from amanda.shared.runs import Asked, Names
from amanda.shared.tables.left_out import LEFT_OUT
from amanda.shared.tables.scores import CHOSEN
from amanda.shared.tables.words import ALL, NOTHING
from amanda.shared.twins import Data, corpora_of, data_of
from amanda.shared.wording import settled
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run
from extractors.shared.settings import key, read_settings

RUN = ["source", "target", "method", "seed"]
ROUNDING = 0.01
"""Accepted share of clips whose class differs because of another device's rounding."""


class ContributionSettings(Asked, Data):
    """What the table of contributions is made of."""

    classes: list[str] = key("the classes")
    methods: Names = key("the methods")
    labels: dict[str, str] = key("what each method is called")


def contributions(left_out: pd.DataFrame, chosen: pd.DataFrame, settings: ContributionSettings) -> pd.DataFrame:
    """Score the predictions with each modality left out, and take that from the score with all, seed by seed.

    Args:
        left_out: of amanda.leave_out: ``source``, ``target``, ``method``, ``seed``, ``left_out``, ``clip_id`` and
            ``predicted``; where nothing is left out, the class that Table 1 scores.
        chosen: of amanda.score_pair for the same selection, with ``label`` and ``predicted``; the only labels.
        settings: what the table is made of.

    Returns:
        One row per pair (and the mean over pairs), method and left-out modality: mean weighted F1 in percent, and
        ``contribution``, the score with all modalities minus it; standard deviations are over seeds (n - 1).

    Raises:
        UserError: the predictions of the weights differ from those that were scored.
    """
    known = left_out.merge(chosen[[*RUN, "clip_id", "label", "predicted"]], on=[*RUN, "clip_id"], suffixes=("", "_of"))
    whole = known[known["left_out"] == NOTHING]
    if len(whole) < (left_out["left_out"] == NOTHING).sum():
        raise UserError("--predictions: lack clips that --left-out has; score again with amanda.score_pair")
    differ = (whole["predicted"] != whole["predicted_of"]).groupby([whole[name] for name in RUN]).mean()
    if differ.max() > ROUNDING:
        name = " ".join(map(str, differ.idxmax()))
        raise UserError(
            f"--left-out: weights of {name} predict other classes than were scored for {differ.max():.0%} of the clips;"
            " make both again from one training"
        )
    groups = known.groupby([*RUN, "left_out"], sort=False)[["label", "predicted"]]
    scores = groups.apply(_score, classes=settings.classes).rename("weighted_f1").reset_index()
    scores = scores[scores["seed"].isin(settings.seeds)]
    full = scores[scores["left_out"] == NOTHING].set_index(RUN)["weighted_f1"].rename("full")
    scores = scores.join(full, on=RUN)
    scores["contribution"] = scores["full"] - scores["weighted_f1"]
    table = _over_seeds(pd.concat([scores, _over_pairs(scores, settings.pairs)]))
    table = table[table["method"].isin(settings.methods)]
    table.insert(3, "label", table["method"].map(settings.labels))
    everything = corpora_of(settings.pairs)
    pairs = zip(table["source"], table["target"], strict=True)
    data = [data_of(everything if pair == (ALL, ALL) else pair, settings) for pair in pairs]
    return table.assign(selection=settings.selection, data=data)


def _score(rows: pd.DataFrame, classes: list[str]) -> float:
    label, predicted = (rows[name].map(classes.index).to_numpy(int) for name in ("label", "predicted"))
    return 100 * weighted_f1(label, predicted, len(classes))


def _over_pairs(scores: pd.DataFrame, pairs: Sequence[str]) -> pd.DataFrame:
    """The mean over pairs of each seed, of the methods that have all."""
    groups = scores.groupby(["method", "seed", "left_out"], sort=False)
    means = groups[["weighted_f1", "contribution"]].mean()[groups.size() == len(pairs)]
    return means.reset_index().assign(source=ALL, target=ALL)


def _over_seeds(scores: pd.DataFrame) -> pd.DataFrame:
    groups = scores.groupby(["source", "target", "method", "left_out"], sort=False)
    return groups.agg(
        weighted_f1_mean=("weighted_f1", "mean"),
        weighted_f1_std=("weighted_f1", "std"),
        contribution_mean=("contribution", "mean"),
        contribution_std=("contribution", "std"),
        n_seeds=("seed", "count"),
    ).reset_index()


def main() -> None:
    """Read the predictions of every run and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--left-out", required=True, nargs="+", type=Path, help="of amanda.leave_out, one per pair")
    parser.add_argument("--predictions", required=True, nargs="+", type=Path, help="chosen ones, of amanda.score_pair")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(ContributionSettings.model_fields)}")
    parser.add_argument("--table", required=True, type=Path, help="output: a row per pair, method and modality (CSV)")
    flags = parser.parse_args()
    settings = read_settings(ContributionSettings, flags.settings)
    left_out = LEFT_OUT.read_all(flags.left_out)
    chosen = CHOSEN.read_all(flags.predictions, settings.selection)
    with atomic_file(flags.table) as temporary:
        settled(contributions(left_out, chosen, settings), 4).to_csv(temporary, index=False, float_format="%.4f")


if __name__ == "__main__":
    run(main)
