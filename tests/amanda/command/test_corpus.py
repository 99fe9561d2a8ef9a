"""``amanda corpus``: what labels stand for, which split suits, what is written and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from helpers.media_folder import sounds
from helpers.places import ROOT
from planning.config.check import check

from amanda.command.corpus import (
    OTHER,
    Folder,
    classes_of,
    make_corpus,
    modalities_of,
    parse_classes,
    parse_labels,
    split_of,
)
from extractors.shared.clip import CLASSES
from extractors.shared.program import UserError

SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text())
NAMES = [f"{speaker}_{label}_{n}.wav" for speaker in ("P1", "P2", "P3") for label in ("ANG", "fear") for n in "12"]


def folder(path: Path, **changes: object) -> Folder:
    plain = {
        "name": "my_lab",
        "pattern": "{speaker}_{label}_*",
        "classes": CLASSES,
        "labels": {},
        "cues": False,
        "replace": False,
    }
    return Folder(path, **(plain | changes))


def test_a_folder_becomes_a_table_a_config_and_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = make_corpus(folder(sounds(Path("lab"), [*NAMES, "noname.wav"])))
    assert told[0] == "12 clips: 0 with pictures, 12 with sound, 0 with words."
    assert told[1:3] == ["  ANG: 6", "  fear: 6, not used until my_lab.yaml maps it to a class"]
    assert told[3] == "Files that were not understood: 1; my_lab.html says why."
    assert told[-1].endswith("runs/my_lab/manifests/my_lab.parquet --configfile my_lab.yaml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab", "my_lab.html", "my_lab.yaml"]
    made = yaml.safe_load(Path("my_lab.yaml").read_text())
    assert made["run"] == "my_lab"
    assert made["corpora"]["my_lab"] == {
        "release": "lab",
        "modalities": ["audio"],
        "reading": {"reader": "custom", "table": "clips.csv"},
        "labels": {"ANG": "angry", "fear": OTHER},
        "split": {"by": "random", "together": "speaker", "seed": 0, "validation": 0.2, "test": 0.2},
        "expected_counts": "any",
    }
    check(SHIPPED | {"run": "my_lab", "corpora": SHIPPED["corpora"] | made["corpora"]})


def test_nothing_is_written_over_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lab = sounds(Path("lab"), NAMES)
    (lab / "clips.csv").write_text("mine")
    with pytest.raises(UserError, match=r"lab/clips\.csv: exists already; move it away, or .* --replace"):
        make_corpus(folder(lab))
    with pytest.raises(UserError, match="no clip has the label 'AGN'; there are ANG, fear"):
        make_corpus(folder(lab, labels={"AGN": "angry"}, replace=True))
    assert (lab / "clips.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab"]
    make_corpus(folder(lab, labels={"fear": "sad"}, replace=True))
    assert (lab / "clips.csv").read_text().startswith("clip_id,")
    with pytest.raises(UserError, match="My-Lab: name the corpus with small letters"):
        make_corpus(folder(lab, name="My-Lab"))


def test_labels_stand_for_what_is_said_and_else_for_the_obvious() -> None:
    labels = {"Happiness": 3, "NEU": 2, "no": 1, "05": 1}
    assert classes_of(labels, {"05": "angry"}, CLASSES) == {
        "Happiness": "happy",
        "NEU": "neutral",
        "no": OTHER,
        "05": "angry",
    }
    assert classes_of({"Fear": 2, "ANG": 1}, {}, ("calm", "fear")) == {"Fear": "fear", "ANG": OTHER}
    assert parse_labels(" 03=happy, 05 = other,", CLASSES) == {"03": "happy", "05": OTHER}
    for text in ("03", "=happy", "03=glad"):
        with pytest.raises(
            UserError, match="write LABEL=CLASS, the class being one of neutral, happy, sad, angry, other"
        ):
            parse_labels(text, CLASSES)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((0, 9, 0), ["audio"]), ((1, 9, 9), ["text", "audio", "visual"]), ((9, 9, 8), ["text", "audio"])],
)
def test_sound_and_pictures_are_those_of_every_clip(counts: tuple[int, int, int], expected: list[str]) -> None:
    assert modalities_of({"clips": 9, **dict(zip(("text", "audio", "video"), counts, strict=True))}) == expected


def test_labels_that_are_left_out_do_not_hinder_a_stratified_split() -> None:
    found = {"clips": 9, "speakers": 1, "speaker": 9, "splits": [""], "labels": {"x": 8, "rare": 1}}
    assert split_of(found, {"x": "sad", "rare": OTHER})[0]["by"] == "stratified"


def test_classes_of_ones_own_are_those_of_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = parse_classes("angry, fear")
    make_corpus(folder(sounds(Path("lab"), NAMES), classes=own))
    made = yaml.safe_load(Path("my_lab.yaml").read_text())
    assert made["classes"] == ["angry", "fear"]
    assert made["corpora"]["my_lab"]["labels"] == {"ANG": "angry", "fear": "fear"}
    for text in ("angry", "angry,,fear"):
        with pytest.raises(UserError, match="write two classes or more"):
            parse_classes(text)


@pytest.mark.parametrize(
    ("changes", "by", "means"),
    [
        ({}, {"by": "random", "together": "speaker"}, "no speaker is in two parts"),
        ({"speakers": 2}, {"by": "stratified"}, "few speakers"),
        ({"speakers": 1}, {"by": "stratified"}, "one speaker: test speakers may also be in training"),
        ({"speakers": 0, "speaker": 0}, {"by": "stratified"}, "speakers are not known"),
        ({"speaker": 8}, {"by": "stratified"}, "few speakers"),
        ({"speakers": 0, "labels": {"x": 2}}, {"by": "random", "together": "clip"}, "not known"),
        ({"splits": ["test", "train"]}, {"by": "official"}, "from the names of the files"),
        ({"splits": ["", "train"]}, {"by": "random", "together": "speaker"}, "no speaker"),
        ({"labels": {}}, {"by": "none"}, "a target without labels"),
    ],
)
def test_the_split_suits_what_is_known(changes: dict, by: dict, means: str) -> None:
    found = {"clips": 9, "speakers": 3, "speaker": 9, "splits": [""], "labels": {"x": 9}} | changes
    split, told = split_of(found, dict.fromkeys(found["labels"], "sad"))
    assert {key: split[key] for key in by} == by
    assert means in told
