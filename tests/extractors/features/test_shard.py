"""The driver loses no clip and packs the frames in order; shards divide a manifest."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from helpers.toy_extractor import DIM, FACE, SETTINGS, Toy, extract, make_clips, write_manifest

from extractors.extract_shard import parse_shard, shard_clips
from extractors.features.clip_extraction import Task, _media_sha256
from extractors.modalities.base import extract as extract_one
from extractors.modalities.text import TextSettings
from extractors.shared.files import read_table
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

TEXTS = [f"text {number}" for number in range(12)]
KEPT = ".1-of-1.npy.kept"


def test_frames_are_packed_in_order(tmp_path: Path) -> None:
    clips = make_clips(TEXTS)
    _, index = extract(tmp_path, clips, Toy(), precision="float32")
    frames = np.load(tmp_path / "1-of-1.npy", mmap_mode="r", allow_pickle=False)
    assert frames.dtype == np.float32
    assert frames.flags.c_contiguous
    for clip, row in zip(clips, index.to_pylist(), strict=True):
        stored = frames[row["offset"] : row["offset"] + row["length"]]
        np.testing.assert_array_equal(stored, extract_one(Toy(), clip, tmp_path).frames)
    assert len(frames) == sum(index["length"].to_pylist())
    assert sorted(path.name for path in tmp_path.glob("[!.]*")) == ["1-of-1.npy", "1-of-1.parquet"]
    assert (tmp_path / KEPT / "frames.npy").samefile(tmp_path / "1-of-1.npy")


def test_the_file_is_what_numpy_would_save(tmp_path: Path) -> None:
    content, _ = extract(tmp_path, make_clips(TEXTS), Toy())
    np.save(tmp_path / "saved.npy", np.load(tmp_path / "1-of-1.npy"))
    assert (tmp_path / "saved.npy").read_bytes() == content


def test_every_clip_is_accounted_for(tmp_path: Path) -> None:
    texts = ["text", "fail", "nan", "large", "none", "degraded", "unused", "text", "unreadable"]
    clips = make_clips(texts, excluded=(6,))
    _, index = extract(tmp_path, clips, Toy())
    rows = index.to_pylist()
    assert [row["clip_id"] for row in rows] == [clip["clip_id"] for clip in clips]
    assert [row["status"] for row in rows] == ["ok", *["failed"] * 4, "degraded", "excluded", "ok", "failed"]
    assert [row["reason"] for row in rows] == [
        "",
        "a clip that fails",
        "frames with NaN or infinite values",
        "frames up to 1e+05 are too large for float16; store float32",
        "no frames",
        "one face less",
        "another emotion",
        "",
        "a clip that cannot be read",
    ]
    assert [bool(row["length"]) for row in rows] == [True, False, False, False, False, True, False, True, False]
    assert rows[5]["valid"] == [True, False, True, True]
    assert [rows[5][name] for name in ("duration", "faces", "rivalry", "track", "found")] == [2.0, 3, 0.5, 0, [FACE]]
    assert [rows[0][name] for name in ("faces", "rivalry", "track", "found")] == [None] * 4
    assert rows[0]["libraries"] == f"numpy {np.__version__}"
    assert rows[0]["valid"] is None
    assert rows[1]["duration"] is None
    assert rows[0]["digest"] == rows[7]["digest"] != rows[5]["digest"]
    assert rows[6]["digest"] == ""


def test_float32_holds_what_float16_cannot(tmp_path: Path) -> None:
    _, index = extract(tmp_path, make_clips(["large"]), Toy(), precision="float32")
    assert index["status"].to_pylist() == ["ok"]


def test_a_touched_file_keeps_its_digest(tmp_path: Path) -> None:
    task = Task("audio", tmp_path, Toy(), settings_of(TextSettings, SETTINGS), "cpu")
    clip = make_clips(["a text"])[0]
    assert task.identify(clip) == {"input_hash": "", "digest": ""}
    _media_sha256.cache_clear()
    (tmp_path / "clip.wav").write_bytes(b"sound")
    before = task.identify(clip)
    os.utime(tmp_path / "clip.wav", (0, 0))
    _media_sha256.cache_clear()
    changed = settings_of(TextSettings, SETTINGS | {"sha256": "a" * 64, "revision": "b", "batch": 1, "window": 9})
    fresh = Task("audio", tmp_path / ".", Toy(), changed, "cpu")
    assert fresh.identify(clip | {"text": "another text"}) == before
    assert fresh.identify(clip | {"audio_end": 1.0}) != before
    (tmp_path / "other.wav").write_bytes(b"another sound")
    assert fresh.identify(clip | {"audio": "other.wav"}) != before


def test_shards_partition_the_manifest(tmp_path: Path) -> None:
    manifest = read_table(write_manifest(tmp_path / "manifest.parquet", make_clips(TEXTS)), "a test")
    shards = [shard_clips(manifest, k, 5) for k in range(1, 6)]
    assert [clip["text"] for clip in shards[1]] == ["text 2", "text 3"]
    assert [clip["text"] for shard in shards for clip in shard] == TEXTS


def test_a_shard_without_clips(tmp_path: Path) -> None:
    _, index = extract(tmp_path, [], Toy())
    assert index.num_rows == 0
    assert np.load(tmp_path / "1-of-1.npy", mmap_mode="r").shape == (0, DIM)


@pytest.mark.parametrize("text", ["", "1", "0-of-3", "4-of-3", "1-of-", "a-of-b", "1-of-2-of-3"])
def test_bad_shard(text: str) -> None:
    with pytest.raises(UserError, match="not of the form k-of-n"):
        parse_shard(text)
