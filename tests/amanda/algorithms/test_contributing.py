"""What CONTRIBUTING says of adding an algorithm: its example, executed as it stands there."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
import yaml
from helpers.contributing import LINES, made_schema, piece, written
from helpers.jobs import read_corpus_of
from helpers.pair import SETTINGS, Sizes, typed, write_pair
from helpers.places import ROOT
from planning.methods import complete_settings

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.training import engine
from amanda.training.data import labels_of
from amanda.training.job import Job
from extractors.shared.labels import read_labels
from extractors.shared.settings import read_settings

ROW = piece("Add a method")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The file of the example, with its line in the registry."""
    monkeypatch.setitem(ALGORITHMS, "mcc", LINES["mcc"])
    return written("amanda/algorithms/mcc.py", monkeypatch)


def test_its_loss_is_that_of_pytorch_adapt(example: ModuleType) -> None:
    golden = np.load(ROOT / "tests" / "golden" / "validators.npz")
    value = example.class_confusion(torch.tensor(golden["in/logits_t"]), 1.0)
    assert float(value) == pytest.approx(float(golden["pytorch_adapt/MCCLoss_T1"]), abs=1e-12)


@pytest.mark.parametrize("recipe", ["paper", "published_code"])
def test_its_row_of_the_config_is_all_it_needs(example: ModuleType, recipe: str, tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["method_settings"] |= ROW
    config["methods"].append("mcc")
    with made_schema(tmp_path) as check:
        check(config)
    settings = complete_settings(config, recipe, ROW["mcc"])
    assert read_settings(load_algorithm("mcc").Settings, json.dumps(settings)).as_json() == settings


def test_it_trains(example: ModuleType, tmp_path: Path) -> None:
    pair = write_pair(tmp_path, Sizes())
    source, target = read_corpus_of(pair / "source"), read_corpus_of(pair / "target")
    told = read_labels(pair / "source" / "labels.parquet")
    labels = labels_of(source, told)
    settings = typed(SETTINGS | {"confusion_weight": 1.0, "learning_rate": 0.01}, load_algorithm("mcc").Settings)
    job = Job("mcc", settings, source, labels, target, torch.device("cpu"), told.classes)
    run = engine.start(job, 0)
    for _ in range(8):
        engine.run_epoch(job, [run])
    confusion = [epoch["class_confusion"] for epoch in run.history]
    assert 0 <= confusion[-1] < confusion[0] <= 1
