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
"""Largest sample: float sounds may hold unscaled integers, but what is beyond 32 bits is damage, as NaN is."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound of a clip.

    Attributes:
        samples: float32 [n] at 16 kHz, the average of all channels; zeros where the file has no sound.
        held: seconds of them for which the file has sound.
        missing: seconds that lack at the end: of the interval, or of what the header of the file announces.
        decibels: how loud what is held is, see :attr:`extractors.media.loudness.Loudness.decibels`.
        cancelled: whether the channels cancel each other out.
    """

    samples: np.ndarray
    held: float
    missing: float
    decibels: float
    cancelled: bool

    @property
    def duration(self) -> float:
        """Seconds of the samples."""
        return len(self.samples) / SAMPLE_RATE


def read_sound(path: Path, start: float | None, end: float | None) -> np.ndarray:
    """The samples that :func:`hear` finds."""
    return hear(path, start, end).samples


def hear(path: Path, start: float | None, end: float | None) -> Heard:
    """Decode the sound between two times (None: the start of the file, the end of its sound).

    Samples lie at their times on the file's clock, with zeros where the file has none: before its sound begins, in
    holes, and behind its sound while its pictures go on and ``end`` asks for it. A segment is cut at the file's own
    rate, then resampled with a windowed sinc; where the rate changes, each stretch by itself.

    Raises:
        ClipError: the file is missing, damaged, has no sound or ends before it.
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
    """Second up to which a clip has sound or silence, if its sound ends at ``reached`` and it should last to ``end``.

    What lacks is silence while other streams of the file go on; less than :data:`TOLERATED_GAP` lacks unnoticed.
    """
    if end - reached <= TOLERATED_GAP:
        return reached
    others = [track.end for number, track in file_clock(path).tracks.items() if number != stream]
    return max(reached, min(float(np.nanmax([0.0, *others])), end))


def _kept(
    path: Path, container: av.container.InputContainer, stream: av.AudioStream, begin: float, last: float
) -> tuple[list[Block], Loudness, float]:
    """Blocks of one channel between two times, how loud they are, and the second to which it is known what is there."""
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
    """Refuse samples that no sound has.

    Raises:
        ClipError: one is NaN, infinite or beyond :data:`LOUDEST`.
    """
    if not np.abs(samples).max() <= LOUDEST:
        raise ClipError(f"{path.name}: its sound has samples that are NaN, infinite or impossibly loud")


def check_hole(path: Path, end: float, begin: float) -> None:
    """Refuse a hole between the seconds at which one block ends and the next begins, if no recorder leaves such a one.

    Raises:
        ClipError: it is longer than :data:`extractors.media.hands.LONGEST_HOLE`.
    """
    if begin - end > LONGEST_HOLE:
        raise ClipError(
            f"{path.name}: no sound from {end:.0f} to {begin:.0f} s; its time stamps are damaged, write it anew"
        )


def joined(path: Path, kept: Sequence[Block], begin: float, end: float) -> np.ndarray:
    """One sound float32 [n] at 16 kHz from ``begin`` to ``end``, zeros where no block, of one channel each, lies.

    Raises:
        ClipError: a hole is so long that the times of the file must be damaged.
    """
    if not kept:
        return np.zeros(round((end - begin) * SAMPLE_RATE), np.float32)
    stretches = [(rate, list(blocks)) for rate, blocks in groupby(kept, key=lambda block: block.rate)]
    edges = [begin, *(blocks[0].begin for _, blocks in stretches[1:]), end]
    sound = np.zeros(0, np.float32)
    for (rate, blocks), start, stop in zip(stretches, edges, edges[1:], strict=False):
        place = round((start - begin) * SAMPLE_RATE)  # a stretch may be a sample longer or shorter than its time
        sound = np.pad(sound[:place], (0, max(place - len(sound), 0)))
        filled = _filled(path, blocks, round(start * rate), round(stop * rate))
        sound = np.concatenate([sound, resample(filled, rate)])
    return sound


def _filled(path: Path, blocks: Sequence[Block], first: int, last: int) -> np.ndarray:
    """Samples number ``first`` to ``last`` at the rate of the blocks, zeros where none of them lies."""
    last = max(last, blocks[-1].first + blocks[-1].samples.shape[1])  # the next rate has its own grid of samples
    filled, reached = np.zeros(last - first, np.float32), first
    for block in blocks:
        check_hole(path, reached / block.rate, block.begin)
        reached = block.first + block.samples.shape[1]
        filled[block.first - first : reached - first] = block.samples[0]
    return filled
