"""A shared model is adapted to clips of a target, by the program: what changes, what may not, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from helpers.shared_model import ADAPTATION_SETTINGS, call, seal, share_flags, train

import amanda
from amanda import adapt_model, share_model
from amanda.sharing.features import read_frames
from amanda.sharing.folder import ADAPTATION, ADAPTED, MODEL, SUMS
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.files import read_table
from extractors.shared.program import UserError


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = train(tmp_path_factory.mktemp("pair"))
    call(share_model, share_flags(folder, folder / "model"))
    return folder


def adapt(pair: Path, out: Path, *, settings: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """Run the program; returns what it says of the changes."""
    told = json.dumps(ADAPTATION_SETTINGS | (settings or {}))
    flags: list[object] = ["--model", pair / "model", "--settings", told]
    flags += ["--modalities", *MODALITIES, "--features"]
    flags += [pair / "target" / f"{name}.parquet" for name in MODALITIES]
    for name in ("speakers", "labelled", "check"):
        flags += [f"--{name}", *([given[name]] if name in given else [])]
    flags += ["--expect", given.get("expect", ""), "--train", given.get("train", "no")]
    flags += ["--evidence", given.get("evidence", "ignore"), "--adapted", out / "adapted", "--device", "cpu"]
    flags += ["--predictions", out / "predictions.csv", "--changes", out / "changes.json", "--threads", 1]
    call(adapt_model, [str(flag) for flag in flags])
    return json.loads((out / "changes.json").read_text())


def clips_of(pair: Path) -> list[str]:
    return read_table(pair / "target" / "text.parquet", "")["clip_id"].to_pylist()


def write(path: Path, **columns: list[str]) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def speakers_file(pair: Path, path: Path) -> Path:
    clips = clips_of(pair)
    return write(path, clip_id=clips, speaker=[f"s{n // 4 % 3}" for n in range(len(clips))])


def predict(folder: Path, pair: Path, speakers: list[str] | None = None, **options: Any) -> Any:
    model = amanda.load(folder, **options)
    _, frames, faces = read_frames({name: pair / "target" / f"{name}.parquet" for name in MODALITIES}, None)
    return model, model.predict(frames, faces, speakers)


def raw_means(model: Any, pair: Path) -> np.ndarray:
    """Mean prediction of each network of an adapted model at temperature 1, [networks, classes]."""
    _, frames, faces = read_frames({name: pair / "target" / f"{name}.parquet" for name in MODALITIES}, None)
    logits = model.logits(frames, faces)["joint"] + model.adaptation.numbers["joint"][:, None]
    return torch.tensor(logits).softmax(dim=2).mean(dim=1).numpy()


def test_the_mean_prediction_of_each_network_has_the_expected_shares(pair: Path, tmp_path: Path) -> None:
    changes = adapt(pair, tmp_path, expect="neutral=.4,happy=.3,sad=.2,angry=.1")
    model, found = predict(tmp_path / "adapted", pair)
    np.testing.assert_allclose(raw_means(model, pair), [[0.4, 0.3, 0.2, 0.1]] * 2, atol=1e-3)
    assert changes["changed"]
    assert changes["adaptation"]["shares_from"] == "expected"
    table = pd.read_csv(tmp_path / "predictions.csv")
    np.testing.assert_allclose(table[[f"probability_{name}" for name in CLASSES]], found.probabilities, atol=1e-6)
    assert table["predicted"].tolist() == found.predicted == table["predicted_after"].tolist()
    np.testing.assert_allclose(table["probability_after"], found.probabilities.max(axis=1), atol=1e-6)
    before = predict(pair / "model", pair)[1]
    assert table["predicted_before"].tolist() == before.predicted
    np.testing.assert_allclose(table["probability_before"], before.probabilities.max(axis=1), atol=1e-6)
    assert changes["clips_that_change"] == (table["predicted_before"] != table["predicted_after"]).sum()
    means = model.adaptation.numbers["joint"].mean(axis=0)
    assert changes["numbers"] == pytest.approx(dict(zip(CLASSES, means, strict=True)))
    assert "too high" in changes["notes"][0]


def test_to_load_the_original_undoes_it(pair: Path, tmp_path: Path) -> None:
    adapt(pair, tmp_path, expect="angry=0", train="yes")
    _, original = predict(pair / "model", pair)
    model, undone = predict(tmp_path / "adapted", pair, adapted=False)
    np.testing.assert_array_equal(undone.probabilities, original.probabilities)
    assert model.adaptation is None
    _, adapted = predict(tmp_path / "adapted", pair)
    assert "angry" not in adapted.predicted
    np.testing.assert_array_equal(adapted.probabilities[:, 3], 0)
    for path in (pair / "model").iterdir():
        assert path.name == SUMS or path.read_bytes() == (tmp_path / "adapted" / path.name).read_bytes()


def test_stored_shares_are_the_fallback_and_the_answer_says_so(pair: Path, tmp_path: Path) -> None:
    changes = adapt(pair, tmp_path)
    assert changes["adaptation"]["shares_from"] == "stored"
    assert any("source's label shares were used" in note for note in changes["notes"])
    assert changes["warning"].startswith("SYNTHETIC DATA")


def test_shares_of_labelled_clips(pair: Path, tmp_path: Path) -> None:
    labelled = write(tmp_path / "labels.csv", clip_id=clips_of(pair)[:6], label=["sad"] * 6)
    changes = adapt(pair, tmp_path, labelled=labelled)
    assert changes["adaptation"]["shares"] == pytest.approx(dict(zip(CLASSES, [0.1, 0.1, 0.7, 0.1], strict=True)))
    assert changes["adaptation"]["shares_from"] == "labelled"


def test_speakers_are_standardised_and_needed_from_then_on(pair: Path, tmp_path: Path) -> None:
    changes = adapt(pair, tmp_path, speakers=speakers_file(pair, tmp_path / "speakers.csv"))
    assert (changes["adaptation"]["speakers"], changes["adaptation"]["domain"]) == (True, True)
    with pytest.raises(UserError, match="name the speaker of each clip"):
        predict(tmp_path / "adapted", pair)
    speakers = pd.read_csv(tmp_path / "speakers.csv")["speaker"].tolist()
    model, found = predict(tmp_path / "adapted", pair, speakers)
    table = pd.read_csv(tmp_path / "predictions.csv")
    np.testing.assert_allclose(table[[f"probability_{name}" for name in CLASSES]], found.probabilities, atol=1e-6)
    assert model.adaptation.record.speaker_weight == 5


def test_of_one_speaker_the_source_is_the_reference(pair: Path, tmp_path: Path) -> None:
    clips = clips_of(pair)
    changes = adapt(pair, tmp_path, speakers=write(tmp_path / "one.csv", clip_id=clips, speaker=["s"] * len(clips)))
    assert (changes["adaptation"]["speakers"], changes["adaptation"]["domain"]) == (True, False)


def test_speakers_who_hold_one_class_each_are_not_standardised(pair: Path, tmp_path: Path) -> None:
    _, before = predict(pair / "model", pair)
    changes = adapt(
        pair, tmp_path, speakers=write(tmp_path / "by.csv", clip_id=clips_of(pair), speaker=before.predicted)
    )
    assert not changes["adaptation"]["speakers"]
    assert any("of one class" in note for note in changes["notes"])


def test_training_moves_the_encoders_and_no_head(pair: Path, tmp_path: Path) -> None:
    adapt(pair, tmp_path, train="yes", expect="neutral=.4,happy=.3,sad=.2,angry=.1")
    trained, original = amanda.load(tmp_path / "adapted"), amanda.load(pair / "model")
    for one, other in zip(trained.networks, original.networks, strict=True):
        ours, theirs = one.state_dict(), other.state_dict()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours if name.startswith("heads."))
        assert any(not torch.equal(ours[name], theirs[name]) for name in ours if name.startswith("encoders."))
    np.testing.assert_allclose(raw_means(trained, pair), [[0.4, 0.3, 0.2, 0.1]] * 2, atol=1e-3)


def test_a_spread_prediction_is_left_alone_unless_the_lab_knows_better(pair: Path, tmp_path: Path) -> None:
    changes = adapt(pair, tmp_path, evidence="follow", settings={"enough": 0.0})
    assert not changes["changed"]
    assert "Each class is already predicted" in changes["reasons_against"][0]
    assert not (tmp_path / "adapted" / ADAPTATION).exists()
    _, kept = predict(tmp_path / "adapted", pair)
    assert pd.read_csv(tmp_path / "predictions.csv")["predicted"].tolist() == kept.predicted
    assert changes["clips_that_change"] >= 0  # the preview is there all the same
    assert adapt(pair, tmp_path, evidence="ignore", settings={"enough": 0.0})["changed"]
    assert adapt(pair, tmp_path, evidence="follow", settings={"enough": 0.0}, expect="sad=.3")["changed"]


def test_a_check_with_labels_stops_harm(pair: Path, tmp_path: Path) -> None:
    _, before = predict(pair / "model", pair)
    labels = write(tmp_path / "check.csv", clip_id=clips_of(pair), label=before.predicted)
    changes = adapt(pair, tmp_path, check=labels, evidence="follow", expect="neutral=1,happy=0,sad=0,angry=0")
    assert changes["check"]["before"]["weighted_f1"] == 100
    assert changes["check"]["after"]["weighted_f1"] < 100
    assert not changes["changed"]
    assert "lowers the weighted F1" in changes["reasons_against"][0]


def test_frames_far_from_the_source_raise_the_alarm(pair: Path, tmp_path: Path) -> None:
    changes = adapt(pair, tmp_path, evidence="follow", settings={"alarm": 1e-6}, expect="sad=.3")
    assert not changes["changed"]
    assert [reason.split()[1] for reason in changes["reasons_against"]] == list(MODALITIES)


def test_most_in_one_class_goes_half_way(pair: Path, tmp_path: Path) -> None:
    changes = adapt(pair, tmp_path, expect="neutral=.8,angry=0")
    assert changes["adaptation"]["halfway"]
    found = list(changes["adaptation"]["shares"].values())
    np.testing.assert_allclose(found, [(0.8 + 1 / 3) / 2, (0.1 + 1 / 3) / 2, (0.1 + 1 / 3) / 2, 0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"expect": "bored=1"}, "no class bored"),
        ({"expect": "sad"}, "is not a share"),
        ({"labelled": "clip_id,label\nnobody,sad\n"}, "clip nobody is not among the predicted clips"),
        ({"labelled": "clip_id,label\nc2_0,fear\n"}, "is not a class of the model"),
        ({"labelled": "clip_id,label\nc2_0,sad\nc2_0,sad\n"}, "has two rows"),
        ({"labelled": "clip_id,label\n"}, "has no clip"),
        ({"labelled": "clip,label\n"}, "no column clip_id"),
        ({"labelled": ""}, "not a CSV table"),
        ({"speakers": "clip_id,speaker\nc2_0,anna\n"}, "has no speaker; name"),
        ({"labelled": "clip_id,label\nc2_0,sad\n", "expect": "sad=.5"}, "give only one of them"),
    ],
)
def test_what_cannot_be_read_right_is_refused(pair: Path, tmp_path: Path, given: dict, message: str) -> None:
    files = {}
    for name, text in given.items():
        files[name] = text
        if name != "expect":
            files[name] = tmp_path / f"{name}.csv"
            files[name].write_text(text)
    with pytest.raises(UserError, match=message) as error:
        adapt(pair, tmp_path, **files)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "adapted").exists()


def test_an_adaptation_of_another_model_is_refused(pair: Path, tmp_path: Path) -> None:
    adapt(pair, tmp_path)
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "adapted", other)
    record = json.loads((other / MODEL).read_text())
    (other / MODEL).write_text(json.dumps(record | {"label": "another"}))
    seal(other)
    with pytest.raises(UserError, match="belongs to another model"):
        amanda.load(other)
    amanda.load(other, adapted=False)


def test_an_adaptation_without_its_numbers_is_refused(pair: Path, tmp_path: Path) -> None:
    adapt(pair, tmp_path)
    (tmp_path / "adapted" / ADAPTED).unlink()
    with pytest.raises(UserError, match="no such file"):
        amanda.load(tmp_path / "adapted")


def test_a_modality_whose_frames_are_all_alike_is_infinitely_far(pair: Path) -> None:
    model = amanda.load(pair / "model")
    _, frames, faces = read_frames({name: pair / "target" / f"{name}.parquet" for name in MODALITIES}, None)
    frames["audio"] = [np.zeros_like(rows) for rows in frames["audio"]]
    found = model.shift(frames, faces)
    assert found["audio"] == float("inf")
    assert np.isfinite([found["text"], found["visual"]]).all()
