"""Predictions and labels -> scores per seed and selection: the one step that joins target labels to them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.metrics import accuracy_score, f1_score, recall_score

from amanda.scoring.kept import History
from amanda.scoring.label_shift import estimate_shares
from amanda.scoring.labels import classes_of, source_prior
from amanda.scoring.metrics import without_training
from amanda.scoring.selection import SELECTION, Epoch, oracle, values
from amanda.scoring.settings import Scoring
from amanda.shared.origin import read_origin
from amanda.shared.tables.predictions import LOGITS, PREDICTIONS
from amanda.shared.tables.scores import CHOSEN, SCORES, SHARES, UNEXPLAINED
from extractors.shared.clip import CLASSES
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings


def score(label: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Scores of one set of predictions, in percent, with scikit-learn's definitions.

    Means over classes are of the classes that some clip has: nothing can be right in another, and a 0 for it would cap
    the mean. The F1 of such a class is NaN. A class that has clips and is never predicted counts 0.

    Args:
        label: true class of each clip, [clips], as positions in ``CLASSES``.
        predicted: predicted class of each clip, [clips].
    """
    present = np.unique(label)
    options = {"labels": present, "zero_division": 0}
    scores = {
        "weighted_f1": f1_score(label, predicted, average="weighted", **options),
        "macro_f1": f1_score(label, predicted, average="macro", **options),
        "accuracy": accuracy_score(label, predicted),
        "uar": recall_score(label, predicted, average="macro", **options),
    }
    each = dict(zip(present, f1_score(label, predicted, average=None, **options), strict=True))
    scores |= {f"f1_{name}": each.get(place, np.nan) for place, name in enumerate(CLASSES)}
    return {name: 100 * float(value) for name, value in scores.items()}


def read_predictions(path: Path, split: str) -> pd.DataFrame:
    """All predictions of a job.

    Raises:
        UserError: the target has no clip in the split that is to be scored.
    """
    table = PREDICTIONS.read(path).to_pandas()
    if table[(table["domain"] == "target") & (table["split"] == split)].empty:
        raise UserError(f"{path}: the target has no clip in the {split} split; change the split")
    return table


def label_free_history(of_seed: pd.DataFrame, prior: np.ndarray) -> list[dict[str, float]]:
    """The values that the selections choose by, of each epoch of one run, and the target's label shares as estimated.

    Args:
        of_seed: predictions of one seed, with the ``label`` of the source's clips and of no other.
        prior: label distribution of the source's train split.
    """
    history = []
    for _, part in of_seed.groupby("epoch"):
        source = part[part["domain"] == "source"]
        target = part[(part["domain"] == "target") & (part["split"] == "train")]
        epoch = Epoch(
            source_logits=source[LOGITS].to_numpy(),
            source_label=source["label"].to_numpy(int),
            log_ratio=source["log_density_ratio"].to_numpy(float),
            target_logits=target[LOGITS].to_numpy(),
            prior=prior,
        )
        of_source, of_target = epoch.source_logits.argmax(axis=1), epoch.target_logits.argmax(axis=1)
        history.append(values(epoch) | estimate_shares(of_source, epoch.source_label, of_target))
    return history


def rows(scored: pd.DataFrame, histories: Mapping[int, History]) -> Iterator[dict[str, object]]:
    """One row per seed and selection, and one per seed for the oracle, which chooses the epoch by the labels.

    Args:
        scored: per seed, epoch and clip of the target the ``predicted`` and the true ``label``.
        histories: what :func:`label_free_history` tells of each seed.
    """
    for seed, of_seed in scored.groupby("seed"):
        scores = {
            epoch: score(part["label"].to_numpy(), part["predicted"].to_numpy())
            for epoch, part in of_seed.groupby("epoch")
        }
        epochs = {name: select(histories[seed]) for name, select in SELECTION.items()}
        epochs["oracle"] = oracle([scores[epoch]["weighted_f1"] for epoch in sorted(scores)])
        label = of_seed.loc[of_seed["epoch"] == 1, "label"].to_numpy()
        lines = {f"{name}_weighted_f1": 100 * value for name, value in without_training(label, len(CLASSES)).items()}
        for selection, epoch in epochs.items():
            about = {"seed": seed, "selection": selection, "epoch": epoch, "clips": len(label)} | lines
            estimate = {name: histories[seed][epoch - 1][name] for name in (*SHARES, UNEXPLAINED)}
            yield about | scores[epoch] | estimate


def chosen_predictions(scores: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """One row per seed, selection and clip: the predicted class at the selected epoch, beside the label.

    Args:
        scores: ``seed``, ``selection`` and ``epoch``, as :func:`rows` yields them.
        scored: as for :func:`rows`, with ``clip_id``.
    """
    epochs = scores[["seed", "selection", "epoch"]]
    table = epochs.merge(scored[["seed", "epoch", "clip_id", "label", "predicted"]], on=["seed", "epoch"])
    names = np.array(CLASSES)
    return table.assign(label=names[table["label"]], predicted=names[table["predicted"]])


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required.

    Raises:
        UserError: flags that come in several values have different numbers of them.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source-labels", required=True, type=Path, help="label table of extractors.read_release")
    parser.add_argument("--source-splits", required=True, type=Path, help="table of extractors.split_corpus")
    parser.add_argument("--target-labels", required=True, type=Path, help="label table of extractors.read_release")
    parser.add_argument("--source", required=True, help="the source's name, for the table")
    parser.add_argument("--target", required=True, help="the target's name, for the table")
    parser.add_argument("--settings", required=True, help='JSON: {"split": "test"}')
    sweep = parser.add_argument_group("one value each, or as many of each as the sweep has")
    sweep.add_argument("--predictions", required=True, type=Path, nargs="+", help="from amanda.train_pair")
    sweep.add_argument("--method", required=True, nargs="+", help="the method's name, for the tables")
    sweep.add_argument(
        "--scores", required=True, type=Path, nargs="+", help="output: a row per seed and selection (Parquet)"
    )
    sweep.add_argument(
        "--chosen-predictions",
        required=True,
        type=Path,
        nargs="+",
        help="output: a row per seed, selection, clip",
    )
    flags = parser.parse_args()
    counts = {len(values) for values in (flags.predictions, flags.method, flags.scores, flags.chosen_predictions)}
    if len(counts) > 1:
        raise UserError("--predictions, --method, --scores, --chosen-predictions: give as many of each")
    return flags


def score_runs(flags: argparse.Namespace, predictions: Path, method: str, scores: Path, chosen: Path) -> None:
    """Score every seed of one method; write the scores and the predictions that they are of."""
    split = read_settings(Scoring, flags.settings).split
    table = read_predictions(predictions, split)
    source = table[table["domain"] == "source"]
    table.loc[source.index, "label"] = classes_of(source["clip_id"], flags.source_labels)
    prior = source_prior(flags.source_labels, flags.source_splits)
    histories = {seed: label_free_history(part, prior) for seed, part in table.groupby("seed")}
    target = table[(table["domain"] == "target") & (table["split"] == split)]
    label = classes_of(target["clip_id"], flags.target_labels)
    target = target.assign(label=label, predicted=target[LOGITS].to_numpy().argmax(axis=1))
    scored = pd.DataFrame(rows(target, histories))
    names = {"source": flags.source, "target": flags.target, "method": method, "split": split}
    scored = scored.assign(**read_origin(predictions))
    for kind, path, part in ((SCORES, scores, scored), (CHOSEN, chosen, chosen_predictions(scored, target))):
        kind.write(path, pa.Table.from_pandas(part.assign(**names), preserve_index=False))


def main() -> None:
    """Parse the flags and score one method after another."""
    flags = parse_flags()
    for files in zip(flags.predictions, flags.method, flags.scores, flags.chosen_predictions, strict=True):
        score_runs(flags, *files)


if __name__ == "__main__":
    run(main)
