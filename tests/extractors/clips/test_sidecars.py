"""Words beside a media file: which file is read, its cues, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.clips.sidecars import Cue, find_sidecar, parse_cues, read_words
from extractors.shared.program import UserError

SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\nthere.\r\n\r\n"
    "2\r\n00:01:03,5 --> 01:00:04,000\r\n{\\an8}Good &amp; bye\r\n"
)
VTT = (
    "WEBVTT - a title\n\nNOTE 00:01 is no cue\n\nfirst\n00:01.000 --> 00:02.500 align:start\n<v Ann>Hello there.\n\n"
    "01:03.500 --> 01:00:04.000\nGood &amp; bye\n"
)
CUES = [Cue(1.0, 2.5, "Hello there."), Cue(63.5, 3604.0, "Good & bye")]


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", VTT)])
def test_cues(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert parse_cues(text, path) == CUES
    assert read_words(path, None, None) == "Hello there. Good & bye"
    assert read_words(path, 0.0, 3.0) == "Hello there."
    assert read_words(path, 1.75, None) == "Hello there. Good & bye", "the middle of the first cue is in"
    assert read_words(path, 1.76, 1833.75) == "", "the middle of the second cue is 1833.75 and the end is out"


def test_a_plain_text_belongs_to_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("I am\n  fine \n")
    assert read_words(path, None, None) == "I am fine"
    assert read_words(path, 0.0, 1.0) == ""


def test_which_file_is_read(tmp_path: Path) -> None:
    media = tmp_path / "talk.mp4"
    assert find_sidecar(media) is None
    for name in ("talk.vtt", "talk.mp4.srt", "talk.srt", "talk.txt"):
        (tmp_path / name).touch()
        assert find_sidecar(media) == tmp_path / name, "each goes before those written until then"


def test_a_text_is_not_its_own_sidecar(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").touch()
    assert find_sidecar(tmp_path / "talk.txt") is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"1\n00:00:05,000 --> 00:00:02,500\nHello\n", r"a\.srt:2: the cue ends before it begins"),
        (b"Hello\n", r"a\.srt: has no line such as 00:00:01,000 -->"),
        (b"1\n00:00:01,000 --> 00:00:02,500\nf\xfcnf\n", r"a\.srt:3: not UTF-8"),
    ],
)
def test_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(data)
    with pytest.raises(UserError, match=sentence):
        read_words(path, None, None)


def test_no_words_at_all(tmp_path: Path) -> None:
    assert parse_cues("", tmp_path) == parse_cues("WEBVTT\n", tmp_path) == []
