"""The reader gives back what was packed, and says clearly what is wrong with a store that is damaged."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extractors.features.store import CORPUS_INDEX, open_features
from extractors.shared.program import UserError

LENGTHS = [3, 0, 5, 2]
PROVENANCE = {
    "extractor": "Bert",
    "weights": "tiny",
    "weights_sha256": "0" * 64,
    "config_sha256": "1" * 64,
    "revision": "",
    "blocks": [1, 7, 12],
    "preprocessing": 1,
    "precision": "float16",
    "compute": "float32",
    "device": "cpu",
    "libraries": "torch 2",
    "input_hash": "",
    "digest": "",
    "frames_sha256": "",
}


def write_store(folder: Path, precision: str = "float16") -> tuple[Path, list[np.ndarray]]:
    """Four clips in two shards, the second clip failed, the third with a mask."""
    random = np.random.default_rng(0)
    clips = [random.standard_normal((length, 4)).astype(precision) for length in LENGTHS]
    rows = []
    for number, frames in enumerate(clips):
        shard = number % 2
        row = PROVENANCE | {
            "clip_id": f"clip_{number}",
            "status": "ok" if len(frames) else "failed",
            "reason": "" if len(frames) else "no sound",
            "offset": sum(LENGTHS[shard:number:2]),
            "length": len(frames),
            "valid": [True, False, True, True, False] if number == 2 else None,
            "duration": 1.0,
            "faces": None,
            "frames_file": f"text/{shard + 1}-of-2.npy",
        }
        rows.append(row)
    (folder / "text").mkdir(parents=True)
    for shard in (0, 1):
        np.save(folder / f"text/{shard + 1}-of-2.npy", np.concatenate(clips[shard::2]))
    pq.write_table(pa.Table.from_pylist(rows, schema=CORPUS_INDEX), folder / "text.parquet")
    return folder / "text.parquet", clips


@pytest.mark.parametrize("precision", ["float16", "float32"])
def test_round_trip(tmp_path: Path, precision: str) -> None:
    index, clips = write_store(tmp_path, precision)
    features = open_features(index)
    assert features.dim == 4
    assert list(features.table.index) == [f"clip_{number}" for number in range(4)]
    for number, frames in enumerate(clips):
        read = features.frames(f"clip_{number}")
        assert read.dtype == precision
        np.testing.assert_array_equal(read, frames)


def test_frames_are_a_read_only_view(tmp_path: Path) -> None:
    features = open_features(write_store(tmp_path)[0])
    frames = features.frames("clip_0")
    assert isinstance(frames.base.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        frames[0, 0] = 1


def test_valid(tmp_path: Path) -> None:
    features = open_features(write_store(tmp_path)[0])
    assert features.valid("clip_2").tolist() == [True, False, True, True, False]
    assert features.valid("clip_0").tolist() == [True] * 3
    assert features.valid("clip_1").shape == (0,)


def test_unknown_clip(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        open_features(write_store(tmp_path)[0]).frames("nobody")


def test_missing_index(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"text\.parquet: no such file; make it with extractors\.index_features"):
        open_features(tmp_path / "text.parquet")


def test_missing_frames(tmp_path: Path) -> None:
    index, _ = write_store(tmp_path)
    (tmp_path / "text/2-of-2.npy").unlink()
    with pytest.raises(UserError, match=r"2-of-2\.npy: no such file"):
        open_features(index)


@pytest.mark.parametrize("damage", [b"", b"not an array", None])
def test_damaged_frames(tmp_path: Path, damage: bytes | None) -> None:
    index, _ = write_store(tmp_path)
    path = tmp_path / "text/1-of-2.npy"
    path.write_bytes(path.read_bytes()[:-8] if damage is None else damage)
    with pytest.raises(UserError, match=r"1-of-2\.npy: not a readable NPY file"):
        open_features(index)


def test_too_few_rows(tmp_path: Path) -> None:
    index, _ = write_store(tmp_path)
    np.save(tmp_path / "text/1-of-2.npy", np.zeros((7, 4), np.float16))
    with pytest.raises(UserError, match="needs 8 rows"):
        open_features(index)


def test_shards_of_different_width(tmp_path: Path) -> None:
    index, _ = write_store(tmp_path)
    np.save(tmp_path / "text/1-of-2.npy", np.zeros((8, 5), np.float16))
    with pytest.raises(UserError, match=r"different widths \[4, 5\]"):
        open_features(index)


def test_a_shard_index_is_refused(tmp_path: Path) -> None:
    index, _ = write_store(tmp_path)
    pq.write_table(pq.read_table(index).drop_columns("frames_file"), index)
    with pytest.raises(UserError, match="not the index of a corpus"):
        open_features(index)


def test_shard_without_rows(tmp_path: Path) -> None:
    index, _ = write_store(tmp_path)
    np.save(tmp_path / "text/2-of-2.npy", np.zeros((0, 4), np.float16))
    table = pq.read_table(index).to_pylist()
    pq.write_table(pa.Table.from_pylist(table[:2], schema=CORPUS_INDEX), index)
    assert open_features(index).frames("clip_1").shape == (0, 4)


def test_fifty_thousand_clips_open_in_a_second(tmp_path: Path) -> None:
    rows = pa.Table.from_pylist(
        [
            PROVENANCE
            | {
                "clip_id": f"clip_{number}",
                "status": "ok",
                "reason": "",
                "offset": 0,
                "length": 64,
                "valid": [True] * 64,
                "duration": 1.0,
                "faces": 64,
                "frames_file": "1-of-1.npy",
            }
            for number in range(1000)
        ],
        schema=CORPUS_INDEX,
    )
    table = pa.concat_tables([rows] * 50)
    table = table.set_column(0, CORPUS_INDEX.field("clip_id"), pa.array([f"clip_{number}" for number in range(50_000)]))
    pq.write_table(table, tmp_path / "visual.parquet")
    np.save(tmp_path / "1-of-1.npy", np.zeros((64, 4), np.float16))
    start = time.perf_counter()
    open_features(tmp_path / "visual.parquet")
    assert time.perf_counter() - start < 3  # about 0.3 s on an idle machine; the aim is one second


def test_the_reader_does_not_load_torch() -> None:
    code = "import sys, extractors.features.store; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
