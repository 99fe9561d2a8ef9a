"""Which modality has something to say, and the table of answers, from predictions that are worked out by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from helpers.pair import write_features

from amanda.prediction.answers import answer_clips, as_csv, as_json_lines, named_speakers, tabulate
from amanda.prediction.states import remarks
from amanda.shared.speaks import speaks
from amanda.sharing.prediction import combine
from extractors.shared.answers import answers_schema
from extractors.shared.clip import CLASSES, EMPTY, MODALITIES, SILENT
from extractors.shared.program import UserError

ANSWERS = answers_schema(CLASSES)

CLIPS = {"whole": (None, None), "mute": (1.5, 3.25), "nothing": (0.0, 2.0)}
TOLD = ("clip_id", "status", "heads", "reason")
COLUMNS = ["status", "reason", "length", "faces"]


def index(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_who_speaks() -> None:
    text = index(("ok", "", 3, None), ("degraded", EMPTY, 2, None), ("degraded", "cut to 512", 512, None))
    audio = index(("degraded", f"{SILENT}: its channels cancel out", 9, None), ("failed", "no sound", 0, None))
    visual = index(("degraded", "no face in 8 of 8 frames", 8, 0), ("degraded", "no face in 4 of 8 frames", 8, 4))
    assert speaks(text).tolist() == [True, False, True]
    assert speaks(audio).tolist() == [False, False]
    assert speaks(visual).tolist() == [False, True]
    assert speaks(index(("excluded", "no media file", 0, None))).tolist() == [False]


def test_remarks_name_the_modality_and_an_exclusion_once() -> None:
    text = index(("ok", "", 3, None), ("degraded", EMPTY, 2, None), ("excluded", "no media file", 0, None))
    audio = index(("ok", "", 3, None), ("failed", "no sound", 0, None), ("excluded", "no media file", 0, None))
    assert remarks({"text": text, "audio": audio}) == ["", f"text: {EMPTY}; audio: no sound", "no media file"]


def table() -> pa.Table:
    """Two networks, three clips: all is there; the audio alone speaks; nothing does."""
    even, nothing = np.zeros(4), np.full(4, np.nan)
    sure = np.log([0.1, 0.2, 0.3, 0.4])
    other = np.log([0.4, 0.3, 0.2, 0.1])
    logits = {
        "text": np.array([[even, nothing, nothing]] * 2),
        "audio": np.array([[even, sure, nothing], [even, other, nothing]]),
        "joint": np.array([[sure, nothing, nothing]] * 2),
    }
    found = combine(CLASSES, logits, {"text": 1.0, "audio": 1.0, "joint": 1.0})
    speaking = {"text": np.array([True, False, False]), "audio": np.array([True, True, False])}
    return tabulate(CLIPS, found, speaking, ["", "text: empty", "no media file"], CLASSES)


def test_the_table_of_answers() -> None:
    whole, mute, nothing = table().to_pylist()
    np.testing.assert_allclose([whole[name] for name in CLASSES], [0.1, 0.2, 0.3, 0.4])
    assert (whole["emotion"], whole["heads"], whole["agreement"]) == ("angry", "joint", 1.0)
    np.testing.assert_allclose(whole["probability"], 0.4)
    assert [whole[f"text_{name}"] for name in CLASSES] == [0.25] * 4
    assert whole["visual_sad"] is None, "the model has no visual head"
    np.testing.assert_allclose([mute[name] for name in CLASSES], [0.25] * 4)
    assert (mute["heads"], mute["text_sad"], mute["agreement"]) == (
        "audio",
        None,
        0.5 * (mute["emotion"] in ("neutral", "angry")),
    )
    assert (nothing["status"], nothing["heads"], nothing["reason"]) == ("unanswered", "", "no media file")
    assert {nothing[name] for name in ANSWERS.names if name not in (*TOLD, "begin", "end")} == {None}
    assert [(row["begin"], row["end"]) for row in table().to_pylist()] == list(CLIPS.values())


def test_formats_say_the_same() -> None:
    rows = table().to_pylist()
    assert [json.loads(line) for line in as_json_lines(table()).splitlines()] == [
        {name: value if not isinstance(value, float) else round(value, 15) for name, value in row.items()}
        for row in rows
    ]
    read = pd.read_csv(io.StringIO(as_csv(table())))
    assert read.columns.tolist() == ANSWERS.names
    np.testing.assert_allclose(read["angry"], [row["angry"] or np.nan for row in rows], atol=5e-5)
    assert as_csv(table()).splitlines()[3] == "nothing,0.0000,2.0000,unanswered,,,,,,,,,no media file" + "," * 12


def test_speakers_are_named_where_the_model_needs_them() -> None:
    plain = SimpleNamespace(adaptation=None)
    adapted = SimpleNamespace(adaptation=SimpleNamespace(record=SimpleNamespace(speakers=True)), path="a_model")
    assert named_speakers(plain, ["a", "b"], {}) is None
    assert named_speakers(adapted, ["a", "b"], {"b": "B", "a": "A"}) == ["A", "B"]
    with pytest.raises(UserError, match="a_model: was adapted speaker by speaker, and 1 clips, such as b, have none"):
        named_speakers(adapted, ["a", "b"], {"b": "", "a": "A"})


def test_indexes_of_different_clips_are_refused(tmp_path: Path) -> None:
    indexes = {name: tmp_path / f"{name}.parquet" for name in MODALITIES}
    for name, path in indexes.items():
        clips = ["a", "b"] if name != "audio" else ["b", "a"]
        write_features(path, clips, [np.ones((2, 3))] * 2, [[True] * 2] * 2)
    with pytest.raises(UserError, match=r"audio\.parquet: its clips differ from those of .*text\.parquet"):
        answer_clips(SimpleNamespace(), indexes, {}, {})
