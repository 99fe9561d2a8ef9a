"""Decoded frames of a sound stream -> blocks of samples, each at its place on the file's clock.

Time stamps are rounded (to a millisecond in Matroska and FLV, to a chunk in AVI), samples are not. So blocks follow
each other without a seam while their stamps agree with the count of samples to within :data:`STEADY`. Beyond it the
stamps are right: two blocks have a hole between them, or an overlap, of which the later block's part is left out. The
count begins anew there, so that small differences do not add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from extractors.shared.clip import ClipError

STEADY = 0.04
"""Seconds by which stamps and the count of samples may differ: MP3 in AVI differs by up to a frame of 26 ms, AC-3 by 32
ms; from 45 ms on people notice sound that comes before its picture (ITU-R BT.1359)."""

LONGEST_OVERLAP = 1.0
"""Seconds by which a block may begin before the end of the one before it; recorders that join their parts repeat
less."""

RATES = (4000, 384_000)
"""Least and most samples per second of a sound that is read."""

COUNTED = ("aac", "ac3", "amr", "amrnb", "amrwb", "dts", "dtshd", "eac3", "loas", "mlp", "mp3", "truehd")
"""Formats, as FFmpeg names them, that store no times: it counts frames of the first rate, wrongly once that changes."""


class Block(NamedTuple):
    """Samples that follow each other.

    Attributes:
        first: number of its first sample, counted from the start of the file at ``rate``.
        rate: samples per second.
        samples: float32 [channels, n] within -1..1.
    """

    first: int
    rate: int
    samples: np.ndarray

    @property
    def begin(self) -> float:
        """Seconds at which it begins."""
        return self.first / self.rate

    @property
    def end(self) -> float:
        """Seconds at which it ends."""
        return (self.first + self.samples.shape[1]) / self.rate

    def within(self, start: float, end: float) -> Block:
        """The part of it between two times, perhaps without any sample."""
        first, last = (round(min(max(time, self.begin), self.end) * self.rate) - self.first for time in (start, end))
        return Block(self.first + first, self.rate, self.samples[:, first:last])


class Placing:
    """Gives frames their places, one after the other.

    Args:
        name: of the file, for its errors.
        kind: the names of its format, as FFmpeg has them.
    """

    def __init__(self, name: str, kind: str) -> None:
        self._name, self._counted = name, bool(set(kind.split(",")) & set(COUNTED))
        self._rate = self._following = 0
        self._believed = True

    def place(self, time: float | None, rate: int, length: int) -> tuple[int, int]:
        """Where ``length`` samples that should begin at ``time`` belong: number of the first, how many to leave out.

        Raises:
            ClipError: a sampling rate that no sound has, or times that run backwards.
        """
        fresh = not self._rate
        self._change_rate(rate)
        first, overlap = self._following, 0
        if time is not None and self._believed and (fresh or abs(time - first / rate) > STEADY):
            first = round(time * rate)
            overlap = 0 if fresh else max(self._following - first, 0)
        if overlap > LONGEST_OVERLAP * rate:
            raise ClipError(
                f"{self._name}: the times of its sound go back from {self._following / rate:.2f} to"
                f" {first / rate:.2f} s; write it anew with a program that gives it one time line"
            )
        overlapping = min(overlap, length)
        self._following = max(self._following, first + length) if overlap else first + length
        return first + overlapping, overlapping

    def _change_rate(self, rate: int) -> None:
        if not RATES[0] <= rate <= RATES[1]:
            raise ClipError(
                f"{self._name}: {rate} Hz is no sampling rate that can be read; convert its sound to one of"
                f" {RATES[0]} to {RATES[1]} Hz"
            )
        if self._rate and rate != self._rate:
            self._believed = self._believed and not self._counted
            self._following = round(self._following * rate / self._rate)
        self._rate = rate


def sound_blocks(
    container: av.container.InputContainer, timed: Iterable[tuple[float | None, av.AudioFrame]]
) -> Iterator[Block]:
    """Blocks in order of time, which do not overlap; between two of them there may be a hole.

    Args:
        container: the file.
        timed: frames of its sound with their seconds on the file's clock; None where it has no time for them.

    Raises:
        ClipError: a sampling rate that no sound has, or times that run backwards.
    """
    placing = Placing(Path(container.name).name, container.format.name)
    to_float, kind = None, None
    for time, frame in timed:
        first, overlapping = placing.place(time, frame.sample_rate, frame.samples)
        if kind != (kind := (frame.format.name, frame.layout.name, frame.sample_rate)):
            to_float = av.AudioResampler(format="flt")  # takes frames of one kind only
        for part in to_float.resample(frame):
            # Interleaved, since PyAV crashes where a frame has more than 8 planes.
            samples = np.ascontiguousarray(part.to_ndarray().reshape(-1, part.layout.nb_channels).T)[:, overlapping:]
            if samples.shape[1]:
                yield Block(first, frame.sample_rate, samples)
