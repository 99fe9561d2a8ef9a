"""Predictions and target labels -> scores per seed and selection rule; nothing else reads target labels."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.metrics import accuracy_score, f1_score, recall_score

from amanda.select import SELECTION, oracle
from amanda.settings import choice, read_settings
from extractors.clip import CLASSES
from extractors.files import read_table, write_table
from extractors.program import UserError, run

KEYS = {"split": choice("train", "validation", "test")}
"""The settings: which split of the target is scored."""


def score(label: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Scores of one set of predictions, in percent, with scikit-learn's definitions; 0 where a class is undefined.

    Args:
        label: true class of each clip, [clips], as positions in ``CLASSES``.
        predicted: predicted class of each clip, [clips].
    """
    options = {"labels": range(len(CLASSES)), "zero_division": 0}
    scores = {
        "weighted_f1": f1_score(label, predicted, average="weighted", **options),
        "macro_f1": f1_score(label, predicted, average="macro", **options),
        "accuracy": accuracy_score(label, predicted),
        "uar": recall_score(label, predicted, average="macro", **options),
    }
    each = f1_score(label, predicted, average=None, **options)
    scores |= {f"f1_{name}": value for name, value in zip(CLASSES, each, strict=True)}
    return {name: 100 * float(value) for name, value in scores.items()}


def read_predictions(predictions: Path, labels: Path, split: str) -> pd.DataFrame:
    """The target's predictions in one split: seed, epoch, and per clip the predicted and the true class.

    Raises:
        UserError: the split has no clip, or a clip no label.
    """
    table = read_table(predictions, "amanda.train").to_pandas()
    table = table[(table["domain"] == "target") & (table["split"] == split)]
    if table.empty:
        raise UserError(f"{predictions}: the target has no clip in the {split} split; change the split rule")
    known = read_table(labels, "extractors.manifest").to_pandas().set_index("clip_id")["label"]
    label = table["clip_id"].map(known)
    unknown = table["clip_id"][~label.isin(CLASSES)]
    if len(unknown):
        raise UserError(
            f"{labels}: no label for {unknown.nunique()} clips, such as {unknown.iloc[0]}; read the release again"
        )
    logits = table[[f"logit_{name}" for name in CLASSES]].to_numpy()
    frame = table[["seed", "epoch"]].assign(predicted=logits.argmax(axis=1), label=label.map(CLASSES.index))
    return frame.reset_index(drop=True)


def rows(predictions: pd.DataFrame, history: pd.DataFrame) -> Iterator[dict[str, object]]:
    """One row per seed and rule, and one per seed for the oracle, which chooses the epoch by the labels."""
    for seed, of_seed in predictions.groupby("seed"):
        scores = {
            epoch: score(part["label"].to_numpy(), part["predicted"].to_numpy())
            for epoch, part in of_seed.groupby("epoch")
        }
        values = history[history["seed"] == seed].pivot_table(index="epoch", columns="name", values="value")
        epochs = {rule: select(values.to_dict("records")) for rule, select in SELECTION.items()}
        epochs["oracle"] = oracle([scores[epoch]["weighted_f1"] for epoch in sorted(scores)])
        clips = int((of_seed["epoch"] == 1).sum())
        for rule, epoch in epochs.items():
            about = {"seed": seed, "selection": rule, "epoch": epoch, "clips": clips}
            yield about | scores[epoch]


def main() -> None:
    """Parse the flags and write the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", required=True, type=Path, help="from amanda.train")
    parser.add_argument("--history", required=True, type=Path, help="from amanda.train")
    parser.add_argument("--target-labels", required=True, type=Path, help="label table of extractors.manifest")
    parser.add_argument("--source", required=True, help="the source's name, for the table")
    parser.add_argument("--target", required=True, help="the target's name, for the table")
    parser.add_argument("--method", required=True, help="the name of the table's row")
    parser.add_argument("--settings", required=True, help='JSON: {"split": "test"}')
    parser.add_argument("--scores", required=True, type=Path, help="output: one row per seed and rule (Parquet)")
    flags = parser.parse_args()
    split = read_settings(flags.settings, KEYS)["split"]
    predictions = read_predictions(flags.predictions, flags.target_labels, split)
    history = read_table(flags.history, "amanda.train").to_pandas()
    scores = pd.DataFrame(rows(predictions, history))
    names = {"source": flags.source, "target": flags.target, "method": flags.method, "split": split}
    scores = scores.assign(**names)[[*names, *scores.columns]]
    write_table(flags.scores, pa.Table.from_pandas(scores, preserve_index=False))


if __name__ == "__main__":
    run(main)
