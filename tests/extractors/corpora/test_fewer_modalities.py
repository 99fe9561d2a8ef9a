"""Corpora without pictures, sound or words: what is not there is not asked for, and what is not used is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from helpers import releases

from extractors.corpora.base import load_reader
from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, MODALITIES, Clip
from extractors.shared.program import UserError

READING = {"reader": "custom", "table": "clips.csv"}
WAVS = "clip_id,audio,label\na,a.wav,sad\nb,gone.wav,happy\n"
WORDS = "clip_id,text,label\na,I see.,sad\n"


def read(root: Path, modalities: Sequence[str]) -> list[Clip]:
    return read_clips("mylab", root, READING, modalities, {}, CLASSES)


def lab(root: Path, table: str) -> Path:
    releases.write(root / "clips.csv", table)
    releases.write(root / "a.wav", b"x")
    return root


def test_a_table_of_sounds_needs_no_column_of_another_modality(tmp_path: Path) -> None:
    first, second = read(lab(tmp_path, WAVS), ["audio"])
    assert (first.status, first.reason, first.audio, first.video, first.text) == ("ok", "", "a.wav", "", "")
    assert (second.status, second.reason) == ("excluded", "no media file: audio")
    with pytest.raises(UserError, match=r"no column video among clip_id, audio, label; it needs clip_id, video, audio"):
        read(tmp_path, MODALITIES)
    sources = load_reader("custom").sources(tmp_path, READING, ["audio"])
    assert (sources.video, sources.audio) == ([], ["a.wav", "gone.wav"])


def test_a_table_of_words_needs_no_file_and_the_words(tmp_path: Path) -> None:
    (clip,) = read(lab(tmp_path, WORDS), ["text"])
    assert (clip.status, clip.text, clip.video, clip.audio) == ("ok", "I see.", "", "")
    with pytest.raises(UserError, match=r"no column text among clip_id, audio, label; it needs clip_id, text"):
        read(lab(tmp_path, WAVS), ["text"])
    with pytest.raises(UserError, match="no usable clip has a text"):
        read(lab(tmp_path, "clip_id,text,label\na,,sad\n"), ["text"])


def test_what_a_corpus_has_not_is_not_kept_of_a_table_that_names_it(tmp_path: Path) -> None:
    """A video that nobody may read is not looked for; its times go with it."""
    table = "clip_id,video,audio,label,text,video_start,audio_start\na,gone.mp4,a.wav,sad,Hey,1.5,2\n"
    (clip,) = read(lab(tmp_path, table), ["audio"])
    assert (clip.status, clip.video, clip.video_start, clip.text) == ("ok", "", None, "")
    assert (clip.audio, clip.audio_start) == ("a.wav", 2.0)


def iemocap(root: Path) -> Path:
    return releases.iemocap(root, {"Ses01F_impro01_F000": "ang", "Ses02M_script01_1_F001": "sad"})


def meld(root: Path) -> Path:
    return releases.meld(root, {split: [(0, 0, "joy", "Hey!")] for split in releases.MELD_FOLDERS})


def msp_improv(root: Path) -> Path:
    return releases.msp_improv(root, {"S01A-F01-P-FM01": "A", "S01A-M01-P-FM01": "S"})


@pytest.mark.parametrize(
    ("corpus", "make", "modalities", "gone"),
    [
        ("iemocap", iemocap, ["text", "audio"], ".avi"),
        ("iemocap", iemocap, ["visual"], ".wav"),
        ("iemocap", iemocap, ["text"], ".avi .wav"),
        ("meld", meld, ["text"], ".mp4"),
        ("msp_improv", msp_improv, ["audio"], ".avi"),
    ],
)
def test_a_release_without_media_of_one_kind_is_whole(
    corpus: str, make: object, modalities: list[str], gone: str, tmp_path: Path
) -> None:
    root = make(tmp_path)
    for path in list(root.rglob("*")):
        if path.suffix and path.suffix in gone.split():
            path.unlink()
    clips = releases.clips_of(corpus, root, modalities)
    assert len(clips) > 1
    assert {clip.status for clip in clips} == {"ok"}
    for name, column in (("text", "text"), ("audio", "audio"), ("visual", "video")):
        assert {bool(getattr(clip, column)) for clip in clips} == {name in modalities}
    with pytest.raises(UserError):
        releases.clips_of(corpus, root)
