"""Media file -> frames taken uniformly from the pictures of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
import numpy as np

from extractors.display import displayed
from extractors.media import (
    announced_seconds,
    check_times,
    decoded,
    first_stream,
    nothing_there,
    open_media,
    origin,
    seconds,
)

JUMP = 4
"""Frames that must lie before a key frame to make going there cheaper than decoding them."""

SLACK = 1e-6
"""Seconds by which a frame may lie outside a clip that it belongs to: decimal times are rounded."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Frames of a clip.

    Attributes:
        frames: uint8 RGB [H, W, 3] each, as people see them (:mod:`extractors.display`), in order of time; a repeated
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
    than ``count`` some repeat. A clip in which no frame begins has the one on display at its start. Frames are counted
    in the stream, not taken from the header, and only the chosen ones are converted to RGB.

    Raises:
        ClipError: the file is missing, damaged, has no pictures or none between these times.
    """
    check_times(path, "pictures", start, end)
    times, keys = _packet_times(path, _version(path))
    inside = _inside(times, start, end)
    frames = _decode_from_keys(path, times, keys, np.unique(_spread(inside, count))) if len(inside) else None
    if frames is None:  # what the decoder gives is not what the container lists: believe the decoder
        times = _decoded_times(path)
        inside = _inside(times, start, end)
        if not len(inside):
            raise nothing_there(path, "pictures", start, end)
        frames = _decode_all(path, _spread(inside, count))
    chosen = _spread(inside, count)
    step = (times[-1] - times[0]) / max(len(times) - 1, 1)
    duration = float(times[inside[-1]] - times[inside[0]] + step)
    missing = 0.0
    if start is None and end is None:
        missing = max(_announced(path) - float(times[-1] + step), 0.0)
    if start is not None and end is not None:
        missing = end - start - float(min(end, times[-1] + step) - max(start, times[0]))
    return Pictures([frames[number] for number in chosen], times[chosen], duration, missing)


def _announced(path: Path) -> float:
    with open_media(path) as container:
        return announced_seconds(path, container, _video(container))


def _inside(times: np.ndarray, start: float | None, end: float | None) -> np.ndarray:
    """Numbers of the frames that begin in the interval, or of the one on display at its start; empty without any."""
    begin = -np.inf if start is None else start - SLACK
    numbers = np.flatnonzero((times >= begin) & (times < (np.inf if end is None else end) - SLACK))
    if len(numbers) or not len(times):
        return numbers
    step = (times[-1] - times[0]) / max(len(times) - 1, 1)
    displayed = np.flatnonzero((times < begin) & (times + max(step, SLACK) > begin))
    return displayed[-1:]


def _spread(numbers: np.ndarray, count: int) -> np.ndarray:
    """``count`` of the numbers, the middles of as many equal parts."""
    return numbers[(2 * np.arange(count) + 1) * len(numbers) // (2 * count)]


def _version(path: Path) -> tuple[int, int]:
    """What changes when a file is written again, or zeros without one."""
    found = path.stat() if path.is_file() else None
    return (found.st_mtime_ns, found.st_size) if found else (0, 0)


@lru_cache(maxsize=32)
def _packet_times(path: Path, version: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of the frames and of the key frames that the container lists, ascending; empty where it has no times.

    Remembered for the clips that are cut from one long file, and for the threads that read several such files.
    """
    with open_media(path) as container:
        stream = _video(container)
        packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
        if any(packet.pts is None for packet in packets):
            return np.zeros(0), np.zeros(0)
        times = {packet.pts: seconds(packet.pts, stream) for packet in packets}
        keys = [times[packet.pts] for packet in packets if packet.is_keyframe]
    return np.sort(list(times.values())), np.sort(keys)


def _decode_from_keys(
    path: Path, times: np.ndarray, keys: np.ndarray, wanted: np.ndarray
) -> dict[int, np.ndarray] | None:
    """Decode the frames with the numbers ``wanted``, each run of them from the last key frame before it.

    Frames before the key frame in time may need what was skipped, none from it on does. None if the frames that come
    are not those that ``times`` lists.
    """
    frames: dict[int, np.ndarray] = {}
    with open_media(path) as container:
        stream = _video(container)
        for first, last in _runs(np.searchsorted(times, keys), wanted):
            if first < 0 or (first > 0 and not _seek(container, stream, times[first])):
                return None
            number = first
            for frame in decoded(container, stream):
                time = None if frame.pts is None else seconds(frame.pts, stream)
                if time is not None and time < times[first]:
                    continue
                if time != times[number]:
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

    Some containers attach the right times to the wrong frames, so the times are put in order; where a frame has none,
    frames are taken as equally spaced.
    """
    with open_media(path) as container:
        stream = _video(container)
        stamps = [frame.pts for frame in decoded(container, stream)]
        if any(stamp is None for stamp in stamps):
            return np.arange(len(stamps)) / float(stream.average_rate or stream.guessed_rate)
        return np.sort([seconds(stamp, stream) for stamp in stamps])


def _decode_all(path: Path, chosen: np.ndarray) -> dict[int, np.ndarray]:
    """Decode from the beginning and keep the frames with the chosen numbers."""
    wanted = set(chosen.tolist())
    with open_media(path) as container:
        stream = _video(container)
        numbered = enumerate(decoded(container, stream))
        return {number: displayed(frame, stream) for number, frame in numbered if number in wanted}


def _video(container: av.container.InputContainer) -> av.VideoStream:
    return first_stream(container, container.streams.video, "pictures")


def _seek(container: av.container.InputContainer, stream: av.VideoStream, time: float) -> bool:
    """Go to the key frame at or before ``time``; false where the format cannot."""
    try:
        container.seek(round((time + origin(container)) / stream.time_base), stream=stream)
    except av.FFmpegError:
        return False
    return True
