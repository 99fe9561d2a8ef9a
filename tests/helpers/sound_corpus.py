"""What the tests of several rooms share of extract_program."""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from extractors import extract_shard
from helpers.toy_extractor import make_clips, write_manifest

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
        "others": folder / "absent.npy",
        "device": "cpu",
        "threads": "1",
    }
    words = [str(word) for name, value in (flags | changes).items() for word in (f"--{name}", value)]
    monkeypatch.setattr(sys, "argv", ["extract", *words])
    extract_shard.main()
    return folder / "audio/1-of-1.parquet"
