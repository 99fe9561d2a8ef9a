"""What CONTRIBUTING says of adding an extractor: its example, executed as it stands there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.contributing import LINES, made_schema, piece, written
from helpers.study import CONFIG
from planning import programs
from planning.config.check import ConfigError
from planning.study import Study

from extractors.features.clip_extraction import Task, build_extractor, read_extraction
from extractors.modalities import EXTRACTORS
from extractors.modalities.base import extract
from extractors.synthetic.media import write_wav

PIECE = piece("Add an extractor")
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _extractor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the example, with its line in the registry."""
    written("extractors/modalities/mel.py", monkeypatch)
    monkeypatch.setitem(EXTRACTORS, "audio", LINES["audio"])


@pytest.fixture
def config() -> dict:
    extraction = CONFIG["extraction"] | PIECE["extraction"]
    twins = CONFIG["synthetic"]["extraction"] | PIECE["synthetic"]["extraction"]
    return CONFIG | {"extraction": extraction, "synthetic": CONFIG["synthetic"] | {"extraction": twins}}


def test_its_settings_in_the_config_are_all_it_needs(config: dict, tmp_path: Path) -> None:
    audio = config["extraction"]["audio"]
    with made_schema(tmp_path) as check:
        check(config)
        with pytest.raises(ConfigError, match=r"extraction\.audio: the key 'blocks' was unexpected"):
            check(config | {"extraction": config["extraction"] | {"audio": audio | {"blocks": [1]}}})


@pytest.mark.parametrize("releases", ["synthetic", "licensed"])
def test_it_extracts_with_what_the_program_is_told(config: dict, releases: str, tmp_path: Path) -> None:
    """A tone of 1000 Hz is loudest in the band whose middle is nearest to it; each clip by itself."""
    told = programs.extraction(Study(config | {"releases": releases}, tmp_path), "meld", "audio")
    assert "backbone" not in json.loads(told)
    settings = read_extraction("audio", told)
    extractor = build_extractor("audio", "none", settings, CPU)
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    for name, sound in (("tone", tone), ("short", tone[:100])):
        write_wav(tmp_path / f"{name}.wav", sound, 16_000)
    clips = [{"audio": f"{name}.wav", "audio_start": None, "audio_end": None} for name in ("tone", "short")]
    alone = [extract(extractor, clip, tmp_path) for clip in clips]
    together = extractor.embed([extractor.read(clip, tmp_path) for clip in clips])
    assert alone[0].frames.shape == (16_000 // 320 + 1, 64)
    assert alone[0].frames.dtype == np.float32
    mel = 2595 * np.log10(1 + 1000 / 700)
    middles = np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 66)[1:-1]
    assert alone[0].frames[10:40].mean(axis=0).argmax() == np.abs(middles - mel).argmin()
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.frames, other.frames)
        assert np.isfinite(one.frames).all()
    task = Task("audio", tmp_path, extractor, settings, "cpu")
    assert len(task.identify(clips[0] | {"text": ""})["digest"]) > 8
