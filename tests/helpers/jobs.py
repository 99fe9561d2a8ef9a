"""What the tests of several rooms share of engine."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import torch
from safetensors import safe_open

from amanda.scoring.kept import KEPT
from amanda.training.data import Corpus, labels_of, read_corpus
from amanda.training.job import Job
from extractors.shared.clip import MODALITIES
from extractors.shared.labels import read_labels
from helpers.pair import settings_for

CPU = torch.device("cpu")


def weights(path: Path) -> dict[str, torch.Tensor]:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict


def assert_same(one: Path, other: Path, seeds: tuple[int, ...]) -> None:
    """Weights, history and predictions of these seeds are equal bit for bit."""
    for seed in seeds:
        for selection in KEPT:
            name = f"weights/seed{seed}-{selection}.safetensors"
            ours, theirs = weights(one / name), weights(other / name)
            assert ours.keys() == theirs.keys()
            assert all(torch.equal(ours[key], theirs[key]) for key in ours)
        for table in ("history.parquet", "predictions.parquet"):
            ours, theirs = (pq.read_table(folder / table, filters=[("seed", "=", seed)]) for folder in (one, other))
            assert ours.num_rows
            assert ours.equals(theirs)


def read_corpus_of(folder: Path, missing: str = "drop") -> Corpus:
    return read_corpus(
        {name: folder / f"{name}.parquet" for name in MODALITIES}, folder / "splits.parquet", missing, CPU, 10**9
    )


def make_job(pair: Path, algorithm: str, missing: str = "drop", **changes: object) -> Job:
    source, target = read_corpus_of(pair / "source", missing), read_corpus_of(pair / "target", missing)
    told = read_labels(pair / "source" / "labels.parquet")
    labels = labels_of(source, told)
    return Job(algorithm, settings_for(algorithm, **changes), source, labels, target, CPU, told.classes)
