"""Predictions and labels -> scores per seed and selection; the only step that joins target labels to predictions."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from amanda.scoring.label_shift import estimate_shares
from amanda.scoring.labels import NONE, places_of, source_prior
from amanda.scoring.metrics import confusion_of, f1_of, weighted_f1_of, without_training
from amanda.scoring.selection import SELECTION, Epoch, oracle, values
from amanda.scoring.settings import Scoring
from amanda.shared.origin import read_origin
from amanda.shared.tables.predictions import LOGITS, PREDICTIONS
from amanda.shared.tables.scores import CHOSEN, F1, PREDICTED, SCORES, SHARES, UNEXPLAINED
from amanda.shared.tables.table import classes_of, columns_of, per_class
from extractors.shared.labels import Labels, read_labels
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings

MEANS = ("weighted_f1", "macro_f1", "accuracy", "uar")
"""Scores over all classes."""


def score(label: np.ndarray, predicted: np.ndarray, classes: Sequence[str]) -> dict[str, float]:
    """Scores of one set of predictions, in percent, with scikit-learn's definitions; all NaN without any clip.

    Means over classes include only classes with clips. In another class no prediction can be right, and a 0 would limit
    the mean. The F1 of such a class is NaN. A class that has clips and is never predicted counts as 0.

    Args:
        label: true class of each clip, [clips], as positions in ``classes``.
        predicted: predicted class of each clip, [clips].
        classes: their names.
    """
    each_f1 = per_class(F1, classes)
    if not len(label):
        return dict.fromkeys([*MEANS, *each_f1], np.nan)
    confusion = confusion_of(label, predicted, len(classes))
    support, right, f1 = confusion.sum(axis=1), confusion.diagonal(), f1_of(confusion)
    present = support > 0
    means = (
        weighted_f1_of(confusion),
        f1[present].mean(),
        right.sum() / len(label),
        (right[present] / support[present]).mean(),
    )
    scores = dict(zip(MEANS, means, strict=True))
    scores |= dict(zip(each_f1, np.where(present, f1, np.nan), strict=True))
    return {name: 100 * float(value) for name, value in scores.items()}


def read_predictions(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """All predictions of a job, and their classes in the order of the logits."""
    table = PREDICTIONS.read(path).to_pandas()
    return table, classes_of(table.columns, LOGITS)


def label_free_history(of_seed: pd.DataFrame, prior: np.ndarray) -> list[dict[str, float]]:
    """Values of each epoch of one run that need no labels of the target.

    They are the values that selections use, the estimated label shares of the target, and the share of its clips for
    which each class is predicted.

    Args:
        of_seed: predictions of one seed, with the ``label`` of the source's clips only.
        prior: label distribution of the source's train split.
    """
    classes, logits = classes_of(of_seed.columns, LOGITS), columns_of(of_seed.columns, LOGITS)
    history = []
    for _, part in of_seed.groupby("epoch"):
        source, everything = part[part["domain"] == "source"], part[part["domain"] == "target"]
        target = everything[everything["split"] == "train"]
        epoch = Epoch(
            source_logits=source[logits].to_numpy(),
            source_label=source["label"].to_numpy(int),
            log_ratio=source["log_density_ratio"].to_numpy(float),
            target_logits=target[logits].to_numpy(),
            prior=prior,
        )
        of_source, of_target = epoch.source_logits.argmax(axis=1), epoch.target_logits.argmax(axis=1)
        counts = np.bincount(everything[logits].to_numpy().argmax(axis=1), minlength=len(classes))
        shares = dict(zip(per_class(PREDICTED, classes), counts / counts.sum(), strict=True))
        estimate = estimate_shares(of_source, epoch.source_label, of_target, classes)
        history.append(values(epoch) | estimate | shares)
    return history


def rows(
    scored: pd.DataFrame, histories: Mapping[int, Sequence[Mapping[str, float]]], classes: Sequence[str]
) -> Iterator[dict[str, object]]:
    """One row per seed and selection, and one per seed for the oracle, which chooses the epoch by the labels, if any.

    Args:
        scored: for each seed, epoch and labelled clip of the target the ``predicted`` and the true ``label``.
        histories: the result of :func:`label_free_history` for each seed.
        classes: names of the classes.
    """
    label_free = (*per_class(SHARES, classes), UNEXPLAINED, *per_class(PREDICTED, classes))
    for seed, history in histories.items():
        of_seed = scored[scored["seed"] == seed]
        scores = {
            epoch: score(part["label"].to_numpy(), part["predicted"].to_numpy(), classes)
            for epoch, part in of_seed.groupby("epoch")
        }
        epochs = {name: select(history) for name, select in SELECTION.items()}
        if scores:
            epochs["oracle"] = oracle([scores[epoch]["weighted_f1"] for epoch in sorted(scores)])
        label = of_seed.loc[of_seed["epoch"] == 1, "label"].to_numpy()
        lines = {f"{name}_weighted_f1": 100 * value for name, value in without_training(label, len(classes)).items()}
        nothing = score(label[:0], label[:0], classes)
        for selection, epoch in epochs.items():
            about = {"seed": seed, "selection": selection, "epoch": epoch, "clips": len(label)} | lines
            known = {name: history[epoch - 1][name] for name in label_free}
            yield about | scores.get(epoch, nothing) | known


def chosen_predictions(scores: pd.DataFrame, scored: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """One row per seed, selection and clip: the predicted class at the selected epoch, beside the label.

    Args:
        scores: ``seed``, ``selection`` and ``epoch``, as :func:`rows` yields them.
        scored: as for :func:`rows`, with ``clip_id``.
        classes: their names.
    """
    epochs = scores[["seed", "selection", "epoch"]]
    table = epochs.merge(scored[["seed", "epoch", "clip_id", "label", "predicted"]], on=["seed", "epoch"])
    names = np.array(classes, dtype=object)
    return table.assign(label=names[table["label"]], predicted=names[table["predicted"]])


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required.

    Raises:
        UserError: flags with several values have different numbers of values.
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
        raise UserError("--predictions, --method, --scores, --chosen-predictions: give the same number for each")
    return flags


def labelled_clips(table: pd.DataFrame, split: str, labels: Labels, path: Path) -> pd.DataFrame:
    """The predictions of the target's clips that are scored: those of a split that have a label, which may be none.

    Args:
        table: of :func:`read_predictions`.
        split: the one that is scored.
        labels: of the target.
        path: of the predictions, for the message.

    Raises:
        UserError: the target has labels, and none of them in the split.
    """
    target = table[table["domain"] == "target"]
    target = target.assign(label=places_of(target["clip_id"], labels))
    known = target[target["label"] != NONE]
    scored = known[known["split"] == split]
    if scored.empty and len(known):
        raise UserError(f"{path}: the target has no labelled clip in the {split} split; change the split")
    logits = columns_of(table.columns, LOGITS)
    return scored.assign(predicted=scored[logits].to_numpy().argmax(axis=1))


def score_runs(flags: argparse.Namespace, predictions: Path, method: str, scores: Path, chosen: Path) -> None:
    """Score every seed of one method; write the scores and the scored predictions.

    Raises:
        UserError: the predictions and the labels have different classes.
    """
    split = read_settings(Scoring, flags.settings).split
    table, classes = read_predictions(predictions)
    ours, theirs = read_labels(flags.source_labels), read_labels(flags.target_labels)
    for labels in (ours, theirs):
        if list(labels.classes) != classes:
            raise UserError(
                f"{labels.path}: has the classes {', '.join(labels.classes)}, and {predictions} {', '.join(classes)};"
                " read the release and train again"
            )
    source = table[table["domain"] == "source"]
    found = places_of(source["clip_id"], ours)
    if (found == NONE).any():
        raise UserError(f"{flags.source_labels}: lacks labels that {predictions} was made with; train this pair again")
    table.loc[source.index, "label"] = found
    prior = source_prior(ours, flags.source_splits)
    histories = {seed: label_free_history(part, prior) for seed, part in table.groupby("seed")}
    target = labelled_clips(table, split, theirs, predictions)
    scored = pd.DataFrame(rows(target, histories, classes))
    names = {"source": flags.source, "target": flags.target, "method": method, "split": split}
    scored = scored.assign(**read_origin(predictions))
    kept = chosen_predictions(scored, target, classes)
    for kind, path, part in ((SCORES, scores, scored), (CHOSEN, chosen, kept)):
        kind.write(path, pa.Table.from_pandas(part.assign(**names), preserve_index=False))


def main() -> None:
    """Parse the flags and score one method after another."""
    flags = parse_flags()
    for files in zip(flags.predictions, flags.method, flags.scores, flags.chosen_predictions, strict=True):
        score_runs(flags, *files)


if __name__ == "__main__":
    run(main)
