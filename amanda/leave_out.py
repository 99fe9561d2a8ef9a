"""Weights and features of a target -> what the trained networks predict there without one of the modalities.

Nothing is trained and no label is read. The joint head gets, in place of a clip's representation in the modality that
is left out, the average one of the target's train clips: it then knows of that modality what holds of all clips alike.
Zeros would be no neutral choice, since after a ReLU or an LSTM they are a place where few clips or none lie.
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
from amanda.shared.tables.left_out import LEFT_OUT
from amanda.shared.tables.words import NOTHING
from amanda.training.data import Corpus, read_corpus
from amanda.training.engine import predict
from amanda.training.trained import NAMES, Trained, read_weights
from extractors.shared.clip import MODALITIES, PARTS
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.program import run
from extractors.shared.settings import Settings, key, one_of, read_settings


class LeavingOut(Settings):
    """What is predicted, and with which weights."""

    split: Annotated[str, *one_of(PARTS)] = key("the split of the target that is predicted")
    selection: Annotated[str, *one_of(KEPT)] = key("whose weights are taken: the selection that kept them")


def leave_each_out(head: nn.Module, representations: Mapping[str, Tensor], usual: Tensor) -> dict[str, Tensor]:
    """Logits of the joint head with each modality left out, [clips, classes].

    Args:
        head: from the representations of all modalities side by side to logits.
        representations: modality to [clips, d], in the order of the head's input.
        usual: positions of the clips whose average takes the place of what is left out.
    """
    logits = {}
    for name in representations:
        average = representations[name][usual].mean(dim=0).expand_as(representations[name])
        parts = [average if each == name else z for each, z in representations.items()]
        logits[name] = head(torch.cat(parts, dim=1))
    return logits


@torch.no_grad()
def predictions(trained: Trained, corpus: Corpus, split: str, device: torch.device) -> dict[str, np.ndarray]:
    """Predicted class of each clip of a split with nothing and with each modality left out, [clips].

    Of a network with one modality nothing is left without it, and all clips get one class.
    """
    algorithm, everything = trained.algorithm.to(device), torch.arange(len(corpus.clip_ids))
    # In the batches that training predicts in, since the batch counts with `published_code_view`.
    outputs = predict(algorithm, corpus, everything, algorithm.settings.batch_size)
    representations = {name: outputs.representations[name] for name in algorithm.network.modalities}
    without = leave_each_out(algorithm.network.heads[JOINT].cpu(), representations, corpus.clips("train"))
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
    for modality in MODALITIES:
        parser.add_argument(f"--target-{modality}", required=True, type=Path, help="index of extractors.index_features")
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
    indexes = {name: getattr(flags, f"target_{name}") for name in MODALITIES}
    corpus = read_corpus(indexes, flags.target_splits, device, flags.resident_mb * 10**6)
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
