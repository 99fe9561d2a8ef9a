"""The program on real files: sound in, index and frames out, and one clear sentence for whatever a person can mend."""

from __future__ import annotations

import errno
import json
import sys
import wave
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from toy_extractor import make_clips, write_manifest

from extractors import extract_shard, index_features
from extractors.features.shard_journal import Journal
from extractors.features.store import open_features
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone

SETTINGS = {
    "precision": "float16",
    "blocks": [1, 7, 12],
    "revision": "",
    "sha256": "",
    "batch": 100,
    "silence_db": -70,
    "compute": "float32",
    "window": 1,
}


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbones") / "audio"
    write_backbone("audio", 0, folder)
    return folder


def write_release(folder: Path) -> Path:
    """Four clips: two sounds, a text that calls itself a sound, and a file that is not there."""
    clips = make_clips(["one", "two", "three", "four", "five"], excluded=(4,))
    for number, clip in enumerate(clips):
        clip["audio"] = f"{number}.wav"
    for number in (0, 1):
        with wave.open(str(folder / f"{number}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(np.random.default_rng(number).integers(-9999, 9999, 8000 + number).astype("<i2").tobytes())
    (folder / "2.wav").write_text("la la la\n" * 100)
    return write_manifest(folder / "manifest.parquet", clips)


def run_program(
    folder: Path, manifest: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch, /, **changes: str
) -> Path:
    flags = {
        "manifest": manifest,
        "release": folder,
        "modality": "audio",
        "shard": "1-of-1",
        "backbone": backbone,
        "settings": json.dumps(SETTINGS),
        "frames": folder / "audio/1-of-1.npy",
        "index": folder / "audio/1-of-1.parquet",
        "device": "cpu",
        "threads": "1",
    }
    words = [str(word) for name, value in (flags | changes).items() for word in (f"--{name}", value)]
    monkeypatch.setattr(sys, "argv", ["extract", *words])
    extract_shard.main()
    return folder / "audio/1-of-1.parquet"


def test_from_files_to_features(tmp_path: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = write_release(tmp_path)
    shard = run_program(tmp_path, manifest, backbone, monkeypatch)
    limits = json.dumps({"max_failed_fraction": 0.5, "max_faceless_fraction": 0.2})
    flags = ["--manifest", manifest, "--shards", shard, "--limits", limits, "--index", tmp_path / "audio.parquet"]
    monkeypatch.setattr(sys, "argv", ["index", *map(str, flags)])
    index_features.main()
    features = open_features(tmp_path / "audio.parquet")
    table = features.table
    assert table.status.tolist() == ["ok", "ok", "failed", "failed", "excluded"]
    assert table.reason.iloc[2].startswith("2.wav: not readable as media")
    assert table.reason.iloc[3] == "3.wav: no such file"
    assert features.dim == 96
    assert [len(features.frames(clip)) for clip in table.index] == [24, 24, 0, 0, 0]
    assert table.duration.iloc[0] == 0.5
    assert set(table.extractor) == {"Wav2Vec2"}
    assert table.blocks.iloc[0].tolist() == [1, 7, 12]
    assert table.weights_sha256.str.len().tolist() == [64] * 5
    assert [len(digest) for digest in pq.read_table(shard)["digest"].to_pylist()] == [64, 64, 64, 0, 0]


def test_the_same_bytes_again(tmp_path: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = write_release(tmp_path)
    shard = run_program(tmp_path, manifest, backbone, monkeypatch)
    frames, table = shard.with_suffix(".npy").read_bytes(), pq.read_table(shard)
    run_program(tmp_path, manifest, backbone, monkeypatch)
    assert shard.with_suffix(".npy").read_bytes() == frames
    assert pq.read_table(shard) == table


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"manifest": "absent.parquet"}, r"absent\.parquet: no such file; make it with extractors\.manifest"),
        ({"shard": "2-of-1"}, "--shard 2-of-1: not of the form k-of-n"),
        ({"backbone": "/absent/wav2vec2"}, "/absent/wav2vec2: neither a folder nor a network"),
        ({"settings": json.dumps(SETTINGS | {"precision": "int8"})}, "precision int8; use float16 or float32"),
        ({"settings": json.dumps(SETTINGS | {"sha256": "0" * 64})}, "its SHA-256 is [0-9a-f]{64}, not 0{64}"),
        ({"settings": json.dumps(SETTINGS | {"blocks": [1, 13]})}, "the network has the blocks 1 to 12"),
    ],
)
def test_mistakes(
    tmp_path: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        run_program(tmp_path, write_release(tmp_path), backbone, monkeypatch, **changes)
    assert not (tmp_path / "audio").exists()


def test_a_full_disk(tmp_path: Path, backbone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = write_release(tmp_path)
    append = Journal.append

    def append_once(self: Journal, frames: np.ndarray, row: dict) -> None:
        if self.rows:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, frames, row)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", append_once)
        with pytest.raises(
            UserError, match="No space left on device; mend that and start again, finished clips are kept"
        ):
            run_program(tmp_path, manifest, backbone, monkeypatch)
    assert [file.name for file in (tmp_path / "audio").iterdir()] == [".1-of-1.npy.work"]
    assert pq.read_table(run_program(tmp_path, manifest, backbone, monkeypatch)).num_rows == 5
