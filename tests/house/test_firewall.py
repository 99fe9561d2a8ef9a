"""The label firewall: no label of the target reaches training."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.jobs import assert_same
from helpers.pair import OF_METHOD, Sizes, train_flags, write_labels, write_pair
from helpers.places import ROOT

from amanda import score_pair, train_pair
from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import Unlabelled
from amanda.training.data import Corpus


def train_and_score(pair: Path, output: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Run both programs by their flags; returns the weighted F1 of every seed and selection."""
    flags = train_flags(pair, output, algorithm, json.dumps(OF_METHOD[algorithm]), [0, 1])
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
    train_pair.main()
    flags = ["--predictions", str(output / "predictions.parquet")]
    flags += ["--source-labels", str(pair / "source" / "labels.parquet")]
    flags += ["--source-splits", str(pair / "source" / "splits.parquet")]
    flags += ["--target-labels", str(pair / "target" / "labels.parquet"), "--settings", '{"split": "test"}']
    flags += ["--source", "one", "--target", "other", "--method", algorithm, "--scores", str(output / "scores.parquet")]
    flags += ["--chosen-predictions", str(output / "chosen.parquet")]
    monkeypatch.setattr(sys, "argv", ["amanda.score_pair", *flags])
    score_pair.main()
    return pq.read_table(output / "scores.parquet")["weighted_f1"].to_pylist()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_permuted_target_labels_leave_the_weights_bit_identical(
    algorithm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the programs' flags: the labels change the scores and no weight, history or prediction."""
    pair = write_pair(tmp_path / "pair", Sizes())
    labels = pair / "target" / "labels.parquet"
    clip_ids = pq.read_table(labels)["clip_id"].to_pylist()
    before = train_and_score(pair, tmp_path / "one", algorithm, monkeypatch)
    write_labels(labels, clip_ids, (np.arange(len(clip_ids)) + 1) % 4)
    after = train_and_score(pair, tmp_path / "two", algorithm, monkeypatch)
    assert_same(tmp_path / "one", tmp_path / "two", (0, 1))
    assert before != after


def test_training_works_where_the_target_has_no_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = write_pair(tmp_path / "pair", Sizes())
    (pair / "target" / "labels.parquet").unlink()
    flags = train_flags(pair, tmp_path, "amanda", json.dumps(OF_METHOD["amanda"]), [0])
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
    train_pair.main()
    assert (tmp_path / "weights" / "seed0-last_epoch.safetensors").is_file()


def test_only_scoring_has_a_flag_for_target_labels() -> None:
    readers = [path.name for path in (ROOT / "amanda").rglob("*.py") if "target-labels" in path.read_text()]
    assert readers == ["score_pair.py"]


def test_neither_a_corpus_nor_a_target_batch_has_a_place_for_labels() -> None:
    assert not [name for name in Corpus.__dataclass_fields__ if "label" in name]
    assert not [name for name in Unlabelled._fields if "label" in name]


def test_a_mistake_is_one_sentence_without_traceback(tmp_path: Path) -> None:
    pair = write_pair(tmp_path / "pair", Sizes(clips={"train": 24, "test": 8}))
    flags = train_flags(pair, tmp_path / "out", "amanda", json.dumps(OF_METHOD["amanda"]), [0])
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "amanda.train_pair", *flags]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"error: {pair}/source/splits.parquet: the validation split has 0")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
