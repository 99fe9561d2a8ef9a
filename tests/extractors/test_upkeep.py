"""Features that lie around: verified by their hashes, compared with canaries, forgotten clip by clip."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.sound_corpus import SETTINGS, run_program, write_release

from extractors import compare_canaries, forget_clips, index_features, verify_features
from extractors.features import clip_extraction as task
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone

LIMITS = json.dumps({"max_failed_fraction": 0.9, "max_faceless_fraction": 0.2})


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbones") / "audio"
    write_backbone("audio", 0, folder)
    return folder


@pytest.fixture
def features(tmp_path: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a manifest, three clips in audio/ and their index audio.parquet."""
    extract_all(tmp_path, write_release(tmp_path), backbone, monkeypatch)
    return tmp_path


def extract_all(folder: Path, manifest: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard = run_program(folder, manifest, backbone, monkeypatch)
    flags = ["--manifest", manifest, "--shards", shard, "--limits", LIMITS, "--index", folder / "audio.parquet"]
    monkeypatch.setattr(sys, "argv", ["index", *map(str, flags)])
    index_features.main()


def run(program, folder: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch, *more: object, **settings: object):
    flags = ["--manifest", folder / "manifest.parquet", "--release", folder, "--modality", "audio"]
    flags += [
        "--backbone",
        backbone,
        "--settings",
        json.dumps(SETTINGS | settings),
        "--index",
        folder / "audio.parquet",
    ]
    monkeypatch.setattr(sys, "argv", [program.__name__, *map(str, flags), *map(str, more)])
    program.main()


def test_all_matches(features: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(verify_features, features, backbone, monkeypatch, "--report", features / "report.txt", batch=7)
    assert (features / "report.txt").read_text().startswith("audio.parquet: all 5 clips match")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("frames", "clip_000: its frames in the file are not those that were extracted"),
        ("media", "clip_001: its media or its row in the manifest has changed since"),
        ("gone", "clip_001: its media is missing"),
        ("settings", "clip_000: it was extracted with other weights, settings"),
        ("config", "clip_000: it was extracted with other weights, settings or files of the backbone"),
    ],
)
def test_what_does_not_match_is_named(
    features: Path,
    backbone: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: str,
    problem: str,
) -> None:
    if damage == "frames":
        np.lib.format.open_memmap(features / "audio/1-of-1.npy", "r+")[3, 5] += 1
    elif damage == "media":
        (features / "1.wav").write_bytes((features / "0.wav").read_bytes())
    elif damage == "gone":
        (features / "1.wav").unlink()
    elif damage == "config":
        backbone = Path(shutil.copytree(backbone, features / "backbone"))
        config = json.loads((backbone / "config.json").read_text())
        (backbone / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    task._media_sha256.cache_clear()
    more = {"blocks": [1, 7, 11]} if damage == "settings" else {}
    with pytest.raises(UserError, match=r"[12] of 5 clips do not match"):
        run(verify_features, features, backbone, monkeypatch, "--report", features / "report.txt", **more)
    assert problem in capsys.readouterr().err
    assert not (features / "report.txt").exists()


def test_canaries_that_have_not_moved(
    features: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--clips", 5, "--max-drift", 0.001, "--report", features / "c.csv", "--device", "cpu", "--threads", 1]
    run(compare_canaries, features, backbone, monkeypatch, *more)
    table = pd.read_csv(features / "c.csv")
    assert table["block"].tolist() == [1, 7, 12, 1, 7, 12]
    assert table["drift"].max() == 0
    assert table["libraries_then"].tolist() == table["libraries_now"].tolist()
    assert "safe to mix old and new frames" in capsys.readouterr().err


def test_canaries_that_have_moved(
    features: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = np.lib.format.open_memmap(features / "audio/1-of-1.npy", "r+")
    stored[:, 32:64] *= np.float16(1.01)
    stored.flush()
    more = ["--clips", 1, "--max-drift", 0.001, "--report", features / "c.csv", "--device", "cpu", "--threads", 1]
    run(compare_canaries, features, backbone, monkeypatch, *more)
    drift = pd.read_csv(features / "c.csv").set_index("block")["drift"]
    assert drift[1] == drift[12] == 0
    assert drift[7] == pytest.approx(1 - 1 / float(np.float16(1.01)), rel=0.01)
    assert "re-extract the corpus" in capsys.readouterr().err


def test_drift_by_hand() -> None:
    old, new = np.array([[3.0, 4.0, 1.0, 0.0]]), np.array([[3.0, 4.5, 1.0, 0.0]])
    assert compare_canaries.drift(old, new, [1, 12]) == {1: pytest.approx(0.1), 12: 0.0}
    assert compare_canaries.drift(old, new[:0], [1, 12]) == {1: np.inf, 12: np.inf}
    assert compare_canaries.choose_canaries(list("abcdefgh"), 2) == ["c", "g"]
    assert compare_canaries.choose_canaries(["a"], 9) == ["a"]


def test_a_forgotten_clip_is_extracted_again_and_no_other(
    features: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (features / "audio/1-of-1.npy").read_bytes()
    monkeypatch.setattr(sys, "argv", ["forget", "--features", str(features / "audio"), "--clips", "clip_001"])
    forget_clips.main()
    printed = capsys.readouterr()
    assert printed.out == f"{features}/audio/1-of-1.npy\n"
    assert "1-of-1: 1 clips forgotten" in printed.err
    embedded = []
    original = verify_features.Task.finish
    monkeypatch.setattr(
        verify_features.Task,
        "finish",
        lambda task, ready: embedded.extend(one.clip["clip_id"] for one in ready) or original(task, ready),
    )
    extract_all(features, features / "manifest.parquet", backbone, monkeypatch)
    assert embedded == ["clip_001", "clip_002", "clip_003"]  # the last two failed before and are tried again
    assert (features / "audio/1-of-1.npy").read_bytes() == before


def test_a_name_that_begins_with_a_hyphen_is_no_flag(
    features: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["forget", "--features", str(features / "audio"), "--clips", "-3g5yACwYnA_0", "-x"]
    )
    with pytest.raises(UserError, match="no clip -3g5yACwYnA_0 among its 4"):
        forget_clips.main()
    monkeypatch.setattr(sys, "argv", ["forget", "--features", str(features / "audio"), "--clips"])
    with pytest.raises(UserError, match="names no clip"):
        forget_clips.main()


def test_forget_names_what_it_does_not_know(features: Path) -> None:
    with pytest.raises(UserError, match="no clip clip_999 among its 4"):
        forget_clips.forget(features / "audio", {"clip_999"})
    with pytest.raises(UserError, match="no finished extraction"):
        forget_clips.forget(features, {"all"})
    assert forget_clips.forget(features / "audio", {"all"}) == {"1-of-1": 4}
