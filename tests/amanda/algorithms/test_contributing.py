"""What CONTRIBUTING says of adding an algorithm: its example, executed as it stands there."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
import yaml
from helpers.jobs import read_corpus_of
from helpers.pair import SETTINGS, Sizes, typed, write_pair
from helpers.places import ROOT
from planning.config import check as checked_config
from planning.config import model
from planning.config.plain import plain_schema
from planning.methods import complete_settings

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.training import engine
from amanda.training.data import labels_of
from amanda.training.job import Job
from extractors.shared.labels import read_labels
from extractors.shared.settings import read_settings

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
ROW = yaml.safe_load(re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL).group(1))


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The file of the example, with its line in the registry."""
    name = "amanda.algorithms.mcc"
    module = ModuleType(name)
    (source,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(source, "mcc.py", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(ALGORITHMS, "mcc", (name, "Mcc"))
    return module


@pytest.fixture
def made_schema(example: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The schema as `make schema` makes it with the example."""
    path = tmp_path / "schema.yaml"
    path.write_text(yaml.safe_dump(plain_schema(importlib.reload(model).Config)))
    monkeypatch.setattr(checked_config, "SCHEMA", path)
    yield
    monkeypatch.undo()
    importlib.reload(model)


def test_its_loss_is_that_of_pytorch_adapt(example: ModuleType) -> None:
    golden = np.load(ROOT / "tests" / "golden" / "validators.npz")
    value = example.class_confusion(torch.tensor(golden["in/logits_t"]), 1.0)
    assert float(value) == pytest.approx(float(golden["pytorch_adapt/MCCLoss_T1"]), abs=1e-12)


@pytest.mark.parametrize("recipe", ["paper", "published_code"])
def test_its_row_of_the_config_is_all_it_needs(made_schema: None, recipe: str) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["method_settings"] |= ROW
    config["methods"].append("mcc")
    checked_config.check(config)
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
