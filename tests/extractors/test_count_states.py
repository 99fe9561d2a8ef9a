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
from extractors.shared.clip import EMPTY, SILENT
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError

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


def run_program(monkeypatch: pytest.MonkeyPatch, indexes: list[Path], table: Path, *words: str) -> None:
    flags = ["--indexes", *map(str, indexes), *words, "--table", str(table)]
    monkeypatch.setattr(sys, "argv", ["states", *flags])
    count_states.main()


def test_the_program_takes_corpus_and_modality_from_its_flags_and_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / "meld" / "visual.parquet", tmp_path / "meld" / "other.parquet"]
    for path, rows in zip(paths, (ROWS, ROWS[:2]), strict=True):
        write_table(path, pa.Table.from_pandas(index(rows), preserve_index=False))
    output = tmp_path / "states.parquet"
    run_program(monkeypatch, paths, output, "--corpora", "mylab", "yours", "--modalities", "audio", "text")
    table = read_table(output, "").to_pandas()
    about = zip(table["corpus"], table["modality"], table["of"], strict=True)
    assert list(dict.fromkeys(about)) == [("mylab", "audio", 8), ("yours", "text", 2)]
    counted, others = (table[table["corpus"] == corpus] for corpus in ("mylab", "yours"))
    assert counted.set_index("state")["clips"].to_dict() == count_states.count_states(index(ROWS))
    assert others.set_index("state")["clips"].to_dict() == count_states.count_states(index(ROWS[:2]))


@pytest.mark.parametrize("words", [("a", "--modalities", "text"), ("a", "b", "--modalities", "text")])
def test_an_index_without_corpus_or_modality_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    with pytest.raises(UserError, match="give each index its corpus and modality"):
        run_program(monkeypatch, paths, tmp_path / "states.parquet", "--corpora", *words)
