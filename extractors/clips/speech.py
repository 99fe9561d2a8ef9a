"""A sound -> the times at which somebody speaks, by the voice activity detector of WebRTC.

For each frame, the detector compares the power in six bands with Gaussian models of noise and of speech. The models
are part of the library (webrtcvad-wheels), so no download is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import webrtcvad

from extractors.media.loudness import QUIETEST
from extractors.media.resample import SAMPLE_RATE
from extractors.shared.program import UserError

FRAME = 0.03
"""Duration in seconds of the detector's frames, each of which is speech or not; it accepts 0.01, 0.02 or 0.03."""

FRAMES = 1000
"""Frames in a piece of sound."""

PIECE = round(FRAMES * FRAME)
"""Seconds of a piece of sound: a whole number of frames."""

AGGRESSIVENESS = (0, 1, 2, 3)
"""Modes of the detector. With higher numbers it must be more certain, so it finds less speech."""

LOUD = 0.95
"""Share of frames that are not louder than :attr:`Speech.decibels`."""

QUIET = -50.0
"""Level in dB of full scale, see :attr:`Speech.decibels`, below which the detector misses speech."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Settings for dividing speech into segments.

    Attributes:
        aggressiveness: one of :data:`AGGRESSIVENESS`.
        gap: longest silence within a segment, in seconds.
        shortest: shortest segment, in seconds; shorter speech is dropped.
        longest: longest segment, in seconds; a longer one is cut at its longest pause, or in the middle if it has none.

    Raises:
        UserError: the values do not fit together.
    """

    aggressiveness: int
    gap: float
    shortest: float
    longest: float

    def __post_init__(self) -> None:
        if self.aggressiveness not in AGGRESSIVENESS:
            raise UserError(f"aggressiveness {self.aggressiveness}: not one of 0, 1, 2 and 3")
        if self.gap < 0 or self.shortest <= 0 or not self.longest >= 2 * self.shortest:
            raise UserError(
                f"gap {self.gap}, shortest {self.shortest}, longest {self.longest}: the gap must not be negative, and"
                " the longest segment must have at least twice the seconds of the shortest"
            )


@dataclass(frozen=True, slots=True)
class Speech:
    """The speech in a sound.

    Attributes:
        segments: seconds at which each segment begins and ends: multiples of :data:`FRAME`, in order, not overlapping.
        decibels: the level that 5 % of the frames exceed, in dB of full scale.
    """

    segments: tuple[tuple[float, float], ...]
    decibels: float


def find_speech(pieces: Iterable[np.ndarray], habits: Habits) -> Speech:
    """Find the speech in a sound.

    Args:
        pieces: float32 [n] each at 16 kHz, of :data:`PIECE` seconds. The last piece may be shorter.
        habits: settings for the segments.
    """
    detector = webrtcvad.Vad(habits.aggressiveness)
    size = round(FRAME * SAMPLE_RATE)
    spoken, powers = bytearray(), [np.zeros(0)]
    for piece in pieces:
        frames = piece[: len(piece) // size * size].reshape(-1, size)
        powers.append(np.square(frames, dtype=np.float64).mean(axis=1))
        whole = np.clip(frames * 2.0**15, -(2**15), 2**15 - 1).astype("<i2")
        spoken += bytes(detector.is_speech(frame.tobytes(), SAMPLE_RATE) for frame in whole)
    found = segments_of(np.frombuffer(spoken, bool), habits)
    segments = tuple((round(begin * FRAME, 2), round(end * FRAME, 2)) for begin, end in found)
    power = np.quantile(np.concatenate(powers), LOUD) if spoken else 0.0
    return Speech(segments, 10 * math.log10(max(power, QUIETEST)))


def segments_of(spoken: np.ndarray, habits: Habits) -> list[tuple[int, int]]:
    """First frame of each segment, and the frame after its last one.

    Args:
        spoken: whether somebody speaks in each frame, bool [frames].
        habits: settings for the segments.
    """
    gap, shortest, longest = (round(seconds / FRAME) for seconds in (habits.gap, habits.shortest, habits.longest))
    joined: list[tuple[int, int]] = []
    for begin, end in _runs(spoken):
        if joined and begin - joined[-1][1] <= gap:
            begin = joined.pop()[0]
        joined.append((begin, end))
    long_enough = [(begin, end) for begin, end in joined if end - begin >= shortest]
    return [part for begin, end in long_enough for part in _cut(spoken, begin, end, shortest, longest)]


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Position of the first flag of each run of true flags, and the position after its last one."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _cut(spoken: np.ndarray, begin: int, end: int, shortest: int, longest: int) -> list[tuple[int, int]]:
    """Cut a segment into parts of at least ``shortest`` and at most ``longest`` frames."""
    if end - begin <= longest:
        return [(begin, end)]
    pauses = [(begin + stop, begin + go) for stop, go in _runs(~spoken[begin:end])]
    pauses = [(stop, go) for stop, go in pauses if stop - begin >= shortest and end - go >= shortest]
    middle = (begin + end) // 2
    stop, go = max(pauses, key=lambda pause: pause[1] - pause[0], default=(middle, middle))
    left, right = (begin, stop), (go, end)
    return [part for side in (left, right) for part in _cut(spoken, *side, shortest, longest)]
