"""What CONTRIBUTING says of adding an algorithm: its example, executed as it stands there."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
import yaml
from helpers.jobs import read_corpus_of
from helpers.pair import SETTINGS, Sizes, write_pair
from helpers.places import ROOT
from planning.config import check as checked_config
from planning.methods import complete_settings

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.shared.settings import COMMON, read_settings
from amanda.training import engine
from amanda.training.data import read_labels
from amanda.training.job import Job

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


def test_its_loss_is_that_of_pytorch_adapt(example: ModuleType) -> None:
    golden = np.load(ROOT / "tests" / "golden" / "validators.npz")
    value = example.class_confusion(torch.tensor(golden["in/logits_t"]), 1.0)
    assert float(value) == pytest.approx(float(golden["pytorch_adapt/MCCLoss_T1"]), abs=1e-12)


@pytest.mark.parametrize("recipe", ["paper", "published_code"])
def test_its_row_of_the_config_is_all_it_needs(example: ModuleType, recipe: str) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["method_settings"] |= ROW
    config["methods"].append("mcc")
    checked_config.check(config)
    settings = complete_settings(config, recipe, ROW["mcc"])
    assert read_settings(json.dumps(settings), COMMON | load_algorithm("mcc").keys) == settings


def test_it_trains(example: ModuleType, tmp_path: Path) -> None:
    pair = write_pair(tmp_path, Sizes())
    source, target = read_corpus_of(pair / "source"), read_corpus_of(pair / "target")
    labels = read_labels(pair / "source" / "labels.parquet", source)
    settings = SETTINGS | {"trade_off": 1.0, "learning_rate": 0.01}
    job = Job("mcc", settings, source, labels, target, torch.device("cpu"))
    run = engine.start(job, 0)
    for _ in range(8):
        engine.run_epoch(job, [run])
    confusion = [epoch["class_confusion"] for epoch in run.history]
    assert 0 <= confusion[-1] < confusion[0] <= 1
