"""What annotators said of each clip is kept in the words of the release, beside the labels that are made of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import releases

from extractors.corpora import iemocap, msp_improv
from extractors.read_release import votes_table
from extractors.shared.clip import TOGETHER, VOTES, Vote


def test_iemocap_keeps_each_rater_of_a_turn() -> None:
    lines = [
        "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]",
        "[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.0000, 3.0000]",
        "C-E2:\tNeutral;\t()",
        "C-F1:\tAnger; Other;\t(a [strange] word)",
        "A-E3:\tval 3; act 2; dom  1;\t()",
        "",
        "[9.0 - 9.5]\tSes01F_impro01_MXX0\tneu\t[1, 1, 1]",
        "C-E2:\tSadness;\t()",
        "[10.0 - 11.5]\tSes01F_impro01_M000\txxx\t[-1, -1, -1]",
        "A-E4:\t:)",
    ]
    votes = iemocap.parse_votes(lines)
    assert votes["Ses01F_impro01_F000"] == (
        Vote(TOGETHER, "val", "2.5000"),
        Vote(TOGETHER, "act", "2.0000"),
        Vote(TOGETHER, "dom", "3.0000"),
        Vote("E2", "emotion", "Neutral"),
        Vote("F1", "emotion", "Anger; Other"),
        Vote("F1", "remark", "a [strange] word"),
        Vote("E3", "val", "3"),
        Vote("E3", "act", "2"),
        Vote("E3", "dom", "1"),
    )
    assert [vote.answer for vote in votes["Ses01F_impro01_M000"]] == ["-1", "-1", "-1"]


def test_msp_improv_keeps_each_evaluation() -> None:
    lines = [
        "UTD-IMPROV-S01A-F01-P-FM01.avi; N; A:2.600000; V:3.000000; D:NaN ; N:4.000000;",
        "ADDS_12; Happy; Excited; Other (a; b); A:2.000000; V:4.000000; D:3.000000; N:NaN;  ",
        "WORKER 7; Other; ; A:1.000000; V:5.000000; D:2.000000; N:1.000000;",
        "",
        "UTD-IMPROV-S01A-F01-P-FM02.avi; A; A:1; V:2; D:3; N:4;",
    ]
    first, second = msp_improv.parse_votes(lines).values()
    assert first[:6] == (
        Vote(TOGETHER, "activation", "2.600000"),
        Vote(TOGETHER, "valence", "3.000000"),
        Vote(TOGETHER, "dominance", "NaN"),
        Vote(TOGETHER, "naturalness", "4.000000"),
        Vote("ADDS_12", "emotion", "Happy"),
        Vote("ADDS_12", "further", "Excited; Other (a; b)"),
    )
    worker = [vote.answer for vote in first if vote.annotator == "WORKER 7"]
    assert worker == ["Other", "1.000000", "5.000000", "2.000000", "1.000000"]
    assert [vote.answer for vote in second] == ["1", "2", "3", "4"]


def test_meld_keeps_emotion_and_sentiment_whichever_is_the_label(tmp_path: Path) -> None:
    rows = {split: [(0, 0, "joy", "Hey!"), (0, 1, "anger", "No.")] for split in releases.MELD_FOLDERS}
    root = releases.meld(tmp_path, rows)
    clip = releases.read("meld", root)["train_dia0_utt0"]
    assert (clip.label, clip.votes) == (
        "happy",
        (Vote(TOGETHER, "emotion", "joy"), Vote(TOGETHER, "sentiment", "neutral")),
    )
    assert releases.read("meld", root, label="sentiment")["train_dia0_utt0"].label == "neutral"


def test_mosei_keeps_the_answers_or_their_means(tmp_path: Path) -> None:
    segments = {"12345": [(0.0, 2.0, [1, 2, 0, 0, 0, 0, 0])]}
    texts = {"12345": "12345___3___0.0___2.0___so\n"}
    root = releases.mosei(tmp_path, segments, texts, {"train": ["12345"], "valid": [], "test": []})
    (clip,) = releases.read("mosei", root).values()
    assert clip.votes[:2] == (Vote(TOGETHER, "sentiment", "1"), Vote(TOGETHER, "happy", "2"))
    names = ("sentiment", "happiness", "sadness", "anger", "fear", "disgust", "surprise")
    header = "Input.VIDEO_ID,Input.CLIP,WorkerId," + ",".join(f"Answer.{name}" for name in names)
    rows = ["folder/12345,3,A7,1,2,0,0,0.5,0,0", "12345,3,A9,3,0,1,0,0,0,0"]
    releases.write(root / "Raw/Labels/5000_batch_raw.csv", "\n".join([header, *rows]) + "\n")
    (clip,) = releases.read("mosei", root, labels="mturk").values()
    of_annotator = {name: dict(vote[1:] for vote in clip.votes if vote[0] == name) for name in ("A7", "A9")}
    assert of_annotator["A7"] == dict.fromkeys(("sad", "anger", "surprise", "disgust"), "0") | {
        "sentiment": "1",
        "happy": "2",
        "fear": "0.5",
    }
    assert of_annotator["A9"]["sad"] == "1"


@pytest.mark.parametrize("corpus", ["iemocap", "msp_improv"])
def test_the_table_has_a_row_per_clip_annotator_and_question(tmp_path: Path, corpus: str) -> None:
    if corpus == "iemocap":
        root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "ang", "Ses01F_impro01_M000": "fru"})
    else:
        root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "A", "S01A-F01-S-FM02": "X"})
    clips = releases.clips_of(corpus, root)
    table = votes_table(clips)
    assert table.schema.equals(VOTES)
    assert table.num_rows == sum(len(clip.votes) for clip in clips)
    assert set(table["clip_id"].to_pylist()) == {clip.clip_id for clip in clips}, "those left out have votes too"
