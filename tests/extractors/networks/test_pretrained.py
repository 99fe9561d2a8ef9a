"""The program for tiny backbones: the same seed gives the same bytes, another seed another network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from extractors import write_backbone


def write(folder: Path, modality: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    flags = ["--modality", modality, "--seed", str(seed), "--output", str(folder)]
    monkeypatch.setattr(sys, "argv", ["backbone", *flags])
    write_backbone.main()
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.mark.parametrize("modality", write_backbone.BUILDERS)
def test_the_seed_decides_the_bytes(tmp_path: Path, modality: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path / "first", modality, 0, monkeypatch)
    assert write(tmp_path / "second", modality, 0, monkeypatch) == first
    other = write(tmp_path / "second", modality, 1, monkeypatch)
    assert other["model.safetensors"] != first["model.safetensors"]
    assert other["config.json"] == first["config.json"]
    assert all((tmp_path / "first" / name).stat().st_mode & 0o777 == 0o644 for name in first)


@pytest.mark.parametrize("modality", ["text", "audio"])
def test_as_many_blocks_as_the_real_one(tmp_path: Path, modality: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = write(tmp_path / "backbone", modality, 0, monkeypatch)
    assert json.loads(files["config.json"])["num_hidden_layers"] == 12
