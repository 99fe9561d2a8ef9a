"""How many clips a modality says nothing of, told from feature indexes; the words are the extractors' own."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from extractors import count_states
from extractors.media.sound import Heard
from extractors.modalities.audio import Wav2Vec2
from extractors.modalities.base import EMPTY, SILENT
from extractors.shared.files import read_table, write_table

ROWS = [
    ("ok", "", None, "a"),
    ("degraded", SILENT, None, "b"),
    ("degraded", f"{SILENT} (-90 dB)", None, "b"),
    ("degraded", EMPTY, None, "c"),
    ("degraded", "no face in 64 of 64 frames", 0, "d"),
    ("degraded", "no face in 60 of 64 frames", 4, "e"),
    ("failed", "a.mp4: no such file", None, ""),
    ("failed", "b.mp4: no such file", None, ""),
    ("excluded", "no label", None, ""),
]


def index(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=count_states.COLUMNS)


def test_each_state_is_counted_among_the_clips_that_are_not_excluded() -> None:
    assert count_states.count_states(index(ROWS)) == {
        "failed": 2,
        "silent": 2,
        "wordless": 1,
        "faceless": 1,
        "alike": 2,
    }


def test_clips_of_which_none_is_like_another_are_not_alike() -> None:
    assert count_states.count_states(index(ROWS[:2]))["alike"] == 0
    assert count_states.count_states(index(ROWS[6:])) == dict.fromkeys(count_states.STATES, 0) | {"failed": 2}


def test_a_silent_sound_is_called_so() -> None:
    extractor = SimpleNamespace(front_end=SimpleNamespace(receptive_field=400), silence_db=-70)
    silence = Heard(np.zeros(16000, np.float32), held=1.0, missing=0.0, decibels=-120.0, cancelled=False)
    assert next(Wav2Vec2._warnings(extractor, silence)).startswith(SILENT)


def test_the_program_names_corpus_and_modality_by_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mylab" / "audio.parquet"
    write_table(path, pa.Table.from_pandas(index(ROWS), preserve_index=False))
    output = tmp_path / "states.parquet"
    monkeypatch.setattr(sys, "argv", ["states", "--indexes", str(path), "--table", str(output)])
    count_states.main()
    table = read_table(output, "").to_pandas()
    assert set(zip(table["corpus"], table["modality"], table["of"], strict=True)) == {("mylab", "audio", 8)}
    assert table.set_index("state")["clips"].to_dict() == count_states.count_states(index(ROWS))
