"""Media file -> the sound of a clip at 16 kHz, each sample at its place on the file's clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import av
import numpy as np

from extractors.media.clock import file_clock, timed_frames
from extractors.media.container import (
    TOLERATED_GAP,
    announced_seconds,
    check_times,
    first_stream,
    nothing_there,
    open_media,
    origin,
    seconds,
)
from extractors.media.hands import LONGEST_HOLE
from extractors.media.loudness import Loudness
from extractors.media.resample import SAMPLE_RATE, resample
from extractors.media.samples import Block, sound_blocks
from extractors.shared.clip import ClipError

LOUDEST = 2.0**31
"""Largest accepted sample. Float sounds may hold unscaled integers, but values beyond 32 bits are damage, like NaN."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound of a clip.

    Attributes:
        samples: float32 [n] at 16 kHz, the average of all channels; zeros where the file has no sound.
        held: seconds of ``samples`` for which the file has sound.
        missing: seconds that are missing at the end of the interval, or of the duration that the header announces.
        decibels: level of the sound without gaps, see :attr:`extractors.media.loudness.Loudness.decibels`.
        cancelled: whether the channels cancel each other.
    """

    samples: np.ndarray
    held: float
    missing: float
    decibels: float
    cancelled: bool

    @property
    def duration(self) -> float:
        """Duration of the samples in seconds."""
        return len(self.samples) / SAMPLE_RATE


def read_sound(path: Path, start: float | None, end: float | None) -> np.ndarray:
    """The samples of :func:`hear`."""
    return hear(path, start, end).samples


def hear(path: Path, start: float | None, end: float | None) -> Heard:
    """Decode the sound between two times (None: the start of the file, the end of its sound).

    Samples are at their times on the file's clock. Zeros fill the time before the sound begins, gaps, and, if ``end``
    is later than the sound, the time after it while the pictures continue. A segment is cut at the file's own rate and
    then resampled with a windowed sinc. If the rate changes, each section is resampled on its own.

    Raises:
        ClipError: the file is missing, damaged or has no sound, or ends before ``start``.
    """
    check_times(path, "sound", start, end)
    begin, last = max(start or 0.0, 0.0), math.inf if end is None else end
    with open_media(path) as container:
        stream = first_stream(container, container.streams.audio, "sound")
        kept, loudness, reached = _kept(path, container, stream, begin, last)
        announced = announced_seconds(path, container, stream) + max(
            seconds(stream.start_time or 0, stream.time_base) - origin(container), 0.0
        )
        if reached and end is not None:
            reached = with_silence(path, stream.index, reached, end)
    if reached <= begin:
        raise nothing_there(path, "sound", start, end)
    samples = joined(path, kept, begin, reached)
    wanted = announced if end is None else end - (start or 0.0)
    return Heard(
        samples=samples,
        held=sum(part.end - part.begin for part in kept),
        missing=0.0 if (start is None) != (end is None) else max(wanted - len(samples) / SAMPLE_RATE, 0.0),
        decibels=loudness.decibels,
        cancelled=loudness.cancelled,
    )


def with_silence(path: Path, stream: int, reached: float, end: float) -> float:
    """The second at which a clip ends, if its sound ends at ``reached`` and ``end`` is the requested end.

    The missing sound counts as silence while other streams of the file continue. If at most :data:`TOLERATED_GAP`
    seconds are missing, the clip ends at ``reached``.
    """
    if end - reached <= TOLERATED_GAP:
        return reached
    others = [track.end for number, track in file_clock(path).tracks.items() if number != stream]
    return max(reached, min(float(np.nanmax([0.0, *others])), end))


def _kept(
    path: Path, container: av.container.InputContainer, stream: av.AudioStream, begin: float, last: float
) -> tuple[list[Block], Loudness, float]:
    """Blocks of one channel between two times, their loudness, and the second up to which the sound was decoded."""
    kept, loudness, reached = [], Loudness(), 0.0
    for block in sound_blocks(container, timed_frames(path, container, stream), begin):
        reached = min(block.end, last)
        part = block.within(begin, last)
        if part.samples.size:
            check_samples(path, part.samples)
            kept.append(part._replace(samples=loudness.add(part.samples)[None]))
        if block.begin > last:
            break
    return kept, loudness, reached


def check_samples(path: Path, samples: np.ndarray) -> None:
    """Refuse invalid samples.

    Raises:
        ClipError: a sample is NaN, infinite or larger than :data:`LOUDEST`.
    """
    if not np.abs(samples).max() <= LOUDEST:
        raise ClipError(f"{path.name}: its sound has samples that are NaN, infinite or impossibly loud")


def check_hole(path: Path, end: float, begin: float) -> None:
    """Refuse an implausibly long gap from the end of one block to the beginning of the next, in seconds.

    Raises:
        ClipError: the gap is longer than :data:`extractors.media.hands.LONGEST_HOLE`.
    """
    if begin - end > LONGEST_HOLE:
        raise ClipError(
            f"{path.name}: no sound from {end:.0f} to {begin:.0f} s; its time stamps are damaged, write it anew"
        )


def joined(path: Path, kept: Sequence[Block], begin: float, end: float) -> np.ndarray:
    """Join blocks of one channel to a sound float32 [n] at 16 kHz from ``begin`` to ``end``, with zeros in the gaps.

    Raises:
        ClipError: a gap is so long that the times of the file must be damaged.
    """
    if not kept:
        return np.zeros(round((end - begin) * SAMPLE_RATE), np.float32)
    stretches = [(rate, list(blocks)) for rate, blocks in groupby(kept, key=lambda block: block.rate)]
    edges = [begin, *(blocks[0].begin for _, blocks in stretches[1:]), end]
    sound = np.zeros(0, np.float32)
    for (rate, blocks), start, stop in zip(stretches, edges, edges[1:], strict=False):
        place = round((start - begin) * SAMPLE_RATE)  # a section may differ from its duration by one sample
        sound = np.pad(sound[:place], (0, max(place - len(sound), 0)))
        filled = _filled(path, blocks, round(start * rate), round(stop * rate))
        sound = np.concatenate([sound, resample(filled, rate)])
    return sound


def _filled(path: Path, blocks: Sequence[Block], first: int, last: int) -> np.ndarray:
    """Samples number ``first`` to ``last`` at the rate of the blocks, with zeros outside the blocks."""
    last = max(last, blocks[-1].first + blocks[-1].samples.shape[1])  # the next section has another rate
    filled, reached = np.zeros(last - first, np.float32), first
    for block in blocks:
        check_hole(path, reached / block.rate, block.begin)
        reached = block.first + block.samples.shape[1]
        filled[block.first - first : reached - first] = block.samples[0]
    return filled
