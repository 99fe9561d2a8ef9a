"""Media file -> uniformly sampled frames of a clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

from extractors.media.clock import Clock, file_clock, timed_frames
from extractors.media.container import (
    announced_seconds,
    check_times,
    first_stream,
    frame_rate,
    nothing_there,
    open_media,
    origin,
)
from extractors.media.display import displayed
from extractors.media.film import SLACK, Film

JUMP = 4
"""A seek to a key frame is cheaper than decoding if it skips at least this many frames."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Frames of a clip.

    Attributes:
        frames: uint8 RGB [H, W, 3] each, as a player shows them (:mod:`extractors.media.display`), in order of time. A
            repeated frame is the same array again.
        times: seconds at which each frame begins.
        duration: seconds from the beginning of the clip's first frame to the end of its last frame.
        missing: seconds without pictures, within the clip or within the duration that the file's header announces.
    """

    frames: list[np.ndarray]
    times: np.ndarray
    duration: float
    missing: float


def sample_frames(path: Path, start: float | None, end: float | None, count: int) -> Pictures:
    """Sample ``count`` frames uniformly from the decoded frames with start <= time < end (None: no bound).

    Of N frames, frame i of the sample is number floor((i + 1/2) N / count): the middle of one of ``count`` equal parts.
    If N is less than ``count``, some frames repeat. :meth:`extractors.media.film.Film.inside` defines the frames of a
    clip and the weight of a held frame. The number of frames is counted in the stream, not read from the header. Only
    the chosen frames are converted to RGB.

    Raises:
        ClipError: the file is missing or damaged, or has no pictures between these times.
    """
    check_times(path, "pictures", start, end)
    clock = file_clock(path)
    with open_media(path) as container:
        stream = _video(container)
        index, announced = stream.index, announced_seconds(path, container, stream)
        film, frames = _listed(clock, index, announced), None
        if film is not None:
            numbers, counts = film.inside(start, end)
            wanted = np.unique(_spread(numbers, counts, count)) if len(numbers) else numbers
            keys = _keys(clock, index)
            frames = _decode_from_keys(path, container, stream, film.times, keys, wanted) if len(wanted) else None
    if film is None or frames is None:  # decoder and container disagree: use the decoder's frames
        times = _decoded_times(path)
        if not len(times):
            raise nothing_there(path, "pictures", start, end)
        film = _film(times, clock, index, announced)
        numbers, counts = film.inside(start, end)
        if not len(numbers):
            raise nothing_there(path, "pictures", start, end)
        frames = _decode_all(path, _spread(numbers, counts, count))
    chosen = _spread(numbers, counts, count)
    return Pictures(
        frames=[frames[number] for number in chosen],
        times=film.times[chosen],
        duration=film.duration(start, end, numbers),
        missing=film.missing(start, end),
    )


def _listed(clock: Clock, index: int, announced: float) -> Film | None:
    """The film from the container's list of pictures; None if there is no such list, or if the file is not seekable."""
    times = clock.tracks[index].times
    if len(clock.shifts) > 1 or clock.tracks[index].guessed or not len(times) or np.isnan(times).any():
        return None
    return _film(np.unique(times), clock, index, announced)


def _keys(clock: Clock, index: int) -> np.ndarray:
    track = clock.tracks[index]
    return np.sort(track.times[track.keys])


def _film(times: np.ndarray, clock: Clock, index: int, announced: float) -> Film:
    """The film of the pictures that begin at ``times``.

    The last picture is shown to the end of the file, unless pictures are known to be missing: the header announces
    more, or some cannot be decoded.
    """
    track, last = clock.tracks[index], float(times[-1])
    film = Film(times, last, last, announced)
    if np.fmax.reduce(track.times, initial=last) - last > film.usual + SLACK:
        end = last + film.usual
        return replace(film, end=end, over=end, announced=max(announced, track.end - float(times[0])))
    listed = track.end if not np.isnan(track.times).any() else -np.inf
    film = replace(film, end=float(np.fmax(last + film.usual, listed)))
    return replace(film, over=film.end if film.lacking else float(np.fmax(film.end, clock.end)))


def _spread(numbers: np.ndarray, counts: np.ndarray, count: int) -> np.ndarray:
    """The middles of ``count`` equal parts of the sequence in which each number occurs ``counts`` times."""
    ends = np.cumsum(counts)
    return numbers[np.searchsorted(ends, (2 * np.arange(count) + 1) * ends[-1] // (2 * count), side="right")]


def _decode_from_keys(
    path: Path,
    container: av.container.InputContainer,
    stream: av.VideoStream,
    times: np.ndarray,
    keys: np.ndarray,
    wanted: np.ndarray,
) -> dict[int, np.ndarray] | None:
    """Decode the frames with the numbers ``wanted``. Each run of frames is decoded from the last key frame before it.

    Frames before the key frame in time may depend on skipped packets; later frames do not. Returns None if the decoded
    frames do not have the listed ``times``.
    """
    frames: dict[int, np.ndarray] = {}
    lag = file_clock(path).tracks[stream.index].lag
    for first, last in _runs(np.searchsorted(times, keys - SLACK), wanted):
        if first < 0 or (first > 0 and not _seek(container, stream, times[first] + lag)):
            return None
        number = first
        for time, frame in timed_frames(path, container, stream):
            if time is not None and time < times[first] - SLACK:
                continue
            if time is None or abs(time - times[number]) > SLACK:
                return None
            if number in wanted:
                frames[number] = displayed(frame, stream)
            if number == last:
                break
            number += 1
        else:
            return None
    return frames


def _runs(keys: np.ndarray, wanted: np.ndarray) -> list[tuple[int, int]]:
    """First and last number of each run of frames to decode. A run begins at a key frame. Near runs are joined.

    Args:
        keys: numbers of the key frames, ascending.
        wanted: numbers of the frames to keep, ascending.
    """
    runs: list[tuple[int, int]] = []
    for number in wanted.tolist():
        before = keys[keys <= number]
        key = int(before[-1]) if len(before) else -1
        if runs and key - runs[-1][1] < JUMP:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((key, number))
    return runs


def _decoded_times(path: Path) -> np.ndarray:
    """Times in seconds of all frames of a full decode.

    Some containers attach the times to the wrong frames, so the times are sorted. A frame without a time gets the time
    of the frame before it plus one frame's duration.
    """
    with open_media(path) as container:
        stream = _video(container)
        step, times = 1 / frame_rate(stream), list[float]()
        for time, _ in timed_frames(path, container, stream):
            times.append(time if time is not None else times[-1] + step if times else 0.0)
    return np.sort(times)


def _decode_all(path: Path, chosen: np.ndarray) -> dict[int, np.ndarray]:
    """Decode from the beginning and keep the frames with the chosen numbers."""
    wanted = set(chosen.tolist())
    with open_media(path) as container:
        stream = _video(container)
        numbered = enumerate(frame for _, frame in timed_frames(path, container, stream))
        return {number: displayed(frame, stream) for number, frame in numbered if number in wanted}


def _video(container: av.container.InputContainer) -> av.VideoStream:
    return first_stream(container, container.streams.video, "pictures")


def _seek(container: av.container.InputContainer, stream: av.VideoStream, time: float) -> bool:
    """Go to the key frame at or before ``time``; false if the format does not allow it."""
    try:
        container.seek(round((time + origin(container)) / cast(Fraction, stream.time_base)), stream=stream)
    except av.FFmpegError:
        return False
    return True
