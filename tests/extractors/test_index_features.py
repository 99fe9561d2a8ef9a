"""The corpus index holds every clip of the manifest once, reads back, and refuses what is incomplete."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.toy_extractor import SETTINGS, Toy, make_clips, write_manifest

from extractors import index_features
from extractors.extract_shard import extract_shard, shard_clips
from extractors.features.clip_extraction import Task
from extractors.features.store import open_features
from extractors.modalities.base import extract
from extractors.modalities.text import TextSettings
from extractors.shared.files import read_table
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

LIMITS = {"max_failed_fraction": 0.25, "max_faceless_fraction": 0.25}
TEXTS = ["zero", "one", "degraded", "three", "unused", "five", "fail", "seven"]


def extract_shards(folder: Path, clips: list[dict], shards: int = 3, toy: Toy | None = None) -> list[Path]:
    manifest = read_table(write_manifest(folder / "manifest.parquet", clips), "a test")
    task = Task("text", folder, toy or Toy(), settings_of(TextSettings, SETTINGS | {"precision": "float32"}), "cpu")
    (folder / "text").mkdir(exist_ok=True)
    for k in range(1, shards + 1):
        stem = folder / f"text/{k}-of-{shards}"
        extract_shard(shard_clips(manifest, k, shards), task, stem.with_suffix(".npy"), stem.with_suffix(".parquet"), 1)
    return [folder / f"text/{k}-of-{shards}.parquet" for k in range(1, shards + 1)]


def run_index(folder: Path, shards: list[Path], monkeypatch: pytest.MonkeyPatch, limits: dict = LIMITS) -> Path:
    flags = ["--manifest", folder / "manifest.parquet", "--shards", *shards]
    flags += ["--limits", json.dumps(limits), "--index", folder / "text.parquet"]
    monkeypatch.setattr(sys, "argv", ["index", *map(str, flags)])
    index_features.main()
    return folder / "text.parquet"


@pytest.mark.parametrize("shards", [1, 3, 10])
def test_every_clip_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shards: int) -> None:
    clips = make_clips(TEXTS, excluded=(4,))
    paths = extract_shards(tmp_path, clips, shards)
    features = open_features(run_index(tmp_path, paths[::-1], monkeypatch))
    assert features.table.index.tolist() == [clip["clip_id"] for clip in clips]
    assert features.table.status.tolist() == ["ok", "ok", "degraded", "ok", "excluded", "ok", "failed", "ok"]
    for number in (0, 1, 2, 3, 5, 7):
        expected = extract(Toy(), clips[number], tmp_path)
        np.testing.assert_array_equal(features.frames(clips[number]["clip_id"]), expected.frames)
    assert features.valid("clip_002").tolist() == [True, False, True, True]
    assert features.frames("clip_004").shape == features.frames("clip_006").shape == (0, 3)


def test_the_folder_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    paths = extract_shards(tmp_path / "here", make_clips(TEXTS))
    run_index(tmp_path / "here", paths, monkeypatch)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert len(open_features(tmp_path / "there/text.parquet").frames("clip_002")) == 4


def test_a_shard_too_few_or_twice_or_foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = extract_shards(tmp_path, make_clips(TEXTS))
    with pytest.raises(UserError, match="2 clips are missing from the shards, such as clip_000"):
        run_index(tmp_path, paths[1:], monkeypatch)
    with pytest.raises(UserError, match="3 clips are in the shards twice, such as clip_005"):
        run_index(tmp_path, [*paths, paths[2]], monkeypatch)
    write_manifest(tmp_path / "manifest.parquet", make_clips(TEXTS[:-1]))
    with pytest.raises(UserError, match="1 clips are not in the manifest, such as clip_007"):
        run_index(tmp_path, paths, monkeypatch)
    assert not (tmp_path / "text.parquet").exists()


@pytest.mark.parametrize(("other", "named"), [(Toy("b"), "weights_sha256"), (Toy(config="d"), "config_sha256")])
def test_shards_of_different_networks(tmp_path: Path, other: Toy, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    paths = extract_shards(tmp_path, make_clips(TEXTS))
    others = extract_shards(tmp_path / "other", make_clips(TEXTS), toy=other)
    with pytest.raises(UserError, match=f"the shards differ in {named}"):
        run_index(tmp_path, [*paths[:2], others[2]], monkeypatch)


def test_too_many_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = extract_shards(tmp_path, make_clips(["fail", "a", "nan", "none", "fail", "b", "c", "d"], excluded=(7,)))

    limits = LIMITS | {"max_failed_fraction": 0.5}
    with pytest.raises(UserError) as caught:
        run_index(tmp_path, paths, monkeypatch, limits)
    assert str(caught.value) == (
        "4 of 7 clips failed, more than max_failed_fraction 0.5 (clip_000: a clip that fails; "
        "clip_002: frames with NaN or infinite values; clip_003: no frames); correct the cause or raise the limit"
    )
    assert not (tmp_path / "text.parquet").exists()
    run_index(tmp_path, paths, monkeypatch, LIMITS | {"max_failed_fraction": 4 / 7})


def test_too_few_faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = extract_shards(tmp_path, make_clips(TEXTS), 1)
    rows = pq.read_table(paths[0])
    faces = pa.array([0, 64, 3, 0, 0, 64, None, 64], pa.int32())
    pq.write_table(rows.set_column(rows.schema.get_field_index("faces"), "faces", faces), paths[0])
    with pytest.raises(
        UserError, match=r"3 of 7 clips show no face, more than max_faceless_fraction 0\.4 \(clip_000: "
    ):
        run_index(tmp_path, paths, monkeypatch, LIMITS | {"max_faceless_fraction": 0.4})
    run_index(tmp_path, paths, monkeypatch, LIMITS | {"max_faceless_fraction": 0.5})


def test_missing_frames_and_foreign_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = extract_shards(tmp_path, make_clips(TEXTS))
    with pytest.raises(UserError, match=r"manifest\.parquet: not the index of a shard"):
        run_index(tmp_path, [tmp_path / "manifest.parquet"], monkeypatch)
    paths[0].with_suffix(".npy").unlink()
    with pytest.raises(UserError, match=r"1-of-3\.npy: no such file; make it with extractors\.extract_shard"):
        run_index(tmp_path, paths, monkeypatch)


def test_unknown_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = extract_shards(tmp_path, make_clips(TEXTS))
    with pytest.raises(UserError, match=r"--limits: unknown key 'max_failed'; the keys are max_failed_fraction"):
        run_index(tmp_path, paths, monkeypatch, {"max_failed": 0.1})
