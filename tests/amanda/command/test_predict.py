"""Films of a drawn person who talks go through the whole command; what is missing, broken or foreign is named."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.page_document import Document
from helpers.places import ROOT
from helpers.talking_film import write_film, write_talk
from helpers.tiny_model import Tiny, describe, make_tiny
from helpers.tiny_whisper import write_whisper

from amanda.command.models import DEFAULT
from amanda.command.predict import GENERATED
from amanda.sharing.features import read_frames
from amanda.sharing.loading import load
from extractors.shared.answers import answers_schema, votes
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.synthetic.media import write_wav
from extractors.write_backbone import write_backbone

from .test_app import amanda

ANSWERS = answers_schema(CLASSES)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return make_tiny(tmp_path_factory.mktemp("tiny"))


def predict(tiny: Tiny, folder: Path, *words: object, model: Path | None = None):
    return amanda("predict", *tiny.options, "--device", "cpu", model or tiny.model, *words, folder=folder)


def answers_in(folder: Path) -> dict[str, dict]:
    return {row["clip_id"]: row for row in pq.read_table(folder / "predictions/answers.parquet").to_pylist()}


@pytest.mark.slow
def test_one_film(tiny: Tiny, tmp_path: Path) -> None:
    text = write_film(tmp_path / "talk.mp4")
    done = predict(tiny, tmp_path, "talk.mp4", "--text", text)
    assert done.returncode == 0, done.stderr
    (answer,) = answers_in(tmp_path).values()
    assert (answer["status"], answer["heads"], answer["clip_id"]) == ("answered", "joint", "talk.mp4")
    indexes = {name: tmp_path / "predictions/work" / f"{name}.parquet" for name in MODALITIES}
    model = load(tiny.model)
    _, frames, faces = read_frames(indexes, None, model.record.backbones)
    expected = model.predict(frames, faces)
    shares = [answer[name] for name in CLASSES]
    np.testing.assert_allclose(shares, expected.probabilities[0], atol=1e-5)  # other threads, other rounding
    assert sum(shares) == pytest.approx(1)
    assert answer["emotion"] == CLASSES[int(np.argmax(shares))]
    assert answer["probability"] == max(shares)
    assert answer["agreement"] in (0.5, 1.0)
    for name in MODALITIES:
        np.testing.assert_allclose(
            [answer[column] for column in votes(name, CLASSES)], expected.votes[name][0], atol=1e-5
        )
    assert "talk.mp4" in done.stdout
    assert answer["emotion"] in done.stdout
    (line,) = (tmp_path / "predictions/answers.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == pytest.approx(answer)
    header, row = (tmp_path / "predictions/answers.csv").read_text("utf-8").splitlines()
    assert header.split(",") == ANSWERS.names
    assert float(row.split(",")[ANSWERS.names.index("sad")]) == pytest.approx(answer["sad"], abs=5e-5)
    page = Document((tmp_path / "predictions/answers.html").read_text("utf-8"))
    assert len(page.all("img")) == 6
    assert text in page.text_of("blockquote")[0]
    loud = f"{GENERATED} SYNTHETIC DATA"
    assert page.text_of("p")[0].startswith(loud), "it stands first"
    assert " ".join(done.stdout.split()).startswith(loud)
    assert not [image for image in page.all("img", "script", "link") if not image["src"].startswith("data:")]


@pytest.mark.slow
def test_a_folder_with_bad_files(tiny: Tiny, tmp_path: Path) -> None:
    """Each clip is answered by those modalities that have something to say; the others are named with the reason."""
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "whole.txt").write_text(write_film(folder / "whole.mp4"))
    write_film(folder / "wordless.mp4")
    write_wav(folder / "sound.wav", 0.1 * np.sin(np.arange(16_000) / 20), 16_000)
    write_wav(folder / "silent.wav", np.zeros(16_000), 16_000)
    (folder / "silent.txt").write_text("I say nothing")
    write_wav(folder / "eight.wav", np.random.default_rng(0).normal(0, 0.1, (8, 16_000)), 16_000)
    write_film(folder / "upright.mp4", size=(320, 200))
    (folder / "broken.mp4").write_bytes(b"no film" * 100)
    (folder / "empty.mp4").touch()
    done = predict(tiny, tmp_path, "clips", "gone.mp4")
    assert done.returncode == 3, done.stderr
    answers = answers_in(tmp_path)
    assert {name: answer["heads"] for name, answer in answers.items()} == {
        "clips/broken.mp4": "",
        "clips/eight.wav": "audio",
        "clips/empty.mp4": "",
        "clips/silent.wav": "text",
        "clips/sound.wav": "audio",
        "clips/upright.mp4": "audio+visual",
        "clips/whole.mp4": "joint",
        "clips/wordless.mp4": "audio+visual",
        "gone.mp4": "",
    }
    voted = answers["clips/wordless.mp4"]
    expected = [(voted[f"audio_{name}"] + voted[f"visual_{name}"]) / 2 for name in CLASSES]
    assert [voted[name] for name in CLASSES] == pytest.approx(expected)
    assert voted["reason"] == "text: the transcript is empty"
    assert voted["text_sad"] is None
    assert "audio: the sound is silent" in answers["clips/silent.wav"]["reason"]
    assert "broken.mp4: not readable as media" in answers["clips/broken.mp4"]["reason"]
    assert answers["gone.mp4"]["reason"] == "no media file: video and audio"
    assert all(answers["gone.mp4"][name] is None for name in (*CLASSES, "emotion", "probability", "agreement"))
    page = Document((tmp_path / "predictions/answers.html").read_text("utf-8"))
    assert "6 of 9 clips have an answer." in page.text_of("p")
    again = predict(tiny, tmp_path, "clips", "gone.mp4")
    assert again.stderr.count("embedding took 0% of the time") == 3, "nothing is extracted twice"
    assert answers_in(tmp_path) == answers


@pytest.mark.slow
def test_a_long_recording(tiny: Tiny, tmp_path: Path) -> None:
    """Each turn is a clip with its own words; a recording without speech is named, and the timeline has its times."""
    spoken = write_talk(tmp_path / "in/talk.mp4")
    (tmp_path / "in/talk.srt").write_text(
        "1\n00:00:01,600 --> 00:00:03,400\nOne turn.\n\n2\n00:00:05,100 --> 00:00:06,900\nAnother.\n"
    )
    write_wav(tmp_path / "in/silent.wav", np.zeros(16_000), 16_000)
    refused = predict(tiny, tmp_path, "in/talk.mp4", "--segment", "--text", "Hello")
    assert (refused.returncode, "--text: has no times" in refused.stderr) == (1, True)
    done = predict(tiny, tmp_path, "in", "--segment")
    assert done.returncode == 3, done.stderr
    silent, *turns = answers_in(tmp_path).values()
    assert (silent["clip_id"], silent["emotion"]) == ("silent.wav", None)
    assert silent["reason"].startswith("no speech was found in it")
    np.testing.assert_allclose([(turn["begin"], turn["end"]) for turn in turns], spoken, atol=0.25)
    assert {turn["heads"] for turn in turns} == {"joint"}, "words, voice and face are there"
    subtitles = (tmp_path / "predictions/timelines/talk.mp4.vtt").read_text("utf-8")
    assert [turn["emotion"] in subtitles for turn in turns] == [True, True]
    assert "One turn." in subtitles
    assert (tmp_path / "predictions/timelines/talk.mp4.eaf").is_file()
    page = Document((tmp_path / "predictions/answers.html").read_text("utf-8"))
    assert "talk.mp4, over time" in page.text_of("h2")
    assert len(page.all("rect")) == 8, "four emotions, two turns"


@pytest.mark.slow
def test_killed_and_started_again(tiny: Tiny, tmp_path: Path) -> None:
    """What was finished before a kill is not made again, and the answers are those of an undisturbed run."""
    for name, mood in (("a", "happy"), ("b", "sad")):
        write_film(tmp_path / f"clips/{name}.mp4", mood)
    words = [sys.executable, "-m", "amanda.command", "predict", *tiny.options, "--device", "cpu", tiny.model, "clips"]
    running = subprocess.Popen(list(map(str, words)), cwd=tmp_path, start_new_session=True, stderr=subprocess.DEVNULL)
    finished = tmp_path / "predictions" / "work" / "audio.parquet"
    while running.poll() is None and not finished.exists():
        time.sleep(0.05)
    assert running.poll() is None, "it is killed on its way"
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    again = predict(tiny, tmp_path, "clips")
    assert again.returncode == 0, again.stderr
    assert again.stderr.count("embedding took 0% of the time") >= 2, "words and sound are there"
    answers = answers_in(tmp_path)
    shutil.rmtree(tmp_path / "predictions")
    assert predict(tiny, tmp_path, "clips").returncode == 0
    assert answers_in(tmp_path) == answers


@pytest.mark.slow
def test_words_of_a_speech_recogniser(tiny: Tiny, tmp_path: Path) -> None:
    write_film(tmp_path / "wordless.mp4")
    (tmp_path / "whisper").mkdir()
    write_whisper(tmp_path / "whisper")
    refused = predict(tiny, tmp_path, "wordless.mp4", "--transcribe", tmp_path / "none")
    assert (refused.returncode, "none: no Whisper that can be loaded" in refused.stderr) == (1, True)
    done = predict(tiny, tmp_path, "wordless.mp4", "--transcribe", "whisper")
    assert done.returncode == 0, done.stderr
    (answer,) = answers_in(tmp_path).values()
    assert answer["heads"] == "joint", "it has words now"
    page = Document((tmp_path / "predictions/answers.html").read_text("utf-8"))
    assert "words by whisper where none were given" in " ".join("".join(page.texts).split())
    assert page.text_of("blockquote")[0]


@pytest.mark.slow
def test_what_is_foreign_is_refused_with_the_reason(tiny: Tiny, tmp_path: Path) -> None:
    write_film(tmp_path / "talk.mp4")
    write_backbone("text", 1, tmp_path / "other")
    other = predict(tiny, tmp_path, "talk.mp4", "--backbone", f"text={tmp_path / 'other'}")
    assert other.returncode == 1
    assert "its SHA-256 is" in other.stderr
    shutil.copytree(tiny.model, tmp_path / "deeper")
    record = json.loads((tmp_path / "deeper/model.json").read_text())
    record["backbones"]["text"]["blocks"] = [1, 7, 11]
    describe(tmp_path / "deeper", backbones=record["backbones"])
    blocks = predict(tiny, tmp_path, "talk.mp4", model=tmp_path / "deeper")
    assert blocks.returncode == 1
    assert "blocks (1, 7, 12)" in blocks.stderr
    shutil.copytree(tiny.model, tmp_path / "changed")
    with (tmp_path / "changed/model.json").open("a") as file:
        file.write(" ")
    changed = predict(tiny, tmp_path, "talk.mp4", model=tmp_path / "changed")
    assert changed.returncode == 1
    assert "its checksum differs from the one in SHA256SUMS" in changed.stderr
    for done in (other, blocks, changed):
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "predictions/answers.csv").exists()


@pytest.mark.slow
def test_the_commands_of_the_page_on_predictions(tiny: Tiny, tmp_path: Path) -> None:
    """Each line ``amanda predict`` of docs/predict.md, as it stands there, beside a demo's model and a shared one."""
    lines = re.findall(r"^amanda predict .*$", (ROOT / "docs/predict.md").read_text("utf-8"), re.MULTILINE)
    assert len(lines) == 3
    shutil.copytree(tiny.model, tmp_path / DEFAULT)
    shutil.copytree(tiny.model, tmp_path / "my_model")
    shutil.copytree(tiny.backbones, tmp_path / "results/synthetic/backbones")
    for film in ("talk.mp4", "interviews/one.mp4"):
        write_film(tmp_path / film)
    spoken = write_talk(tmp_path / "interview.mp4")
    (tmp_path / "clips.csv").write_text("video,text,video_start,video_end\ninterviews/one.mp4,Hello,0.2,1.2\n")
    answered = []
    for line in lines:
        done = amanda(*shlex.split(line)[1:], "--device", "cpu", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        answered.append(list(answers_in(tmp_path)))
    assert answered[0] == ["talk.mp4"]
    assert [name.startswith("interview.mp4#t=") for name in answered[2]] == [True] * len(spoken)
    rows = pq.read_table(tmp_path / "answers/answers.parquet").to_pylist()
    assert [row["clip_id"] for row in rows] == ["talk.mp4", "interviews/one.mp4", "clips.csv#row_2"]
    assert [row["heads"] for row in rows] == ["audio+visual", "audio+visual", "joint"]
