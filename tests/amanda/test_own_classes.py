"""Classes of one's own, from training to the statistics: every algorithm, ten classes, and labels for some clips."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.changed import changed
from helpers.pair import OF_METHOD, Sizes, train_flags, typed, write_names, write_pair
from helpers.significance_helpers import SETTINGS as STATISTICS
from safetensors import safe_open

from amanda import score_pair, train_pair
from amanda.algorithms.base import load_algorithm
from amanda.shared.tables.predictions import LOGITS, PREDICTIONS
from amanda.shared.tables.scores import CHOSEN, F1, SCORES, SHARES
from amanda.shared.tables.table import classes_of
from amanda.statistics.comparison import significance
from amanda.training.data import labelled, labels_of, read_corpus
from extractors.shared.clip import MODALITIES
from extractors.shared.files import read_table, write_table
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError

TEN = tuple(f"mood-{number}" for number in range(10))
SIZES = Sizes(clips={"train": 40, "validation": 20, "test": 20}, classes=TEN)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("ten"), SIZES)


def train(pair: Path, output: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = OF_METHOD[algorithm] | {"epochs": 1, "batch_size": 20}
    flags = train_flags(pair, output, algorithm, json.dumps(settings), [0])
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
    train_pair.main()


@pytest.mark.parametrize("algorithm", ["amanda", "cdan", "daln", "mada"])
def test_ten_classes_go_from_training_to_the_statistics(
    pair: Path, tmp_path: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(pair, tmp_path, algorithm, monkeypatch)
    assert classes_of(PREDICTIONS.read(tmp_path / "predictions.parquet").column_names, LOGITS) == list(TEN)
    scores, chosen = tmp_path / "scores.parquet", tmp_path / "chosen.parquet"
    flags = ["--predictions", tmp_path / "predictions.parquet", "--scores", scores, "--chosen-predictions", chosen]
    flags += ["--source-labels", pair / "source/labels.parquet", "--source-splits", pair / "source/splits.parquet"]
    flags += ["--target-labels", pair / "target/labels.parquet", "--settings", '{"split": "test"}']
    flags += ["--source", "one", "--target", "other", "--method", algorithm]
    monkeypatch.setattr(sys, "argv", ["amanda.score_pair", *map(str, flags)])
    score_pair.main()
    table = SCORES.read(scores)
    assert classes_of(table.column_names, F1) == classes_of(table.column_names, SHARES) == list(TEN)
    row = table.to_pandas().set_index("selection").loc["last_epoch"]
    assert row["clips"] == 20
    assert row["chance_weighted_f1"] == pytest.approx(10.0)
    asked = {"classes": list(TEN), "pairs": ["one-other"], "methods": [algorithm], "seeds": [0], "resamples": 100}
    cells = significance(CHOSEN.read_all([chosen]), changed(STATISTICS, **asked))["cells"]
    assert cells["weighted_f1_mean"].tolist() == pytest.approx([row["weighted_f1"]] * 2)


def test_mada_has_a_discriminator_for_each_class() -> None:
    kind = load_algorithm("mada")
    dims = {"text": 6, "audio": 6, "visual": 5}
    network = kind(dims, typed(OF_METHOD["mada"], kind.Settings), torch.full((7,), 1 / 7), torch.Generator())
    assert all(len(each) == 7 for each in network.discriminators.values())


def test_a_prior_of_another_length_is_refused() -> None:
    kind = load_algorithm("amanda")
    settings = typed(OF_METHOD["amanda"] | {"prior": [0.25] * 4}, kind.Settings)
    with pytest.raises(UserError, match="prior has 4 shares and there are 7 classes; give a share of each class"):
        kind({"text": 6, "audio": 6, "visual": 5}, settings, torch.full((7,), 1 / 7), torch.Generator())


def test_a_source_is_trained_on_its_labelled_clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips without a label are as if they were not there: the same weights as of a corpus without them."""
    one = write_pair(tmp_path / "one", Sizes())
    told = read_labels(one / "source/labels.parquet")
    clips = list(told.of_clip)
    names = ["" if number in (8, 9, 10, 11, 24) else told.of_clip[clip] for number, clip in enumerate(clips)]
    write_names(one / "source/labels.parquet", clips, names)
    train(one, tmp_path / "some", "amanda", monkeypatch)
    splits = read_table(one / "source/splits.parquet", "")
    kept = splits.filter([bool(name) for name in names])
    write_table(one / "source/splits.parquet", kept)
    train(one, tmp_path / "fewer", "amanda", monkeypatch)
    weights = [tmp_path / name / "weights/seed0-last_epoch.safetensors" for name in ("some", "fewer")]
    with safe_open(weights[0], "np") as some, safe_open(weights[1], "np") as fewer:
        assert list(some.keys()) == list(fewer.keys())
        for name in some.keys():  # noqa: SIM118 - it is no dict
            np.testing.assert_array_equal(some.get_tensor(name), fewer.get_tensor(name))


def test_labels_of_a_corpus_are_those_of_its_labelled_clips(tmp_path: Path) -> None:
    folder = write_pair(tmp_path, Sizes()) / "source"
    told = read_labels(folder / "labels.parquet")
    clips = list(told.of_clip)
    write_names(folder / "labels.parquet", clips, ["", *list(told.of_clip.values())[1:]])
    some = read_labels(folder / "labels.parquet")
    indexes = {name: folder / f"{name}.parquet" for name in MODALITIES}
    corpus = read_corpus(indexes, folder / "splits.parquet", "drop", torch.device("cpu"), 10**9, labelled(some))
    assert clips[0] not in corpus.clip_ids
    assert len(labels_of(corpus, some)) == len(corpus.clip_ids) == len(clips) - 1
    everything = read_corpus(indexes, folder / "splits.parquet", "drop", torch.device("cpu"), 10**9)
    with pytest.raises(UserError, match=f"1 clips of the splits, such as {clips[0]}, have no label among"):
        labels_of(everything, some)
