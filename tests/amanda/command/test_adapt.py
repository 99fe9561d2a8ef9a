"""Unlabelled films adapt a model, or change nothing and say why; sharing asks the workflow."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from helpers.page_document import Document
from helpers.places import ROOT
from helpers.talking_film import write_film
from helpers.tiny_model import Tiny, make_tiny

import amanda
from amanda.command.adapt import read_section, story
from amanda.command.workflow import share
from amanda.sharing.settings import AdaptationSettings
from extractors.shared.clip import CLASSES
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

from .test_app import amanda as command

SETTINGS = {"rounds": 200, "step": 0.5, "speaker_weight": 5.0, "enough": 0.15, "most": 0.7, "alarm": 0.001}
SETTINGS |= {"alignment": {"steps": 2, "learning_rate": 0.001, "batch_size": 8, "seed": 0}}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return make_tiny(tmp_path_factory.mktemp("tiny"))


def answers_in(folder: Path) -> list[dict]:
    return pq.read_table(folder / "adapted/answers.parquet").to_pylist()


def distance_from_equal(answers: list[dict]) -> float:
    """Total variation of the mean probabilities from equal shares."""
    return sum(abs(sum(answer[name] for answer in answers) / len(answers) - 0.25) for name in CLASSES) / 2


@pytest.mark.slow
def test_films_without_labels(tiny: Tiny, tmp_path: Path) -> None:
    for number, mood in enumerate(("happy", "sad", "angry", "neutral")):
        text = write_film(tmp_path / "clips" / f"{number}.mp4", mood)
        (tmp_path / "clips" / f"{number}.txt").write_text(text)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"adaptation": SETTINGS}))
    words = ["adapt", *tiny.options, "--device", "cpu", "--expect", "neutral=.25,happy=.25,sad=.25,angry=.25"]
    kept = command(*words, tiny.model, "clips", folder=tmp_path)
    assert kept.returncode == 0, kept.stderr
    assert "Nothing was changed" in kept.stdout
    assert "are as far from the source's as wrong ones" in kept.stdout, "every distance is above such an alarm"
    assert amanda.load(tmp_path / "adapted/model").adaptation is None
    unadapted = distance_from_equal(answers_in(tmp_path))
    done = command(*words, "--force", tiny.model, "clips", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The model was adapted" in done.stdout
    changes = json.loads((tmp_path / "adapted/changes.json").read_text("utf-8"))
    assert changes["adaptation"]["shares_from"] == "expected"
    page = Document((tmp_path / "adapted/changes.html").read_text("utf-8"))
    assert f"The model was adapted to 4 clips; {changes['clips_that_change']} of them" in "".join(page.texts)
    assert "as --force asked" in "".join(page.texts)
    answers = answers_in(tmp_path)
    assert [answer["clip_id"] for answer in answers] == [f"{number}.mp4" for number in range(4)]
    assert distance_from_equal(answers) < unadapted / 2
    assert "SYNTHETIC" in (tmp_path / "adapted/answers.html").read_text("utf-8")
    again = command("predict", *tiny.options, tmp_path / "adapted/model", "clips", "--device", "cpu", folder=tmp_path)
    assert again.returncode == 0, again.stderr
    assert pq.read_table(tmp_path / "predictions/answers.parquet").to_pylist() == answers


def test_the_section_of_a_config(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    with pytest.raises(UserError, match=r"config\.yaml: no such file"):
        read_section(path)
    for text, sentence in (
        ("a: [", "not valid YAML"),
        ("- a", "has no section"),
        ("adaptation: 3", "has no section"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=sentence):
            read_section(path)
    path.write_text(yaml.safe_dump({"adaptation": SETTINGS}))
    assert read_section(path) == SETTINGS
    settings_of(AdaptationSettings, read_section(ROOT / "config.yaml"))


def test_the_story() -> None:
    shares = {"predicted_before": {"sad": 1.0}, "predicted_after": {"sad": 0.5, "angry": 0.5}}
    changes = {"changed": True, "clips_that_change": 2, "reasons_against": [], "notes": ["A note."]} | shares
    told = ["The model was adapted: 2 clips have another emotion now.", "before: sad 100%", "after: sad 50%, angry 50%"]
    assert story(changes) == [*told, "A note."]
    assert story(changes | {"changed": False, "reasons_against": ["A reason."]})[3:] == ["A reason.", "A note."]


def test_sharing_asks_the_workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the workflow writes the model folder that it is asked for."""
    monkeypatch.chdir(tmp_path)
    Path("Snakefile").touch()
    Path("workflow").mkdir()
    Path("bin").mkdir()
    for path, body in (
        ("bin/snakemake", ""),
        ("workflow/resume.sh", 'echo "$@" > asked; mkdir -p "$1"; touch "$1/model.json"'),
    ):
        Path(path).write_text(f"#!/bin/sh\n{body}\n")
        Path(path).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    share(Path("results/runs/meld-iemocap/dann"), tmp_path / "mine", None, 3)
    assert Path("asked").read_text() == "results/models/meld-iemocap/dann --cores 3 --resources gpu=3\n"
    assert (tmp_path / "mine/model.json").is_file()
    with pytest.raises(UserError, match="mine: exists already"):
        share(Path("results/runs/meld-iemocap/dann"), tmp_path / "mine", None, 3)
    share(Path("runs/a/runs/b-c/dann"), tmp_path / "named", Path("a.yaml"), 3)
    expected = "runs/a/models/b-c/dann --cores 3 --resources gpu=3 --configfile a.yaml\n"
    assert Path("asked").read_text() == expected
    for path in ("dann", "runs/b-c/dann", "results/models/b-c/dann"):
        with pytest.raises(UserError, match=f"{path}: not a run"):
            share(Path(path), tmp_path / "other", None, 3)
    Path("workflow/resume.sh").write_text("#!/bin/sh\nexit 7\n")
    with pytest.raises(SystemExit) as stopped:
        share(Path("results/runs/meld-iemocap/dann"), tmp_path / "other", None, 3)
    assert stopped.value.code == 7
    assert not (tmp_path / "other").exists()
