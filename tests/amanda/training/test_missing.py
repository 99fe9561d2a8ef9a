"""Clips that lack a modality, from the indexes of features to runs, a shared model and what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from helpers.jobs import assert_same, make_job, read_corpus_of
from helpers.pair import OF_METHOD, Sizes, train_flags, write_pair
from helpers.shared_model import call, score, share_flags

import amanda
from amanda import leave_out, share_model, train_pair
from amanda.shared.tables.history import HISTORY
from amanda.shared.tables.predictions import PREDICTIONS
from amanda.training.data import check_pair
from amanda.training.engine import run_epoch, start
from extractors.shared.clip import EMPTY, MODALITIES, SILENT
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError

SIZES = Sizes(clips={"train": 40, "validation": 16, "test": 12})


def spoil(index: Path, rows: dict[int, dict[str, object]]) -> None:
    """Change some columns of an index at some rows."""
    table = read_table(index, "a test")
    for name in {column for changes in rows.values() for column in changes}:
        values = table[name].to_pylist()
        for row, changes in rows.items():
            values[row] = changes.get(name, values[row])
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))
    write_table(index, table)


NO_WORDS = {"status": "degraded", "reason": f"{EMPTY}."}
NO_SOUND = {"status": "degraded", "reason": f"{SILENT} (-80 dB)"}
FAILED = {"status": "failed", "reason": "a.mp4 has no sound", "length": 0}


def lacking(pair: Path) -> Path:
    """Clips 0 and 41 without words, 1 silent, 2 without a face, 3 without a sound track, 4 without anything."""
    for side in ("source", "target"):
        spoil(pair / side / "text.parquet", {0: NO_WORDS, 4: NO_WORDS, 41: NO_WORDS})
        spoil(pair / side / "audio.parquet", {1: NO_SOUND, 3: FAILED, 4: FAILED})
        spoil(pair / side / "visual.parquet", {2: {"faces": 0}, 4: {"faces": 0}})
    return pair


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lacking(write_pair(tmp_path_factory.mktemp("pair"), SIZES))


def test_a_clip_stays_that_any_modality_says_something_of(pair: Path) -> None:
    names = read_table(pair / "source" / "splits.parquet", "a test")["clip_id"].to_pylist()
    masked = read_corpus_of(pair / "source", "mask")
    assert masked.clip_ids.tolist() == [name for place, name in enumerate(names) if place != 4]
    assert (masked.without_features, masked.lacking) == (1, True)
    every = torch.arange(len(masked.clip_ids))
    absent = {name: (~masked.has(name, every)).nonzero().flatten().tolist() for name in MODALITIES}
    assert absent == {"text": [0, 40], "audio": [1, 3], "visual": [2]}
    frames = masked.frames(torch.tensor([2, 5]))
    assert frames["visual"].lengths.tolist() == [0, SIZES.frames]


def test_to_drop_leaves_out_what_has_no_features_and_nothing_else(pair: Path) -> None:
    names = read_table(pair / "source" / "splits.parquet", "a test")["clip_id"].to_pylist()
    dropped = read_corpus_of(pair / "source", "drop")
    assert dropped.clip_ids.tolist() == [name for place, name in enumerate(names) if place not in (3, 4)]
    assert not dropped.lacking


def test_a_modality_that_too_few_clips_have_is_refused(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, SIZES)
    spoil(pair / "target" / "text.parquet", dict.fromkeys(range(39), NO_WORDS))
    with pytest.raises(UserError, match=r"text\.parquet: 1 clips of the train split have text, and 2 are needed"):
        check_pair(read_corpus_of(pair / "source", "mask"), read_corpus_of(pair / "target", "mask"))


@pytest.mark.parametrize("algorithm", ["source_only", "amanda", "cdan", "mada", "daln"])
def test_every_epoch_has_every_number(pair: Path, algorithm: str) -> None:
    """In batches of 8, of which a modality may be left out of a few."""
    run = start(make_job(pair, algorithm, "mask"), 0)
    for _ in range(2):
        run_epoch(make_job(pair, algorithm, "mask"), [run])
    for values in run.history:
        assert np.isfinite(list(values.values())).all()
        for name in (*MODALITIES, "joint"):
            assert {f"cross_entropy_{name}", f"a_distance_{name}", f"norm_target_{name}"} <= values.keys()
    assert np.isfinite(np.stack(run.target_logits)).all()


def test_where_nothing_is_missing_both_are_the_same(tmp_path: Path) -> None:
    pair = write_pair(tmp_path / "pair", SIZES)
    for name in ("drop", "mask"):
        flags = train_flags(pair, tmp_path / name, "amanda", json.dumps(OF_METHOD["amanda"]), [0], missing=name)
        call(train_pair, flags)
    assert_same(tmp_path / "drop", tmp_path / "mask", (0,))


def test_streamed_and_resident_clips_are_the_same(pair: Path, tmp_path: Path) -> None:
    for resident in (0, 1000):
        folder = tmp_path / str(resident)
        flags = train_flags(pair, folder, "dann", json.dumps(OF_METHOD["dann"]), [0], resident, missing="mask")
        call(train_pair, flags)
    assert_same(tmp_path / "0", tmp_path / "1000", (0,))


@pytest.fixture(scope="module")
def trained(pair: Path) -> Path:
    settings = json.dumps(OF_METHOD["source_only"])
    call(train_pair, train_flags(pair, pair / "run", "source_only", settings, [0, 1], missing="mask"))
    score(pair, "source_only")
    return pair


def test_the_programs_take_clips_that_lack_a_modality(trained: Path, tmp_path: Path) -> None:
    predicted = PREDICTIONS.read(trained / "run" / "predictions.parquet").to_pandas()
    assert len(set(predicted[predicted["domain"] == "target"]["clip_id"])) == 67
    assert "total" in set(HISTORY.read(trained / "run" / "history.parquet")["name"].to_pylist())
    flags = ["--modalities", *MODALITIES, "--missing-modality", "mask", "--target-features"]
    flags += [str(trained / "target" / f"{name}.parquet") for name in MODALITIES]
    flags += [
        "--target-splits",
        str(trained / "target" / "splits.parquet"),
        "--weights",
        str(trained / "run" / "weights"),
    ]
    flags += ["--seeds", "0", "1", "--settings", '{"split": "train", "selection": "last_epoch"}', "--device", "cpu"]
    flags += ["--predictions", str(tmp_path / "out.parquet"), "--resident-mb", "100", "--threads", "1"]
    call(leave_out, flags)
    left = pd.read_parquet(tmp_path / "out.parquet")
    left = left[(left["seed"] == 0)].pivot(index="clip_id", columns="left_out", values="predicted")
    names = read_table(trained / "target" / "splits.parquet", "a test")["clip_id"].to_pylist()
    # Nothing is left out of a clip in what it has not.
    for place, name in ((0, "text"), (1, "audio"), (2, "visual"), (3, "audio")):
        assert left.loc[names[place], name] == left.loc[names[place], "nothing"]
    given = share_flags(trained, tmp_path / "model")
    given[given.index("drop")] = "mask"
    call(share_model, given)
    record = amanda.load(tmp_path / "model").record
    assert {name: each.clips for name, each in record.statistics.items()} == {"text": 38, "audio": 37, "visual": 38}
