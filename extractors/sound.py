"""Media file -> the sound of a clip at 16 kHz."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import torch
import torchaudio

from extractors.contract import ClipError
from extractors.media import announced_seconds, check_times, decoded, first_stream, nothing_there, open_media, seconds

SAMPLE_RATE = 16_000
"""Samples per second of every sound that :func:`read_sound` returns."""

LARGEST_RATIO = 2e7
"""Largest resampling filter: real rates, odd 44,056 Hz too, stay below, those of damaged headers do not."""

LOUDEST = 2.0**31
"""Largest sample: float sounds may hold unscaled integers, but what is beyond 32 bits is damage, as NaN is."""


def read_sound(path: Path, start: float | None, end: float | None) -> np.ndarray:
    """Decode the sound between two times (None: the file's own start or end).

    All channels are averaged. A segment is cut at the file's own rate, then resampled with torchaudio's windowed sinc.

    Returns:
        float32 [samples] at 16 kHz, at least one; fewer than asked for where the file ends early.

    Raises:
        ClipError: the file is missing, damaged, has no sound or none between these times.
    """
    check_times(path, "sound", start, end)
    rate, parts = SAMPLE_RATE, []
    with open_media(path) as container:
        for rate, time, block in _sound_blocks(container):
            if end is not None and time > end:
                break
            begin = round(time * rate)
            first = max(round((start or 0.0) * rate) - begin, 0)
            parts.append(block[:, first : None if end is None else max(round(end * rate) - begin, 0)].mean(axis=0))
    sound = np.concatenate(parts or [np.zeros(0, np.float32)])
    if not len(sound):
        raise nothing_there(path, "sound", start, end)
    if not np.abs(sound).max() <= LOUDEST:
        raise ClipError(f"{path.name}: its sound has samples that are NaN, infinite or impossibly loud")
    if rate * SAMPLE_RATE > LARGEST_RATIO * math.gcd(rate, SAMPLE_RATE) ** 2:
        raise ClipError(f"{path.name}: {rate} Hz is no sampling rate that can be changed to {SAMPLE_RATE} Hz")
    return torchaudio.functional.resample(torch.from_numpy(sound), rate, SAMPLE_RATE).numpy()


def missing_sound(path: Path, start: float | None, end: float | None, found: float) -> float:
    """Seconds that lack where :func:`read_sound` found ``found``: of the interval, or of what the header announces.

    Raises:
        ClipError: the file is missing, damaged or has no sound.
    """
    if start is not None and end is not None:
        return end - start - found
    if start is not None or end is not None:
        return 0.0
    with open_media(path) as container:
        stream = first_stream(container, container.streams.audio, "sound")
        return max(announced_seconds(path, container, stream) - found, 0.0)


def _sound_blocks(container: av.container.InputContainer) -> Iterator[tuple[int, float, np.ndarray]]:
    """Rate, time in seconds and samples float32 [channels, n] within -1..1 of each block of the first sound stream."""
    stream = first_stream(container, container.streams.audio, "sound")
    to_float = av.AudioResampler(format="fltp")
    following = 0.0
    for frame in decoded(container, stream):
        time = following if frame.pts is None else seconds(frame.pts, stream)
        following = time + frame.samples / frame.sample_rate
        for block in to_float.resample(frame):
            yield block.sample_rate, time, block.to_ndarray()
