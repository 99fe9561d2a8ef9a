"""Weights and features of a target -> predictions of the trained networks without one of the modalities.

Nothing is trained and no label is read. In the modality that is left out, the average representation of the target's
train clips replaces the clip's own as input of the joint head. So the head gets only what is common to all clips.
Zeros would not be neutral, because after a ReLU or an LSTM few clips or none have representations near zero.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor, nn

from amanda.network.model import JOINT
from amanda.scoring.kept import KEPT
from amanda.scoring.settings import Scoring
from amanda.shared.feature_flags import add_feature_flags, add_missing_flag, indexes_of
from amanda.shared.tables.left_out import LEFT_OUT
from amanda.shared.tables.words import NOTHING
from amanda.training.data import Corpus, read_corpus
from amanda.training.engine import predict
from amanda.training.trained import NAMES, Trained, read_weights
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.program import run
from extractors.shared.settings import key, one_of, read_settings


class LeavingOut(Scoring):
    """What is predicted, and with which weights."""

    selection: Annotated[str, *one_of(KEPT)] = key("whose weights are taken: the selection that kept them")


def leave_each_out(
    head: nn.Module, representations: Mapping[str, Tensor], usual: Tensor, has: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Logits of the joint head with each modality left out, [clips, classes].

    Args:
        head: from the representations of all modalities side by side to logits.
        representations: modality to [clips, d], in the order of the head's input.
        usual: positions of the clips whose average takes the place of what is left out.
        has: modality to which clips have it, bool [clips]; the others stay as they are, and are in no average.
    """
    logits = {}
    for name in representations:
        known = usual[has[name][usual]]
        average = representations[name][known].mean(dim=0).expand_as(representations[name])
        average = torch.where(has[name][:, None], average, representations[name])
        parts = [average if each == name else z for each, z in representations.items()]
        logits[name] = head(torch.cat(parts, dim=1))
    return logits


@torch.no_grad()
def predictions(trained: Trained, corpus: Corpus, split: str, device: torch.device) -> dict[str, np.ndarray]:
    """Predicted class of each clip of a split with nothing and with each modality left out, [clips].

    A network with a single modality has no input without it, so all clips get the same class.
    """
    algorithm, everything = trained.algorithm.to(device), torch.arange(len(corpus.clip_ids))
    outputs = predict(algorithm, corpus, everything)
    representations = {name: outputs.representations[name] for name in algorithm.network.modalities}
    has = {name: corpus.has(name, everything) for name in representations}
    without = leave_each_out(algorithm.network.heads[JOINT].cpu(), representations, corpus.clips("train"), has)
    logits = {NOTHING: outputs.logits[JOINT]} | without
    return {name: values[corpus.clips(split)].argmax(dim=1).numpy() for name, values in logits.items()}


def table_of(
    about: Mapping[str, object], clip_ids: np.ndarray, predicted: Mapping[str, np.ndarray], classes: Sequence[str]
) -> pa.Table:
    """One row per left-out modality and clip; ``predicted`` [clips] are positions in ``classes``."""
    count, names = len(clip_ids), np.array(classes)
    columns: dict[str, Any] = {name: [value] * (count * len(predicted)) for name, value in about.items()}
    columns |= {"left_out": np.repeat(list(predicted), count), "clip_id": np.tile(clip_ids, len(predicted))}
    return pa.table(columns | {"predicted": names[np.concatenate(list(predicted.values()))]})


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_feature_flags(parser, "--target-features")
    add_missing_flag(parser)
    parser.add_argument("--target-splits", required=True, type=Path, help="table of extractors.split_corpus")
    parser.add_argument("--weights", required=True, nargs="+", type=Path, help="folders of amanda.train_pair")
    parser.add_argument("--seeds", required=True, type=int, nargs="+", help="the runs of each method")
    parser.add_argument("--settings", required=True, help='JSON: {"split": "test", "selection": "last_epoch"}')
    parser.add_argument("--predictions", required=True, type=Path, help="output: the predicted classes (Parquet)")
    parser.add_argument("--resident-mb", required=True, type=int, help="more frames than this are read batch by batch")
    add_compute_flags(parser)
    return parser.parse_args()


def main() -> None:
    """Parse the flags and predict with the network of each run."""
    flags = parse_flags()
    settings = read_settings(LeavingOut, flags.settings)
    device = prepare_compute(flags.device, flags.threads)
    indexes = indexes_of(flags, "--target-features")
    corpus = read_corpus(indexes, flags.target_splits, flags.missing_modality, device, flags.resident_mb * 10**6)
    clip_ids, tables = corpus.clip_ids[corpus.clips(settings.split)], []
    for folder in flags.weights:
        for seed in flags.seeds:
            trained = read_weights(folder / f"seed{seed}-{settings.selection}.safetensors", corpus)
            source, target, method = (trained.about[name] for name in NAMES)
            about = {"source": source, "target": target, "method": method, "seed": seed}
            about |= {"selection": settings.selection, "epoch": trained.about["epoch"]}
            predicted = predictions(trained, corpus, settings.split, device)
            tables.append(table_of(about, clip_ids, predicted, trained.about["classes"]))
    LEFT_OUT.write(flags.predictions, pa.concat_tables(tables))


if __name__ == "__main__":
    run(main)
