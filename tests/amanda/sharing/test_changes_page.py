"""The page of an adaptation says what changed, what speaks against it, and how to undo it; no text acts as markup."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from helpers.page_document import Document

from amanda.sharing.changes_page import SHOWN, changes_page

HOSTILE = "</style><script>alert(1)</script> {{ 7 * 6 }}"
SHARES = {"neutral": 0.7, "happy": 0.1, "sad": 0.1, "angry": 0.1}
STORY = {
    "changed": True,
    "reasons_against": [],
    "notes": ["Probabilities are too sure."],
    "warning": "",
    "adaptation": {"shares_from": "expected", "shares": SHARES, "halfway": False},
    "numbers": {"neutral": 1.25, "happy": -0.5, "sad": 0.0, "angry": -0.75},
    "predicted_before": {"neutral": 0.0, "happy": 0.5, "sad": 0.5, "angry": 0.0},
    "predicted_after": {"neutral": 0.5, "happy": 0.5, "sad": 0.0, "angry": 0.0},
    "clips_that_change": 1,
    "distance_from_source": {"text": 0.125, "audio": None},
    "mean_confidence": {"source": 0.75, "before": 0.5, "after": 0.4},
    "check": {},
}
CLIPS = [
    {"clip_id": "a", "predicted_before": "sad", "predicted_after": "neutral"},
    {"clip_id": "b", "predicted_before": "happy", "predicted_after": "happy"},
]
CLIPS = [clip | {"probability_before": 0.6, "probability_after": 0.45} for clip in CLIPS]


def text_of(**changes: object) -> str:
    page = changes_page(STORY | changes, CLIPS, "m", "'adapted/model'")
    return " ".join(" ".join(Document(page).texts).split())


def test_what_the_page_says() -> None:
    text = text_of()
    assert "The model was adapted to 2 clips; 1 of them have another emotion now." in text
    assert "neutral 0 % 50 % 70 % +1.25" in text
    assert "made equal to the shares that were expected." in text
    assert "distance of text 0.12 distance of audio infinite" in text
    assert "on the source 75 % on these clips, before 50 % on these clips, after 40 %" in text
    assert "a sad, 60 % (surer than it should be) neutral, 45 % (surer than it should be)" in text
    assert "Probabilities are too sure." in text
    assert "amanda.load('adapted/model', adapted=False)" in text
    assert "What speaks against it" not in text
    assert "that you labelled" not in text


def test_what_speaks_against_a_change() -> None:
    text = text_of(changed=False, reasons_against=["It is far."])
    assert "Nothing was changed. Adapted to 2 clips, the model would give 1 of them another emotion." in text
    assert "It is far. The model is as it was; --force changes it all the same." in text
    assert "It is far. The model was changed all the same, as --force asked." in text_of(reasons_against=["It is far."])


def test_a_check_and_shares_that_were_moved() -> None:
    scores = {"clips": 20.0, "weighted_f1": 51.25, "uar": None}
    text = text_of(
        check={"before": scores, "after": scores | {"weighted_f1": 60.0}},
        adaptation={"shares_from": "labelled", "shares": SHARES, "halfway": True},
    )
    assert "weighted F1 51.2 60.0 mean recall (UAR) – –" in text
    assert "the shares of the clips that were labelled, half-way moved to equal shares" in text


def test_texts_are_plain_and_long_lists_are_cut() -> None:
    clips = [CLIPS[0] | {"clip_id": f"{HOSTILE} {number}"} for number in range(SHOWN + 1)]
    story = STORY | {"warning": HOSTILE, "notes": [HOSTILE], "reasons_against": [HOSTILE]}
    page = changes_page(story, clips, HOSTILE, HOSTILE)
    assert "<script" not in page
    assert page.count("{{ 7 * 6 }}") == SHOWN + 5
    assert f"The first {SHOWN} of {SHOWN + 1}" in page


@pytest.mark.slow
def test_the_program(tmp_path: Path) -> None:
    rows = [clip | {"clip_id": name} for clip, name in zip(CLIPS, ("NA", "2"), strict=True)]
    nothing = {"clip_id": "gone", "predicted_before": "", "predicted_after": ""}
    pd.DataFrame([*rows, nothing]).to_csv(tmp_path / "predictions.csv", index=False)
    (tmp_path / "changes.json").write_text(json.dumps(STORY))
    flags = {"changes": "changes.json", "predictions": "predictions.csv", "model": "m", "adapted": "it's"}
    command = [sys.executable, "-m", "amanda.show_changes", "--page", "page.html"]
    command += [word for name, value in flags.items() for word in (f"--{name}", value)]
    subprocess.run(command, cwd=tmp_path, check=True)
    text = " ".join(" ".join(Document((tmp_path / "page.html").read_text("utf-8")).texts).split())
    assert "adapted to 3 clips; 1 of them" in text
    assert "NA sad, 60 %" in text
    assert """amanda.load("it's", adapted=False)""" in text
