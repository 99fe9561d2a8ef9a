"""Weights that cannot be read, a device that is lost, a clip too large, 16-bit compute: one sentence, nothing lost."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers import audio as of_audio
from helpers import odd_media
from helpers import text as of_text
from helpers import visual as of_visual
from helpers.toy_extractor import make_clips, write_manifest

from extractors import extract_shard
from extractors.faces.detection import Cascade
from extractors.features.clip_extraction import Task
from extractors.features.store import open_frames
from extractors.modalities.audio import Sound, Wav2Vec2
from extractors.modalities.base import TOO_LARGE
from extractors.modalities.text import Bert, Words
from extractors.modalities.visual import Visual
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone

SETTINGS = {"text": of_text.SETTINGS, "audio": of_audio.SETTINGS, "visual": of_visual.SETTINGS}
CLASSES = {"text": Bert, "audio": Wav2Vec2, "visual": Visual}
CLIPS = 6
LOST = "CUDA error: unspecified launch failure\nCUDA kernel errors might be asynchronously reported"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    clips = make_clips([f"sentence {number} " * (1 + number) for number in range(CLIPS)])
    for number, clip in enumerate(clips):
        clip["video"] = clip["audio"] = f"{number}.mp4"
        frames = [picture[:, : 160 - 2 * number] for picture in odd_media.pictures(4)]
        odd_media.write_talk(folder / clip["video"], frames=frames, sound=odd_media.hum(seconds=0.5 + 0.1 * number))
    write_manifest(folder / "manifest.parquet", clips)
    for modality in SETTINGS:
        write_backbone(modality, 0, folder / "backbones" / modality)
    return folder


@pytest.fixture
def run_program(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple]:
    """A function that extracts a modality, and gives the bytes of the frames and the rows of the index."""

    def run(modality: str, name: str = "out", backbone: Path | None = None, **changes: object) -> tuple[bytes, list]:
        settings = SETTINGS[modality] | {"window": 2} | changes
        place = tmp_path / name / modality
        flags = {"manifest": release / "manifest.parquet", "release": release, "modality": modality}
        flags |= {"shard": "1-of-1", "backbone": backbone or release / "backbones" / modality, "threads": 1}
        flags |= {"settings": json.dumps(settings), "device": "cpu", "others": tmp_path / "absent.npy"}
        flags |= {"frames": place / "1-of-1.npy", "index": place / "1-of-1.parquet"}
        words = [str(word) for flag, value in flags.items() for word in (f"--{flag}", value)]
        monkeypatch.setattr(sys, "argv", ["extract", *words])
        extract_shard.main()
        return (place / "1-of-1.npy").read_bytes(), pq.read_table(place / "1-of-1.parquet").to_pylist()

    return run


@pytest.mark.parametrize("modality", SETTINGS)
@pytest.mark.parametrize("damage", ["cut", "empty", "noise", "text"])
def test_unreadable_weights(modality: str, damage: str, release: Path, tmp_path: Path, run_program: Callable) -> None:
    folder = tmp_path / "backbone"
    folder.mkdir()
    for file in (release / "backbones" / modality).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    damaged = {"cut": content[: len(content) // 2], "empty": b"", "noise": b"\xff" * 999, "text": b"{" * 999}
    weights.write_bytes(damaged[damage])
    with pytest.raises(UserError, match=r"(not a readable network|unreadable weights) \(.+\); fetch"):
        run_program(modality, backbone=folder)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("modality", SETTINGS)
def test_a_device_lost_in_the_middle(
    modality: str, tmp_path: Path, run_program: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence; nothing is taken for whole; what was finished before is not done again."""
    undisturbed, works = run_program(modality, "plain"), CLASSES[modality]._pass
    passes: list[int] = []

    def breaks(self: object, inputs: list) -> list:
        passes.append(len(inputs))
        if len(passes) > 2:
            raise RuntimeError(LOST)
        return works(self, inputs)

    with monkeypatch.context() as patched:
        patched.setattr(CLASSES[modality], "_pass", breaks)
        with pytest.raises(UserError, match=r"^the device stopped working \(CUDA error: unspecified launch failure\);"):
            run_program(modality)
    assert list((tmp_path / "out" / modality).glob("[!.]*")) == []
    finished = (tmp_path / "out" / modality / ".1-of-1.npy.work/journal.jsonl").read_bytes().count(b"\n")
    assert 2 <= finished < CLIPS
    again, finish = [], Task.finish
    monkeypatch.setattr(Task, "finish", lambda task, clips: again.extend(clips) or finish(task, clips))
    assert run_program(modality) == undisturbed
    assert len(again) == CLIPS - finished


@pytest.mark.parametrize("modality", SETTINGS)
def test_a_device_lost_before_the_start(modality: str, run_program: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object, **__: object) -> None:
        raise RuntimeError(LOST)

    monkeypatch.setattr("torch.nn.Module.to", lost)
    with pytest.raises(UserError, match=r"^the device stopped working \(CUDA error: unspecified launch failure\);"):
        run_program(modality)


@pytest.mark.parametrize("modality", SETTINGS)
def test_a_clip_that_is_too_large_is_lost_alone(
    modality: str, run_program: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run_program(modality, "plain")[1]
    works = {"text": Bert._pass, "audio": Wav2Vec2._pass, "visual": Cascade.__call__}[modality]

    def size(one: Words | Sound | np.ndarray) -> float:
        if isinstance(one, np.ndarray):
            return one.shape[1]
        return len(one.pieces) if isinstance(one, Words) else len(one.samples) / 16_000

    limit = {
        "text": max(row["length"] for row in plain) - 1,
        "audio": max(row["duration"] or 0 for row in plain) - 0.001,
        "visual": 159,
    }

    def short_of_memory(self: object, inputs: Sequence, *others: object) -> list:
        if max(map(size, inputs)) > limit[modality]:
            raise MemoryError
        return works(self, inputs, *others)

    owner, name = (Cascade, "__call__") if modality == "visual" else (CLASSES[modality], "_pass")
    monkeypatch.setattr(owner, name, short_of_memory)
    rows = run_program(modality)[1]
    (lost,) = [row for row in rows if row["reason"] == TOO_LARGE]
    assert lost["clip_id"] == ("clip_000" if modality == "visual" else "clip_005")
    others = [(row["clip_id"], row["status"]) for row in rows if row is not lost]
    assert others == [(row["clip_id"], "ok") for row in plain if row["clip_id"] != lost["clip_id"]]


@pytest.mark.parametrize("modality", SETTINGS)
def test_16_bits_from_end_to_end(modality: str, tmp_path: Path, run_program: Callable) -> None:
    exact, rounded = run_program(modality, "exact"), run_program(modality, "rounded", compute="bfloat16")
    assert {row["compute"] for row in exact[1]} == {"float32"}
    assert {row["compute"] for row in rounded[1]} == {"bfloat16"}
    assert {row["status"] for row in rounded[1]} == {"ok"}
    rows = sum(row["length"] for row in rounded[1])
    a, b = (open_frames(tmp_path / name / modality / "1-of-1.npy", rows) for name in ("exact", "rounded"))
    drift = np.linalg.norm(a.astype("f8") - b) / np.linalg.norm(a.astype("f8"))
    assert 0 < drift < 0.1
    assert not {row["digest"] for row in exact[1]} & {row["digest"] for row in rounded[1]}
