"""A model is shared and loaded: it predicts what was trained, and a folder that is not as it was is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.shared_model import SHARED, call, seal, share_flags, train
from safetensors.torch import load_file, save_file

import amanda
from amanda import share_model
from amanda.scoring.metrics import probabilities
from amanda.shared.tables.predictions import LOGITS, PREDICTIONS
from amanda.shared.tables.table import columns_of
from amanda.sharing.features import read_frames
from amanda.sharing.folder import COLUMNS, MODEL, SUMS
from extractors.features.store import open_features
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.files import read_table
from extractors.shared.program import UserError


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("pair"))


@pytest.fixture(scope="module")
def shared(pair: Path) -> Path:
    call(share_model, share_flags(pair, pair / "model"))
    return pair / "model"


@pytest.fixture
def folder(shared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shared, tmp_path / "model"))


def frames_of(
    pair: Path, clips: list[str] | None = None
) -> tuple[list[str], dict[str, list[np.ndarray]], list[np.ndarray]]:
    return read_frames({name: pair / "target" / f"{name}.parquet" for name in MODALITIES}, clips)


def trained_logits(pair: Path) -> tuple[list[str], np.ndarray]:
    """Logits of the last epoch that training stored of the target, [seeds, clips, classes]."""
    table = PREDICTIONS.read(pair / "run" / "predictions.parquet").to_pandas()
    table = table[(table["domain"] == "target") & (table["epoch"] == table["epoch"].max())]
    seeds = [rows for _, rows in table.groupby("seed", sort=True)]
    return seeds[0]["clip_id"].tolist(), np.stack([rows[columns_of(rows.columns, LOGITS)].to_numpy() for rows in seeds])


def test_it_predicts_what_training_stored(pair: Path, shared: Path) -> None:
    clips, logits = trained_logits(pair)
    model = amanda.load(shared)
    names, frames, faces = frames_of(pair, clips)
    assert names == clips
    found = model.predict(frames, faces)
    temperature = model.record.calibration.temperatures["joint"]
    wanted = np.mean([probabilities(each / temperature) for each in logits], axis=0)
    np.testing.assert_allclose(found.probabilities, wanted, atol=1e-5)
    assert found.joint.all()
    assert found.predicted == [CLASSES[place] for place in wanted.argmax(axis=1)]
    agree = (logits.argmax(axis=2) == wanted.argmax(axis=1)).mean(axis=0)
    np.testing.assert_array_equal(found.agreement, agree)


def test_a_prediction_does_not_depend_on_the_other_clips(pair: Path, shared: Path) -> None:
    model = amanda.load(shared)
    _, frames, faces = frames_of(pair)
    together = model.predict(frames, faces)
    alone = model.predict({name: rows[5:6] for name, rows in frames.items()}, faces[5:6])
    np.testing.assert_allclose(alone.probabilities[0], together.probabilities[5], atol=1e-6)


def test_where_a_modality_is_missing_the_others_vote(pair: Path, shared: Path) -> None:
    model = amanda.load(shared)
    _, frames, faces = frames_of(pair)
    whole = model.predict(frames, faces)
    silent = {name: list(rows) for name, rows in frames.items()}
    silent["audio"][0] = np.zeros((0, 0), np.float32)
    for name in MODALITIES:
        silent[name][1] = np.zeros((0, 0), np.float32)
    found = model.predict(silent, faces)
    np.testing.assert_allclose(
        found.probabilities[0], (whole.votes["text"][0] + whole.votes["visual"][0]) / 2, atol=1e-6
    )
    assert found.joint.tolist()[:3] == [False, False, True]
    assert np.isnan(found.votes["audio"][0]).all()
    assert np.isnan(found.probabilities[1]).all()
    assert np.isnan(found.agreement[1])
    assert found.predicted[1] == ""
    np.testing.assert_allclose(found.probabilities[2:], whole.probabilities[2:], atol=1e-6)


def test_statistics_are_those_of_the_train_frames(pair: Path, shared: Path) -> None:
    model = amanda.load(shared)
    split = read_table(pair / "source" / "splits.parquet", "").to_pandas().set_index("clip_id")["split"]
    for name in MODALITIES:
        features = open_features(pair / "source" / f"{name}.parquet")
        clips = [clip for clip in features.table.index if split[clip] == "train"]
        rows = np.concatenate([features.frames(clip)[features.valid(clip)] for clip in clips]).astype(np.float64)
        np.testing.assert_allclose(model.columns[name].mean, rows.mean(axis=0), rtol=1e-9)
        np.testing.assert_allclose(model.columns[name].deviation, rows.std(axis=0), rtol=1e-9)
        assert model.record.statistics[name].frames == len(rows)
    assert list(model.record.shares.values()) == [0.25] * 4
    assert model.record.share_clips == 48
    assert model.record.calibration.clips == 24


def test_nothing_of_the_corpus_leaves_with_it(pair: Path, shared: Path) -> None:
    clips = read_table(pair / "source" / "splits.parquet", "")["clip_id"].to_pylist()
    everything = b"".join(path.read_bytes() for path in shared.iterdir())
    assert [clip for clip in clips if clip.encode() + b'"' in everything] == []
    assert str(pair).encode() not in everything
    # The checksum of the weights that were shared is of networks alone: no buffer, no optimiser.
    assert all(name.startswith(("encoders.", "heads.")) for name in load_file(shared / "seed0.safetensors"))


def test_a_name_that_would_leave_is_refused(pair: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="licence note"):
        call(share_model, share_flags(pair, tmp_path / "model", licence_note=f"see {Path.cwd()}/LICENCE"))
    assert not (tmp_path / "model").exists()


def test_few_clips_are_refused(pair: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="only 24 clips are used for the calibration"):
        call(share_model, share_flags(pair, tmp_path / "model", least_clips=25))
    assert not (tmp_path / "model").exists()


def test_the_card_warns_of_few_clips_and_synthetic_data(shared: Path) -> None:
    card = (shared / "README.md").read_text()
    assert "SYNTHETIC DATA" in card
    assert "FEW CLIPS: a statistic in this folder is of 24 clips only" in card
    assert card.startswith("---\nlicense: other\n")
    assert SHARED["licence_note"] in card


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / SUMS).unlink(), "not a model folder"),
        (lambda folder: (folder / SUMS).write_text("hello"), "not a list of checksums"),
        (lambda folder: (folder / MODEL).unlink(), "no such file"),
        (lambda folder: (folder / MODEL).write_text("{}"), "changed or is incomplete"),
        (lambda folder: (folder / COLUMNS).write_bytes(b""), "changed or is incomplete"),
        (lambda folder: (folder / "seed1.safetensors").write_bytes(bytes(10**7)), "more than the"),
        (lambda folder: (folder / MODEL).write_bytes(b" " * 2_000_000), "more than the"),
    ],
)
def test_a_folder_that_is_not_as_it_was_is_refused(folder: Path, change: Any, message: str) -> None:
    change(folder)
    with pytest.raises(UserError, match=message) as error:
        amanda.load(folder)
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


def edit(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / MODEL).read_text()) | changes
    (folder / MODEL).write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: edit(folder, format=2), "format"),
        (lambda folder: edit(folder, classes=["happy", "sad", "angry", "neutral"]), "classes"),
        (lambda folder: edit(folder, algorithm="os.system"), "unknown algorithm"),
        (lambda folder: edit(folder, shares=dict.fromkeys(CLASSES, 0.5)), "shares"),
        (lambda folder: edit(folder, surprise=1), "surprise"),
        (lambda folder: edit(folder, settings={}), "settings"),
        (lambda folder: resize(folder, 10**12), "settings of no network|seed0"),
        (lambda folder: resize(folder, 10**4), "seed0"),
        (lambda folder: edit(folder, calibration=calibration(folder, {"joint": 1.0})), "temperatures"),
        (lambda folder: save_file({"a": torch.zeros(2)}, folder / "seed0.safetensors"), "seed0.safetensors: array"),
        (
            lambda folder: (folder / "seed0.safetensors").write_bytes(b"not safetensors at all"),
            "not a safetensors file",
        ),
        (lambda folder: spoil(folder), "not finite"),
    ],
)
def test_a_resealed_folder_is_refused_for_what_it_says(folder: Path, change: Any, message: str) -> None:
    change(folder)
    seal(folder)
    with pytest.raises(UserError, match=message) as error:
        amanda.load(folder)
    assert "\n" not in str(error.value)


def resize(folder: Path, representation: int) -> None:
    settings = json.loads((folder / MODEL).read_text())["settings"] | {"representation": representation}
    edit(folder, settings=settings)


def calibration(folder: Path, temperatures: dict[str, float]) -> dict[str, Any]:
    return json.loads((folder / MODEL).read_text())["calibration"] | {"temperatures": temperatures}


def spoil(folder: Path) -> None:
    tensors = load_file(folder / "seed0.safetensors")
    first = next(iter(tensors))
    save_file(tensors | {first: torch.full_like(tensors[first], torch.nan)}, folder / "seed0.safetensors")


def test_a_card_that_was_edited_harms_nothing(folder: Path) -> None:
    (folder / "README.md").write_text("edited on the hub")
    amanda.load(folder)


def test_other_frames_are_refused(pair: Path, shared: Path) -> None:
    model = amanda.load(shared)
    _, frames, faces = frames_of(pair)
    for name, rows in (("text", np.zeros((3, 7))), ("visual", np.zeros((5, 5))), ("audio", np.full((9, 6), np.nan))):
        wrong = {key: list(value) for key, value in frames.items()}
        wrong[name][0] = rows.astype(np.float32)
        with pytest.raises(UserError, match=f"{name} of clip 0"):
            model.predict(wrong, faces)


def test_to_import_amanda_loads_no_torch() -> None:
    code = "import sys, amanda; amanda.__version__; print('torch' in sys.modules, 'numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]


def test_other_mixing_input_is_refused(tmp_path: Path) -> None:
    pair = train(tmp_path, textcnn_input="published_code_view", epochs=1)
    with pytest.raises(UserError, match="train with textcnn_input concatenated"):
        call(share_model, share_flags(pair, tmp_path / "model"))
