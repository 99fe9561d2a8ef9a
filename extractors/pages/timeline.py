"""A recording of which parts were answered, for a page: pictures and sound over time, and the probabilities."""

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
"""Pictures of a recording."""

BARS = 600
"""Bars of a waveform."""

PIECE, GRAIN = 30, 160
"""Seconds of sound that are read at once, and samples of which the largest is kept."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a page shows of a recording.

    Attributes:
        name: of the recording.
        seconds: how long it is.
        spans: the answers to its parts, rows of :data:`extractors.shared.answers.ANSWERS`, in order of time.
        pictures: data URIs in order of time, equally far apart; none where it has no pictures.
        wave: the largest absolute sample in each of :data:`BARS` equal parts, 0 to 1; none where it has no sound.
    """

    name: str
    seconds: float
    spans: Sequence[Row]
    pictures: list[str] = field(default_factory=list)
    wave: list[float] = field(default_factory=list)

    @property
    def marks(self) -> list[str]:
        """Five times, equally far apart from the beginning to the end, as people write them."""
        return [clock_time(part / 4 * self.seconds) for part in range(5)]


def clock_time(seconds: float) -> str:
    """Seconds as ``m:ss``, from an hour on as ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def timed_parts(clips: Sequence[Row], answers: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """Recordings of which parts are clips: a clip of each, and the answers to its parts in order of time.

    Args:
        clips: rows of the manifest.
        answers: their answers, in the same order; whole files, and clips that are not there, are left out.
    """
    found: dict[tuple[str, str], tuple[Row, list[Row]]] = {}
    for clip, answer in zip(clips, answers, strict=True):
        if clip["status"] != "excluded" and answer["end"] is not None:
            found.setdefault((clip["video"], clip["audio"]), (clip, []))[1].append(answer)
    for _, parts in found.values():
        parts.sort(key=lambda part: (part["begin"] or 0.0, part["end"]))
    return list(found.values())


def view_recording(clip: Row, spans: Sequence[Row], release: Path) -> Timeline:
    """Read a recording for the page, in memory that does not grow with it; what cannot be read is left out.

    Args:
        clip: one of its clips, a row of the manifest.
        spans: the answers to its parts, in order of time.
        release: the folder that the manifest's paths start from.
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
    """What is read of a file or clip of this name, or nothing where it cannot be read."""
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
    """The largest absolute sample in each of ``bars`` equal parts of a sound float32 [n], at most 1 each.

    A sound of fewer samples has a bar for each.
    """
    parts = np.array_split(np.abs(samples), min(bars, len(samples))) if len(samples) else []
    return [round(min(float(part.max()), 1.0), 3) for part in parts]
