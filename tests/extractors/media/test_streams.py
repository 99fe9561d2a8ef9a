"""Of several streams the one that a player takes is read, by every program, and the choice is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pyarrow as pa
import pytest
from av.stream import Disposition
from helpers import toy_extractor
from helpers.shown_media import BLUE, GREEN, RED
from helpers.spoiled_release import SETTINGS, row

from extractors.extract_shard import tell_choices
from extractors.features.clip_extraction import Task
from extractors.inspect_corpus import inspect_clips
from extractors.media.pictures import sample_frames
from extractors.media.sound import SAMPLE_RATE, read_sound
from extractors.media.streams import choice_in
from extractors.modalities.text import TextSettings
from extractors.pages.quality import quality_page
from extractors.quality.checks import QUALITY
from extractors.shared.clip import CLASSES, ClipError
from extractors.shared.labels import Labels
from extractors.shared.settings import settings_of

DEFAULT, NONE = Disposition.default, Disposition(0)
COVER, NOTE = Disposition.attached_pic, Disposition.comment


@dataclass(frozen=True)
class Track:
    """A stream: its colour, or the height of its tone in Hz, its marks and its language."""

    content: tuple[int, int, int] | float
    marks: Disposition = NONE
    language: str = ""


def write_tracks(path: Path, tracks: Sequence[Track], seconds: float = 1.0) -> Path:
    """A file with these streams, in this order."""
    with av.open(str(path), "w") as container:
        streams = [_add(container, track) for track in tracks]
        for track, stream in zip(tracks, streams, strict=True):
            for frame in _frames(track, seconds):
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    return path


def _add(container: av.container.OutputContainer, track: Track) -> av.stream.Stream:
    if isinstance(track.content, tuple):
        stream = container.add_stream("png" if track.marks & COVER else "libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb24" if track.marks & COVER else "yuv420p"
    else:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
    stream.disposition = track.marks
    if track.language:
        stream.metadata["language"] = track.language
    return stream


def _frames(track: Track, seconds: float) -> list[av.frame.Frame]:
    if isinstance(track.content, tuple):
        picture = np.full((48, 64, 3), track.content, np.uint8)
        count = 1 if track.marks & COVER else round(10 * seconds)
        return [av.VideoFrame.from_ndarray(picture, "rgb24") for _ in range(count)]
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    block = av.AudioFrame.from_ndarray(np.sin(2 * np.pi * track.content * time, dtype="f4")[None] / 2, "fltp", "mono")
    block.sample_rate, block.pts = SAMPLE_RATE, 0
    return [block]


def colour_of(path: Path) -> tuple[int, ...]:
    """Which of the three colours the pictures have."""
    (frame,) = sample_frames(path, None, None, 1).frames
    return min((RED, GREEN, BLUE), key=lambda colour: np.abs(frame.mean(axis=(0, 1)) - colour).sum())


def height_of(path: Path) -> float:
    """The height of the sound in Hz, from its spectrum."""
    sound = read_sound(path, None, None)
    return float(np.abs(np.fft.rfft(sound)).argmax() * SAMPLE_RATE / len(sound))


TWO = {
    "the default wins": ([Track(300), Track(500, DEFAULT)], 500, "sound: stream 1 (default), not 0"),
    "the first of two defaults": (
        [Track(300, DEFAULT, "fra"), Track(500, DEFAULT, "eng")],
        300,
        "sound: stream 0 (default, fra), not 1 (default, eng)",
    ),
    "the first where none is": ([Track(300), Track(500)], 300, "sound: stream 0, not 1"),
    "a comment loses": ([Track(300, NOTE), Track(500)], 500, "sound: stream 1, not 0 (commentary)"),
    "a description for the blind loses": (
        [Track(300, Disposition.visual_impaired), Track(500)],
        500,
        "sound: stream 1, not 0 (for the visually impaired)",
    ),
    "a default comment wins": (
        [Track(300), Track(500, DEFAULT | NOTE)],
        500,
        "sound: stream 1 (default, commentary), not 0",
    ),
    "one has no choice": ([Track(300)], 300, ""),
}
"""Tracks of sound, the height in Hz that is to be heard, the words."""


@pytest.mark.parametrize("case", TWO)
def test_the_track_of_sound_that_players_take(tmp_path: Path, case: str) -> None:
    tracks, height, words = TWO[case]
    path = write_tracks(tmp_path / "clip.mkv", tracks)
    assert height_of(path) == pytest.approx(height, abs=10)
    assert choice_in(path, "audio") == words


def test_the_default_track_of_an_mp4(tmp_path: Path) -> None:
    tracks = [Track(RED), Track(300), Track(500, DEFAULT), Track(700)]
    path = write_tracks(tmp_path / "clip.mp4", tracks)
    assert height_of(path) == pytest.approx(500, abs=10)
    assert choice_in(path, "audio") == "sound: stream 2 (default), not 1, 3"


PICTURES = {
    "the default wins": ([Track(RED), Track(GREEN, DEFAULT)], GREEN, "pictures: stream 1 (default), not 0"),
    "the first where none is": ([Track(RED), Track(GREEN)], RED, "pictures: stream 0, not 1"),
    "a comment loses": ([Track(RED, NOTE), Track(GREEN)], GREEN, "pictures: stream 1, not 0 (commentary)"),
}


@pytest.mark.parametrize("case", PICTURES)
def test_the_stream_of_pictures_that_players_take(tmp_path: Path, case: str) -> None:
    tracks, colour, words = PICTURES[case]
    path = write_tracks(tmp_path / "clip.mkv", tracks)
    assert colour_of(path) == colour
    assert choice_in(path, "video") == words


def test_a_cover_is_never_the_film(tmp_path: Path) -> None:
    film = write_tracks(tmp_path / "film.mp4", [Track(RED), Track(BLUE, COVER)])
    assert colour_of(film) == RED
    assert choice_in(film, "video") == "pictures: stream 0 (default), not 1 (cover)"
    song = write_tracks(tmp_path / "song.mp4", [Track(300), Track(BLUE, COVER)])
    with pytest.raises(ClipError, match="has no pictures"):
        sample_frames(song, None, None, 1)
    assert choice_in(song, "video") == ""
    assert height_of(song) == pytest.approx(300, abs=10)


def test_a_stream_without_a_decoder_is_passed_over(tmp_path: Path) -> None:
    path = write_tracks(tmp_path / "clip.mkv", [Track(RED, DEFAULT), Track(GREEN), Track(300)])
    content = path.read_bytes()
    assert content.count(b"V_MPEG4/ISO/AVC") == 2
    path.write_bytes(content.replace(b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/NEW", 1))
    assert colour_of(path) == GREEN
    assert choice_in(path, "video") == "pictures: stream 1, not 0 (default, no decoder)"


def test_validate_reads_the_same_streams_and_says_so(tmp_path: Path) -> None:
    dark, bright = (10, 10, 10), (230, 230, 230)
    tracks = [Track(dark), Track(bright, DEFAULT), Track(300), Track(500, DEFAULT)]
    write_tracks(tmp_path / "two.mkv", tracks)
    write_tracks(tmp_path / "one.mkv", [Track(bright), Track(300)])
    clips = [row(name, video=f"{name}.mkv", audio=f"{name}.mkv") for name in ("two", "one")]
    clips.append(row("out", status="excluded", reason="left out", video="", audio=""))
    two, one, out = rows = inspect_clips(clips, tmp_path, SETTINGS, 1)
    assert two["luma"] == pytest.approx(230, abs=5)
    assert two["streams"] == "pictures: stream 1 (default), not 0; sound: stream 3 (default), not 2"
    assert (one["streams"], out["streams"]) == ("", "")
    assert pa.Table.from_pylist(rows, schema=QUALITY)["streams"].null_count == 0
    labels = Labels(tmp_path / "labels.parquet", CLASSES, dict.fromkeys(("two", "one", "out"), "sad"))
    page = quality_page(rows, [], labels, tmp_path, SETTINGS)
    assert "pictures: stream 1 (default), not 0; sound: stream 3 (default), not 2" in page
    assert "Which stream" not in quality_page(rows[1:], [], labels, tmp_path, SETTINGS)


def test_the_log_of_an_extraction_says_the_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tracks(tmp_path / "two.mkv", [Track(300), Track(500, DEFAULT)])
    write_tracks(tmp_path / "one.mkv", [Track(300)])
    task = Task("audio", tmp_path, toy_extractor.Toy(), settings_of(TextSettings, toy_extractor.SETTINGS), "cpu")
    for name, file in (("a", "two.mkv"), ("b", "one.mkv"), ("c", "two.mkv"), ("d", "absent.mkv")):
        clip = row(name, audio=file) | {"text": ""}
        task.prepare(clip, task.identify(clip))
    tell_choices(task.choices)
    assert capsys.readouterr().err == "sound: stream 1 (default), not 0; in 2 clips, such as a\n"
