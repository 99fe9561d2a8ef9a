"""The timeline of a recording for a page: pictures, sound and the probabilities of its parts over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from extractors.features.blame import blame
from extractors.media.clock import file_clock
from extractors.media.long_sound import sound_pieces
from extractors.media.pictures import sample_frames
from extractors.pages.thumbnail import data_uri, jpeg
from extractors.shared.clip import Row

Value = TypeVar("Value")

HEIGHT = 70
"""Height in pixels of a picture."""

PICTURES = 12
"""Number of pictures of a recording."""

BARS = 600
"""Number of bars of a waveform."""

PIECE, GRAIN = 30, 160
"""Seconds of sound that are read at once, and the number of samples of which only the largest is kept."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The content of the page for a recording.

    Attributes:
        name: name of the recording.
        seconds: duration in seconds.
        spans: the answers to its parts, rows of :data:`extractors.shared.answers.ANSWERS`, in order of time.
        pictures: data URIs in order of time, equally spaced; empty if the recording has no pictures.
        wave: the largest absolute sample in each of :data:`BARS` equal parts, 0 to 1; empty if it has no sound.
    """

    name: str
    seconds: float
    spans: Sequence[Row]
    pictures: list[str] = field(default_factory=list)
    wave: list[float] = field(default_factory=list)

    @property
    def marks(self) -> list[str]:
        """Five equally spaced times from the beginning to the end, as texts of :func:`clock_time`."""
        return [clock_time(part / 4 * self.seconds) for part in range(5)]


def clock_time(seconds: float) -> str:
    """Seconds as ``m:ss``, or as ``h:mm:ss`` from one hour on."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def timed_parts(clips: Sequence[Row], answers: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """For each recording with clips that are parts of it: one of the clips, and the parts' answers in order of time.

    Args:
        clips: rows of the manifest.
        answers: their answers, in the same order. Excluded clips and clips that are whole files are left out.
    """
    found: dict[tuple[str, str], tuple[Row, list[Row]]] = {}
    for clip, answer in zip(clips, answers, strict=True):
        if clip["status"] != "excluded" and answer["end"] is not None:
            found.setdefault((clip["video"], clip["audio"]), (clip, []))[1].append(answer)
    for _, parts in found.values():
        parts.sort(key=lambda part: (part["begin"] or 0.0, part["end"]))
    return list(found.values())


def view_recording(clip: Row, spans: Sequence[Row], release: Path) -> Timeline:
    """Read a recording for the page. Memory does not grow with its length, and unreadable media are left out.

    Args:
        clip: one of its clips, a row of the manifest.
        spans: the answers to its parts, in order of time.
        release: the folder to which the manifest's paths are relative.
    """
    video, audio = release / clip["video"], release / clip["audio"]
    ends = [*or_nothing(lambda: [file_clock(video).end], clip["video"]), *(span["end"] for span in spans)]
    return Timeline(
        clip["video"],
        float(np.nanmax(ends)),
        spans,
        or_nothing(lambda: _strip(video), clip["video"]),
        or_nothing(lambda: _wave(audio), clip["audio"]),
    )


def or_nothing(read: Callable[[], list[Value]], name: str) -> list[Value]:
    """The result of ``read``, or an empty list if the file or clip ``name`` cannot be read."""
    try:
        return read()
    except Exception as error:
        blame(error, name)
        return []


def _strip(video: Path) -> list[str]:
    return [data_uri(jpeg(frame, HEIGHT)) for frame in sample_frames(video, None, None, PICTURES).frames]


def _wave(audio: Path) -> list[float]:
    peaks = [np.zeros(0, np.float32)]
    for piece in sound_pieces(audio, PIECE):
        peaks.append(np.maximum.reduceat(np.abs(piece), np.arange(0, len(piece), GRAIN)))
    return envelope(np.concatenate(peaks), BARS)


def envelope(samples: np.ndarray, bars: int) -> list[float]:
    """The largest absolute sample in each of ``bars`` equal parts of a sound float32 [n], limited to 1.

    A sound with fewer samples than ``bars`` has one bar per sample.
    """
    parts = np.array_split(np.abs(samples), min(bars, len(samples))) if len(samples) else []
    return [round(min(float(part.max()), 1.0), 3) for part in parts]
