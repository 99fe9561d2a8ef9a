"""What stands with a score that says little: synthetic parts, few clips, absent classes, dead modalities; each once."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from helpers.changed import changed
from helpers.report_helpers import CORPORA, SETTINGS, SYNTHETIC, all_formats, evidence, two_methods

from amanda.reporting.table1 import cautions
from amanda.reporting.table1.notes import fewer_modalities, notes
from amanda.shared.twins import Data, data_of
from extractors import count_states as states


@pytest.fixture
def scores() -> pd.DataFrame:
    return two_methods()


def test_nothing_of_the_paper_stands_beside_synthetic_data(scores: pd.DataFrame) -> None:
    found = evidence(scores, **SYNTHETIC)
    assert found.table[["paper_weighted_f1", "difference_to_paper", "paper_in_interval"]].isna().all(axis=None)
    assert not [
        text for text in all_formats(found, changed(SETTINGS, **SYNTHETIC)) if "57.62" in text or "Paper" in text
    ]


@pytest.mark.parametrize(
    ("twins", "data", "told"),
    [
        (
            ["iemocap"],
            "SYNTHETIC twin iemocap, real clips of msp_improv, SYNTHETIC backbones",
            "random weights. iemocap is generated (17 clips). The clips of msp_improv are real (28 clips).",
        ),
        (
            [],
            "real clips, SYNTHETIC backbones",
            "backbones with random weights. The clips of iemocap and msp_improv are real (17 to 28 clips).",
        ),
    ],
)
def test_which_part_is_synthetic_is_said(scores: pd.DataFrame, twins: list[str], data: str, told: str) -> None:
    told_twins = {"releases": "synthetic", "twins": twins}
    counts = pd.concat([CORPORA, pd.DataFrame({"corpus": ["msp_improv"], "label": ["sad"], "usable": [28]})])
    found = replace(evidence(scores, **told_twins), corpora=counts.fillna(0))
    assert set(found.table["data"]) == {data}
    (warning,) = [note.text for note in notes(found, changed(SETTINGS, **told_twins)) if note.warning]
    assert told in warning
    assert "twins of the releases" not in warning


def test_a_mean_over_pairs_of_which_one_is_synthetic_is_so_too() -> None:
    settings = Data(releases="synthetic", twins=("meld",))
    assert data_of(["mine", "yours"], settings) == "real clips, SYNTHETIC backbones"
    assert data_of(["meld", "mine", "yours"], settings).startswith("SYNTHETIC twin meld, real clips of mine and yours,")
    assert data_of(["mine", "yours"], Data(releases="licensed", twins=())) == "real clips"


def test_few_clips_absent_classes_and_dead_modalities_are_said(scores: pd.DataFrame) -> None:
    scores = scores.assign(clips=4, f1_neutral=50.0, f1_happy=10.0, f1_sad=20.0, f1_angry=math.nan)
    states = pd.DataFrame(
        [
            {"corpus": "iemocap", "modality": "audio", "of": 28} | each
            for each in (
                {"state": "silent", "clips": 28},
                {"state": "failed", "clips": 0},
                {"state": "alike", "clips": 14},
            )
        ]
    )
    found = replace(evidence(scores), scores=scores, states=states)
    told = {note.name: note for note in notes(found, SETTINGS)}
    assert told["Few clips"].text == (
        "The test split of msp_improv has 4 clips: one correct clip more or less changes the accuracy by 25 points."
    )
    assert told["Classes without clips"].text.startswith("The test split of msp_improv has no clip of angry: means")
    dead = told["A modality without information"]
    assert dead.text == "iemocap: in 28 of 28 clips the sound is silent."
    assert dead.warning
    for text in all_formats(found, SETTINGS):
        assert dead.text in text
        assert "4 clips: one correct clip more or less changes the accuracy by 25 points" in text


def test_enough_clips_of_all_classes_and_half_a_modality_need_no_word(scores: pd.DataFrame) -> None:
    names = {note.name for note in notes(evidence(scores.assign(f1_sad=0.0)), SETTINGS)}
    assert not names & {"Few clips", "Classes without clips", "A modality without information"}


def test_every_state_of_a_clip_has_words() -> None:
    assert set(cautions.STATES) == set(states.STATES)


def test_no_note_says_what_another_does(scores: pd.DataFrame) -> None:
    told = notes(evidence(scores), SETTINGS)
    assert len({note.name for note in told}) == len({note.text for note in told}) == len(told)
    sentences = [each for note in told for each in re.split(r"(?<=[.:]) ", note.text) if len(each) > 20]
    assert len(set(sentences)) == len(sentences)


def test_of_one_pair_there_is_no_mean_over_pairs(scores: pd.DataFrame) -> None:
    found = evidence(scores)
    overall = pd.concat([found.detectable, found.detectable.assign(source="all", target="all")])
    told = {note.name: note.text for note in notes(replace(found, detectable=overall), SETTINGS)}
    assert told["What the seeds can show"].count("4.2 (9.9)") == 1


def test_one_seed_has_no_mean_and_no_deviation(scores: pd.DataFrame) -> None:
    settings = changed(SETTINGS, seeds=[0])
    told = {note.name: note.text for note in notes(evidence(scores, seeds=[0]), settings)}
    assert "test split: of one seed (0), which changes initialisation" in told["Numbers"]


def test_without_an_interval_nothing_is_counted_in_one(scores: pd.DataFrame) -> None:
    found = evidence(scores)
    found.table["paper_in_interval"] = pd.NA
    (paper,) = [note.text for note in notes(found, SETTINGS) if note.name == "Paper"]
    assert paper == "The paper's Table 1, on the real corpora, and our number minus the paper's."


def test_what_says_nothing_in_several_ways_is_added() -> None:
    """10 failed and 8 silent of 28 are more than half, neither alone is; clips alike are counted apart."""
    about = {"corpus": "mylab", "modality": "audio", "of": 28}
    counts = {"failed": 10, "silent": 8, "wordless": 0, "faceless": 0, "alike": 8}
    rows = pd.DataFrame([about | {"state": state, "clips": clips} for state, clips in counts.items()])
    assert list(cautions.dead_modalities(rows, SETTINGS)) == [
        "mylab: 10 of 28 clips have no audio features, and in 8 of 28 clips the sound is silent."
    ]
    rows.loc[rows["state"] == "silent", "clips"] = 4
    assert list(cautions.dead_modalities(rows, SETTINGS)) == []


def test_a_pair_with_fewer_modalities_is_named_with_what_each_row_has(scores: pd.DataFrame) -> None:
    of_sound = {row: ["audio"] for row in ("direct_transfer", "amanda_p2", "in_domain")}
    mixed = {"direct_transfer": ["text"], "amanda_p2": ["text", "audio"], "in_domain": ["text", "audio", "visual"]}
    told = changed(SETTINGS, modalities={"mine-meld": of_sound, "iemocap-meld": mixed})
    assert list(fewer_modalities(told)) == [
        "mine→ME.: all rows use audio.",
        "IE.→ME.: D.T. uses text; A-N(p = 2) uses text and audio; In-domain (ceiling) uses text, audio and visual.",
    ]
    assert "Modalities" not in [note.name for note in notes(evidence(scores), SETTINGS)]
    (note,) = [note for note in notes(evidence(scores), told) if note.name == "Modalities"]
    assert note.text.startswith("mine→ME.: all rows use audio. IE.")
