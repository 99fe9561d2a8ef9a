"""A folder becomes a table that the reader of one's own corpora takes, and a page that says what was read."""

from __future__ import annotations

import csv
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from helpers.html_document import Page
from helpers.media_folder import sounds
from helpers.talking_film import write_film

from extractors import list_clips
from extractors.clips.folder import list_folder, name_of
from extractors.clips.pattern import parse_pattern
from extractors.pages.listed import counts_of, doubts, drawn, lengths
from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.program import UserError


def run_program(folder: Path, monkeypatch: pytest.MonkeyPatch, pattern: str = "{label}/*", cues: str = "no") -> dict:
    """List a folder; the rows of its table, its counts, and the page beside it as text."""
    place = folder.parent
    flags = {"folder": folder, "pattern": pattern, "cues": cues, "shown": 12, "seed": 0, "table": folder / "clips.csv"}
    flags |= {"counts": place / "counts.json", "page": place / "page.html"}
    words = [str(word) for name, value in flags.items() for word in (f"--{name}", value)]
    monkeypatch.setattr(sys, "argv", ["extractors.list_clips", *words])
    list_clips.main()
    with (folder / "clips.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {"rows": rows, "page": (place / "page.html").read_text()} | json.loads((place / "counts.json").read_text())


def test_films_with_words_beside_them_become_a_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "lab"
    for label in ("happy", "sad"):
        film = folder / label / "P1, first.mp4"
        film.parent.mkdir(parents=True)
        film.with_suffix(".txt").write_text(write_film(film, label, 0.4, (120, 160)))
    (folder / "spoiled.mp4").write_bytes(b"no film")
    (folder / "happy" / "P2.mp4").write_bytes(b"no film either")
    made = run_program(folder, monkeypatch)
    assert (made["clips"], made["left_out"], made["labels"]) == (2, 2, {"happy": 1, "sad": 1})
    assert (made["video"], made["audio"], made["text"]) == (2, 2, 2)
    reading = {"reader": "custom", "table": "clips.csv"}
    clips = read_clips("lab", folder, reading, MODALITIES, {}, CLASSES)
    assert [(clip.clip_id, clip.label, clip.status) for clip in clips] == [
        ("happy_P1_first", "happy", "ok"),
        ("sad_P1_first", "sad", "ok"),
    ]
    assert all(clip.text and clip.video == clip.audio for clip in clips)
    assert (Page(made["page"]).open, Page(made["page"]).links) == ([], [])
    told = made["page"]
    assert "Clips that were read: 2. Files that were not understood: 2." in told
    assert "spoiled.mp4" in told
    assert "its name does not fit the pattern {label}/*" in told
    assert "not readable as media" in told
    assert len(Page(told).images) == 2 * 6
    assert "dB of full scale" in told
    assert "one clip alone has this label" in told


def test_sounds_alone_have_no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run_program(sounds(tmp_path / "lab", ["a/1.wav", "a/2.WAV"]), monkeypatch)
    assert [(row["clip_id"], row["video"], row["audio"]) for row in made["rows"]] == [
        ("a_1", "", "a/1.wav"),
        ("a_2", "", "a/2.WAV"),
    ]
    assert "2 of 2 clips have no pictures." in made["page"]
    assert "data:image" not in made["page"]


def test_a_film_and_a_sound_of_one_name_are_one_clip(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "lab", ["talk.wav", "other.wav", "other.flac"])
    write_film(folder / "talk.mp4", seconds=0.4, size=(120, 160))
    listing = list_folder(folder, None, cues=False)
    assert [(clip.cells["video"], clip.cells["audio"]) for clip in listing.clips] == [("talk.mp4", "talk.wav")]
    assert dict(listing.left_out) == dict.fromkeys(
        ["other.flac", "other.wav"], "other.flac and other.wav have one name; keep one of them here"
    )


def test_names_that_would_be_one_are_told(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "lab", ["a b.wav", "a_b.wav", "c.wav"])
    listing = list_folder(folder, None, cues=False)
    assert [clip.cells["clip_id"] for clip in listing.clips] == ["c"]
    assert {reason for _, reason in listing.left_out} == {"a b.wav and a_b.wav would both be clip a_b; rename one"}


def test_names_that_no_table_can_hold_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sounds(tmp_path / "lab", ["a/1.wav", " a/1.wav", "a/x\\y.wav", "a/two\nlines.wav"])
    with suppress(OSError):  # of a file system that takes UTF-8 alone
        (folder / "a" / os.fsdecode(b"\xff.wav")).write_bytes(b"x")
    made = run_program(folder, monkeypatch)
    assert [row["clip_id"] for row in made["rows"]] == ["a_1"]
    assert made["page"].count("begins with a blank or holds a backslash; rename it") == 2
    assert made["page"].count("cannot be printed; rename it") == made["left_out"] - 2
    assert made["left_out"] in (3, 4)


def test_names_of_other_scripts_stay_apart() -> None:
    names = {name_of(stem) for stem in ("愤怒/一", "愤怒/二", "évé", "eve", "x" * 300)}
    assert len(names) == 5
    assert all(name.isascii() and len(name) <= 200 for name in names)


def test_each_subtitle_may_be_a_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sounds(tmp_path / "lab", ["talk.wav", "dumb.wav"], seconds=3)
    (folder / "talk.srt").write_text(
        "1\n00:00:00,500 --> 00:00:01,000\nOne.\n\n2\n00:00:01,250 --> 00:00:02,750\nTwo.\n"
    )
    made = run_program(folder, monkeypatch, pattern="", cues="yes")
    assert [(row["clip_id"], row["text"], row["audio_start"], row["audio_end"]) for row in made["rows"]] == [
        ("talk_0001", "One.", "0.500", "1.000"),
        ("talk_0002", "Two.", "1.250", "2.750"),
    ]
    assert "no .srt or .vtt lies beside it" in made["page"]
    assert made["labels"] == {}


def test_words_that_cannot_be_read_are_a_remark(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "lab", ["a.wav"])
    (folder / "a.txt").write_bytes(b"caf\xe9")
    listing = list_folder(folder, None, cues=False)
    assert [clip.cells["text"] for clip in listing.clips] == [""]
    assert "a.txt" in listing.remarks[0][1]


@pytest.mark.parametrize(
    ("names", "pattern", "message"),
    [
        ([], None, "holds no video and no sound"),
        (["a.wav", "b.wav"], "{label}_*", "none of 2 files gives a clip; a.wav, the first: its name does not fit"),
    ],
)
def test_a_folder_without_a_clip_is_refused(
    tmp_path: Path, names: list[str], pattern: str | None, message: str
) -> None:
    folder = sounds(tmp_path / "lab", names)
    folder.mkdir(exist_ok=True)
    with pytest.raises(UserError, match=message):
        list_folder(folder, parse_pattern(pattern) if pattern else None, cues=False)


def test_what_may_be_a_mistake_is_asked(tmp_path: Path) -> None:
    names = [f"{speaker}_{label}.wav" for speaker, label in (("1", "Joy"), ("2", "joy"), ("3", "fear"))]
    listing = list_folder(sounds(tmp_path / "lab", names), parse_pattern("{speaker}_{label}"), cues=False)
    told = list(doubts(listing))
    assert "Joy, fear, joy: one clip alone has this label" in told[0]
    assert told[1] == "Joy, joy: labels that differ in capitals alone count as one."
    assert told[2].startswith("Each clip has a speaker of its own")
    assert "3 clips are shorter than 0.5 s." in told
    assert counts_of(listing)["speakers"] == 3


def test_lengths_and_the_clips_that_are_shown(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "lab", [f"a/{n}.wav" for n in range(5)], seconds=0.6)
    sounds(folder, ["b/0.wav"], seconds=3)
    listing = list_folder(folder, parse_pattern("{label}/*"), cues=False)
    assert lengths(listing.clips) == [
        ("a", 5, "0.1", "0.6, 0.6, 0.6"),
        ("b", 1, "0.1", "3.0, 3.0, 3.0"),
        ("all", 6, "0.1", "0.6, 0.6, 3.0"),
    ]
    assert drawn(listing, 12, 0) == listing.clips
    assert len(drawn(listing, 2, 0)) == 2
    assert drawn(listing, 3, 0) == drawn(listing, 3, 0)
