"""The page of answers: one number in one place, nothing hidden, and no text that could act as markup."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from helpers.page_document import Document
from helpers.talking_film import write_film
from helpers.toy_extractor import make_clips

from extractors.pages.answers import View, answers_page, view_clip
from extractors.pages.timeline import envelope
from extractors.shared.answers import answers_schema
from extractors.shared.clip import CLASSES, MANIFEST

ANSWERS = answers_schema(CLASSES)

HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 6 }}"


def answer(clip_id: str, **columns: object) -> dict:
    empty = dict.fromkeys(ANSWERS.names) | {"status": "unanswered", "heads": "", "reason": "all is missing"}
    return empty | {"clip_id": clip_id} | columns


def answered(clip_id: str) -> dict:
    shares = {"neutral": 0.125, "happy": 0.5, "sad": 0.25, "angry": 0.125}
    voted = {f"text_{name}": share for name, share in shares.items()}
    said = {"status": "answered", "emotion": "happy", "probability": 0.5, "agreement": 1.0, "heads": "text"}
    return answer(clip_id, **said, **shares, **voted, reason="audio: silent")


def text_of(page: str) -> str:
    return " ".join("".join(Document(page).texts).split())


def test_what_the_page_says(tmp_path: Path) -> None:
    one, two = make_clips(["Hello there", ""])
    views = [View(one, answered(one["clip_id"]), ["data:,"], [0.0, 1.0]), View(two, answer(two["clip_id"]))]
    text = text_of(answers_page(views, [], {"clips": 3, "answered": 1}, "a model", "SYNTHETIC", tmp_path))
    assert "1 of 3 clips have an answer." in text
    assert "The first 2 of 3 clips are shown" in text
    assert "happy, 50 %; 100 % of the networks agree. Only these modalities voted: text. audio: silent." in text
    assert "answer 12 % 50 % 25 % 12 % text 12 % 50 % 25 % 12 % audio – – – – visual – – – –" in text
    assert "No answer: all is missing." in text
    assert "SYNTHETIC" in text


def test_texts_are_plain(tmp_path: Path) -> None:
    (clip,) = make_clips([HOSTILE])
    view = View(clip | {"clip_id": HOSTILE}, answered(HOSTILE) | {"reason": HOSTILE})
    page = answers_page([view], [], {"clips": 1, "answered": 1}, HOSTILE, HOSTILE, tmp_path)
    assert "<script" not in page
    assert text_of(page).count("{{ 7 * 6 }}") == 5


def test_envelope() -> None:
    assert envelope(np.array([0.1, -0.5, 0.25, 0.0, 2.0], np.float32), 2) == [0.5, 1.0]
    assert envelope(np.array([0.5], np.float32), 300) == [0.5]
    assert envelope(np.zeros(0, np.float32), 300) == []


def test_a_film_is_seen_and_heard(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4")
    (clip,) = make_clips(["Hello"])
    clip |= {"video": "a.mp4", "audio": "a.mp4"}
    view = view_clip(clip, answered(clip["clip_id"]), tmp_path)
    assert len(view.pictures) == 6
    assert len(view.wave) == 300
    assert max(view.wave) > 0.02
    deaf = view_clip(clip | {"audio": "none.wav"}, answered(clip["clip_id"]), tmp_path)
    assert (len(deaf.pictures), deaf.wave) == (6, [])


def test_the_program(tmp_path: Path) -> None:
    clips = make_clips(["one", "two"])
    pq.write_table(pa.Table.from_pylist(clips, schema=MANIFEST), tmp_path / "manifest.parquet")
    rows = [answered(clips[0]["clip_id"]), answer(clips[1]["clip_id"])]
    flags = {"manifest": "manifest.parquet", "release": ".", "answers": "answers.parquet", "model": "m", "warning": ""}
    flags |= {"most": "1", "page": "page.html"}
    command = [sys.executable, "-m", "extractors.show_answers"]
    command += [word for name, value in flags.items() for word in (f"--{name}", value)]

    def run(table: pa.Table) -> subprocess.CompletedProcess:
        pq.write_table(table, tmp_path / "answers.parquet")
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run(pa.Table.from_pylist(rows, schema=ANSWERS)).returncode == 0
    assert "The first 1 of 2 clips are shown" in text_of((tmp_path / "page.html").read_text("utf-8"))
    swapped = run(pa.Table.from_pylist(rows[::-1], schema=ANSWERS))
    assert (swapped.returncode, swapped.stderr.count("\n")) == (1, 1)
    assert "its clips differ from those of the manifest" in swapped.stderr
    assert "not a table of answers" in run(pa.table({"a": [1]})).stderr
