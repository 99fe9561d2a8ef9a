"""Media file -> frames taken uniformly from the pictures of a clip."""

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
"""Frames that must lie before a key frame to make going there cheaper than decoding them."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Frames of a clip.

    Attributes:
        frames: uint8 RGB [H, W, 3] each, as people see them (:mod:`extractors.media.display`), in order of time; a
            repeated
            frame is the same array again.
        times: seconds at which each frame begins.
        duration: seconds from the first to the last frame of the clip, and the display of the last.
        missing: of the seconds between two given times, or of those that the file's header announces, those in which
            the file has no pictures.
    """

    frames: list[np.ndarray]
    times: np.ndarray
    duration: float
    missing: float


def sample_frames(path: Path, start: float | None, end: float | None, count: int) -> Pictures:
    """Take ``count`` frames uniformly from those that a full decode gives at start <= time < end (None: no bound).

    Of N frames these are the middles of ``count`` equal parts, the numbers floor((i + 1/2) N / count); where N is less
    than ``count`` some repeat. :meth:`extractors.media.film.Film.inside` says which frames count, and what one that is
    held counts. Frames are counted in the stream, not taken from the header, and only the chosen ones are converted to
    RGB.

    Raises:
        ClipError: the file is missing, damaged, has no pictures or none between these times.
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
    if film is None or frames is None:  # what the decoder gives is not what the container lists: believe the decoder
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
    """The film as the container lists its pictures; None where it does not, or where no one can go to a place in it."""
    times = clock.tracks[index].times
    if len(clock.shifts) > 1 or clock.tracks[index].guessed or not len(times) or np.isnan(times).any():
        return None
    return _film(np.unique(times), clock, index, announced)


def _keys(clock: Clock, index: int) -> np.ndarray:
    track = clock.tracks[index]
    return np.sort(track.times[track.keys])


def _film(times: np.ndarray, clock: Clock, index: int, announced: float) -> Film:
    """The film of the pictures that begin at ``times``.

    Its last picture stays until the file ends, unless pictures are known to lack: those that the header announces, and
    those that are there but cannot be decoded.
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
    """``count`` of the numbers, the middles of as many equal parts, where each number stands ``counts`` times."""
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
    """Decode the frames with the numbers ``wanted``, each run of them from the last key frame before it.

    Frames before the key frame in time may need what was skipped, none from it on does. None if the frames that come
    are not those that ``times`` lists.
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
    """First and last number of each run of frames to decode: from a key frame on, and on where a jump would not pay.

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
    """Seconds of all frames in the order in which a full decode gives them.

    Some containers attach the right times to the wrong frames, so the times are put in order; a frame without a time
    follows the one before it.
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
    """Go to the key frame at or before ``time``; false where the format cannot."""
    try:
        container.seek(round((time + origin(container)) / cast(Fraction, stream.time_base)), stream=stream)
    except av.FFmpegError:
        return False
    return True
