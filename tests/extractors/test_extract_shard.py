"""The program on real files: sound in, index and frames out, and one clear sentence for whatever a person can mend."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.sound_corpus import SETTINGS, run_program, write_release

from extractors import index_features
from extractors.features.shard_journal import Journal
from extractors.features.store import open_features
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbones") / "audio"
    write_backbone("audio", 0, folder)
    return folder


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
        ({"manifest": "absent.parquet"}, r"absent\.parquet: no such file; make it with extractors\.read_release"),
        ({"shard": "2-of-1"}, "--shard 2-of-1: not of the form k-of-n"),
        ({"backbone": "/absent/wav2vec2"}, "/absent/wav2vec2: neither a folder nor a network"),
        (
            {"settings": json.dumps(SETTINGS | {"precision": "int8"})},
            "precision is \"int8\"; it must be 'float16' or 'float32'",
        ),
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
            UserError, match="No space left on device; correct this and start again, finished clips are kept"
        ):
            run_program(tmp_path, manifest, backbone, monkeypatch)
    assert [file.name for file in (tmp_path / "audio").iterdir()] == [".1-of-1.npy.work"]
    assert pq.read_table(run_program(tmp_path, manifest, backbone, monkeypatch)).num_rows == 5
