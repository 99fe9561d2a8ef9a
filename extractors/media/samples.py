"""Decoded frames of a sound stream -> blocks of samples, each at its place on the file's clock.

Time stamps are rounded (to a millisecond in Matroska and FLV, to a chunk in AVI); the number of samples is exact. So
blocks follow each other without a gap as long as their stamps agree with the number of samples within :data:`STEADY`.
If the difference is larger, the stamps are used: there is a gap between two blocks, or an overlap. The overlapping
part of the later block is left out. The count of samples then starts again, so that small differences do not add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from extractors.shared.clip import ClipError

STEADY = 0.04
"""Largest accepted difference between stamps and the number of samples, in seconds. MP3 in AVI differs by up to one
frame of 26 ms, AC-3 by 32 ms. From 45 ms on, people notice that sound comes before its picture (ITU-R BT.1359)."""

LONGEST_OVERLAP = 1.0
"""Largest accepted overlap of two blocks, in seconds. Recorders that join their parts repeat less."""

RATES = (4000, 384_000)
"""Lowest and highest accepted sampling rate, in samples per second."""

COUNTED = ("aac", "ac3", "amr", "amrnb", "amrwb", "dts", "dtshd", "eac3", "loas", "mlp", "mp3", "truehd")
"""Formats, by FFmpeg's names, that store no times. FFmpeg counts at the first rate, even after the rate changed."""


class Block(NamedTuple):
    """Consecutive samples.

    Attributes:
        first: number of the first sample, counted from the start of the file at ``rate``.
        rate: samples per second.
        samples: float32 [channels, n] within -1..1.
    """

    first: int
    rate: int
    samples: np.ndarray

    @property
    def begin(self) -> float:
        """Second at which the block begins."""
        return self.first / self.rate

    @property
    def end(self) -> float:
        """Second at which the block ends."""
        return (self.first + self.samples.shape[1]) / self.rate

    def within(self, start: float, end: float) -> Block:
        """The part of the block between two times. It may have no samples."""
        first, last = (round(min(max(time, self.begin), self.end) * self.rate) - self.first for time in (start, end))
        return Block(self.first + first, self.rate, self.samples[:, first:last])


class Placing:
    """Finds the places of frames, which are given in order.

    Args:
        name: name of the file, for errors.
        kind: FFmpeg's names of its format.
    """

    def __init__(self, name: str, kind: str) -> None:
        self._name, self._counted = name, bool(set(kind.split(",")) & set(COUNTED))
        self._rate = self._following = 0
        self._believed = True

    def place(self, time: float | None, rate: int, length: int) -> tuple[int, int]:
        """The place of ``length`` samples whose stamp is ``time``: number of the first, and samples to leave out.

        Raises:
            ClipError: the sampling rate is outside :data:`RATES`, or times go backwards.
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
    container: av.container.InputContainer, timed: Iterable[tuple[float | None, av.AudioFrame]], start: float
) -> Iterator[Block]:
    """Blocks in order of time. They do not overlap, but there may be gaps between them.

    Args:
        container: the file.
        timed: frames of sound with their times in seconds on the file's clock; None if a frame has no time.
        start: second before which no samples are needed. Blocks that end before it are not converted and have zeros.

    Raises:
        ClipError: the sampling rate is outside :data:`RATES`, or times go backwards.
    """
    placing = Placing(Path(container.name).name, container.format.name)
    to_float, kind = av.AudioResampler(format="flt"), None
    for time, frame in timed:
        first, overlapping = placing.place(time, frame.sample_rate, frame.samples)
        if (following := first + frame.samples - overlapping) <= start * frame.sample_rate:
            yield Block(first, frame.sample_rate, np.broadcast_to(np.float32(0), (1, following - first)))
            continue
        if kind != (kind := (frame.format.name, frame.layout.name, frame.sample_rate)):
            to_float = av.AudioResampler(format="flt")  # a resampler accepts frames of one kind only
        for part in to_float.resample(frame):
            # Interleaved, because PyAV crashes if a frame has more than 8 planes.
            samples = np.ascontiguousarray(part.to_ndarray().reshape(-1, part.layout.nb_channels).T)[:, overlapping:]
            if samples.shape[1]:
                yield Block(first, frame.sample_rate, samples)
