"""Corpora with fewer modalities, from training to a shared model, its answers and its adaptation."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from helpers.pair import Sizes, write_pair
from helpers.shared_model import ADAPTATION_SETTINGS, call, share_flags, train

import amanda
from amanda import adapt_model, leave_out, predict_clips, share_model
from amanda.sharing.record import ModelRecord
from extractors.shared.clip import MODALITIES
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of


@pytest.fixture(scope="module", params=[("audio",), ("text", "audio"), ("visual",)], ids="-".join)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """A trained and shared model of some modalities; there are no features of the others."""
    folder, modalities = tmp_path_factory.mktemp("pair"), request.param
    sizes = Sizes(clips={"train": 40, "validation": 12, "test": 12})
    train(folder, "source_only", sizes, given=modalities, modalities=list(modalities))
    for side in ("source", "target"):
        for name in set(MODALITIES) - set(modalities):
            (folder / side / f"{name}.parquet").unlink()
    call(share_model, share_flags(folder, folder / "model", modalities))
    clips = read_table(folder / "target" / "splits.parquet", "")["clip_id"].to_pylist()
    times = pa.nulls(len(clips), pa.float64())
    table = pa.table({"clip_id": clips, "speaker": ["one"] * len(clips), "video_start": times, "video_end": times})
    write_table(folder / "target" / "manifest.parquet", table)
    return folder, modalities


def given(folder: Path, modalities: tuple[str, ...], flag: str) -> list[object]:
    return ["--modalities", *modalities, flag, *(folder / "target" / f"{name}.parquet" for name in modalities)]


def test_the_folder_holds_what_the_model_has_and_its_card_says_it(shared: tuple[Path, tuple[str, ...]]) -> None:
    folder, modalities = shared
    model = amanda.load(folder / "model")
    assert model.record.modalities == modalities
    assert set(model.record.backbones) == set(model.record.statistics) == set(model.columns) == set(modalities)
    card = (folder / "model" / "README.md").read_text(encoding="utf-8")
    words = {("audio",): "the voice", ("text", "audio"): "the words and the voice", ("visual",): "the face"}
    assert f"One of neutral, happy, sad, angry, from {words[modalities]} of a clip." in card


def test_it_answers_and_votes_with_what_it_has(shared: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    folder, modalities = shared
    flags = ["--model", folder / "model", "--manifest", folder / "target" / "manifest.parquet", "--device", "cpu"]
    flags += [*given(folder, modalities, "--features"), "--threads", 1]
    for name, ending in (("csv", "csv"), ("json-lines", "jsonl"), ("parquet", "parquet")):
        flags += [f"--{name}", tmp_path / f"answers.{ending}"]
    call(predict_clips, list(map(str, flags)))
    answers = pd.read_csv(tmp_path / "answers.csv")
    assert (answers["heads"] == "joint").all()
    assert [name for name in MODALITIES if answers[f"{name}_sad"].notna().all()] == list(modalities)
    assert [name for name in MODALITIES if answers[f"{name}_sad"].isna().all()] == [
        name for name in MODALITIES if name not in modalities
    ]


def test_it_is_adapted_with_what_it_has(shared: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    folder, modalities = shared
    flags = ["--model", folder / "model", "--settings", json.dumps(ADAPTATION_SETTINGS), "--threads", 1]
    flags += [*given(folder, modalities, "--features"), "--speakers", folder / "target" / "manifest.parquet"]
    flags += ["--labelled", "--check", "--expect", "", "--train", "yes", "--evidence", "ignore", "--device", "cpu"]
    flags += ["--adapted", tmp_path / "adapted", "--predictions", tmp_path / "p.csv", "--changes", tmp_path / "c.json"]
    call(adapt_model, list(map(str, flags)))
    assert set(json.loads((tmp_path / "c.json").read_text())["distance_from_source"]) == set(modalities)
    assert amanda.load(tmp_path / "adapted").record.modalities == modalities


def test_each_modality_that_it_has_is_left_out(shared: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    folder, modalities = shared
    flags = [*given(folder, modalities, "--target-features"), "--target-splits", folder / "target" / "splits.parquet"]
    flags += [
        "--missing-modality",
        "drop",
        "--weights",
        folder / "run" / "weights",
        "--seeds",
        0,
        1,
        "--resident-mb",
        100,
        "--device",
        "cpu",
    ]
    flags += ["--settings", '{"split": "test", "selection": "last_epoch"}', "--predictions", tmp_path / "out.parquet"]
    call(leave_out, list(map(str, [*flags, "--threads", 1])))
    assert set(pd.read_parquet(tmp_path / "out.parquet")["left_out"]) == {"nothing", *modalities}


def test_a_record_that_lacks_a_backbone_of_its_network_is_refused(shared: tuple[Path, tuple[str, ...]]) -> None:
    folder, modalities = shared
    made = json.loads((folder / "model" / "model.json").read_text())
    other = next(name for name in MODALITIES if name not in modalities)
    made["settings"]["modalities"] = [*modalities, other]
    with pytest.raises(UserError, match=r"a record whose backbones .* are of all its settings\.modalities"):
        settings_of(ModelRecord, made)


def test_indexes_are_of_the_modalities_that_are_named(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, Sizes())
    flags = [
        *given(pair, ("text", "audio"), "--target-features"),
        "--target-splits",
        pair / "target" / "splits.parquet",
    ]
    flags += [
        "--missing-modality",
        "drop",
        "--weights",
        pair,
        "--seeds",
        0,
        "--resident-mb",
        1,
        "--device",
        "cpu",
        "--threads",
        1,
    ]
    flags += ["--settings", '{"split": "test", "selection": "last_epoch"}', "--predictions", tmp_path / "out.parquet"]
    for names, words in (
        (["audio", "text"], r"--modalities audio text: name each once, in the order text audio visual"),
        (["text"], r"--target-features: 2 indexes for the 1 modalities text; give one of each"),
    ):
        with pytest.raises(UserError, match=words):
            call(leave_out, list(map(str, ["--modalities", *names, *flags[3:]])))
