"""Media files -> arrays: the sound of a clip at 16 kHz, and frames taken uniformly from its pictures.

Times are seconds from the start of the container, as players count them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
import torch
import torchaudio
from av.stream import Disposition

from extractors.contract import ClipError

SAMPLE_RATE = 16_000
"""Samples per second of every sound that :func:`read_sound` returns."""

LARGEST_RATIO = 2e7
"""Largest resampling filter: real rates, odd 44,056 Hz too, stay below, those of damaged headers do not."""

JUMP = 4
"""Frames that must lie before a key frame to make going there cheaper than decoding them."""

LOUDEST = 2.0**31
"""Largest sample: float sounds may hold unscaled integers, but what is beyond 32 bits is damage, as NaN is."""

TOLERATED_GAP = 0.1
"""Seconds by which a clip may be shorter than the manifest says before it counts as degraded."""

SLACK = 1e-6
"""Seconds by which a frame may lie outside a clip that it belongs to: decimal times are rounded."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Frames of a clip.

    Attributes:
        frames: uint8 RGB [H, W, 3] each, in order of time; a repeated frame is the same array again.
        times: seconds at which each frame begins.
        duration: seconds from the first to the last frame of the clip, and the display of the last.
        missing: of the seconds between two given times, those in which the file has no pictures.
    """

    frames: list[np.ndarray]
    times: np.ndarray
    duration: float
    missing: float


def read_sound(path: Path, start: float | None, end: float | None) -> np.ndarray:
    """Decode the sound between two times (None: the file's own start or end).

    All channels are averaged. A segment is cut at the file's own rate, then resampled with torchaudio's windowed sinc.

    Returns:
        float32 [samples] at 16 kHz, at least one; fewer than asked for where the file ends early.

    Raises:
        ClipError: the file is missing, damaged, has no sound or none between these times.
    """
    _check_times(path, "sound", start, end)
    rate, parts = SAMPLE_RATE, []
    with open_media(path) as container:
        for rate, time, block in _sound_blocks(container):
            if end is not None and time > end:
                break
            begin = round(time * rate)
            first = max(round((start or 0.0) * rate) - begin, 0)
            parts.append(block[:, first : None if end is None else max(round(end * rate) - begin, 0)].mean(axis=0))
    sound = torch.from_numpy(np.concatenate(parts or [np.zeros(0, np.float32)]))
    if not len(sound):
        raise _nothing_there(path, "sound", start, end)
    if not sound.abs().max() <= LOUDEST:
        raise ClipError(f"{path.name}: its sound has samples that are NaN, infinite or impossibly loud")
    if rate * SAMPLE_RATE > LARGEST_RATIO * math.gcd(rate, SAMPLE_RATE) ** 2:
        raise ClipError(f"{path.name}: {rate} Hz is no sampling rate that can be changed to {SAMPLE_RATE} Hz")
    return torchaudio.functional.resample(sound, rate, SAMPLE_RATE).numpy()


def sample_frames(path: Path, start: float | None, end: float | None, count: int) -> Pictures:
    """Take ``count`` frames uniformly from those that a full decode gives at start <= time < end (None: no bound).

    Of N frames these are the middles of ``count`` equal parts, the numbers floor((i + 1/2) N / count); where N is less
    than ``count`` some repeat. A clip in which no frame begins has the one on display at its start. Frames are counted
    in the stream, not taken from the header, and only the chosen ones are converted to RGB.

    Raises:
        ClipError: the file is missing, damaged, has no pictures or none between these times.
    """
    _check_times(path, "pictures", start, end)
    times, keys = _packet_times(path, _version(path))
    inside = _inside(times, start, end)
    frames = _decode_from_keys(path, times, keys, np.unique(_spread(inside, count))) if len(inside) else None
    if frames is None:  # what the decoder gives is not what the container lists: believe the decoder
        times = _decoded_times(path)
        inside = _inside(times, start, end)
        if not len(inside):
            raise _nothing_there(path, "pictures", start, end)
        frames = _decode_all(path, _spread(inside, count))
    chosen = _spread(inside, count)
    step = (times[-1] - times[0]) / max(len(times) - 1, 1)
    duration = float(times[inside[-1]] - times[inside[0]] + step)
    missing = 0.0
    if start is not None and end is not None:
        missing = end - start - float(min(end, times[-1] + step) - max(start, times[0]))
    return Pictures([frames[number] for number in chosen], times[chosen], duration, missing)


def _check_times(path: Path, what: str, start: float | None, end: float | None) -> None:
    if not (-math.inf if start is None else start) < (math.inf if end is None else end):
        raise _nothing_there(path, what, start, end)


def _nothing_there(path: Path, what: str, start: float | None, end: float | None) -> ClipError:
    return ClipError(f"{path.name}: no {what} in its seconds {start or 0.0} to {'the end' if end is None else end}")


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
            for frame in _decoded(container, stream):
                time = None if frame.pts is None else seconds(frame.pts, stream)
                if time is not None and time < times[first]:
                    continue
                if time != times[number]:
                    return None
                if number in wanted:
                    frames[number] = _rgb(frame)
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
        stamps = [frame.pts for frame in _decoded(container, stream)]
        if any(stamp is None for stamp in stamps):
            return np.arange(len(stamps)) / float(stream.average_rate or stream.guessed_rate)
        return np.sort([seconds(stamp, stream) for stamp in stamps])


def _decode_all(path: Path, chosen: np.ndarray) -> dict[int, np.ndarray]:
    """Decode from the beginning and keep the frames with the chosen numbers."""
    wanted = set(chosen.tolist())
    with open_media(path) as container:
        numbered = enumerate(_decoded(container, _video(container)))
        return {number: _rgb(frame) for number, frame in numbered if number in wanted}


@contextmanager
def open_media(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a media file; whatever PyAV then makes of a damaged one becomes a reason.

    Raises:
        ClipError: the file is missing or cannot be read.
    """
    if not path.is_file():
        raise ClipError(f"{path.name}: no such file")
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            yield container
    except av.FFmpegError as error:
        raise ClipError(f"{path.name}: not readable as media ({error.strerror})") from error
    except IndexError as error:  # PyAV's, for a packet of a stream that the header did not announce
        raise ClipError(f"{path.name}: not readable as media (streams that its header lacks)") from error


def _video(container: av.container.InputContainer) -> av.VideoStream:
    return first_stream(container, container.streams.video, "pictures")


def first_stream(container: av.container.InputContainer, streams: tuple, what: str) -> av.stream.Stream:
    """The first of the streams that there is a decoder for, and that is not the cover of a song.

    Raises:
        ClipError: there is none; ``what`` names what the file lacks.
    """
    for stream in streams:
        if stream.codec_context is not None and not stream.disposition & Disposition.attached_pic:
            stream.codec_context.thread_count = 1  # cheaper per frame than threads; clips run side by side instead
            return stream
    raise ClipError(f"{Path(container.name).name}: has no {what}")


def _seek(container: av.container.InputContainer, stream: av.VideoStream, time: float) -> bool:
    """Go to the key frame at or before ``time``; false where the format cannot."""
    try:
        container.seek(round((time + _origin(container)) / stream.time_base), stream=stream)
    except av.FFmpegError:
        return False
    return True


def _decoded(container: av.container.InputContainer, stream: av.stream.Stream) -> Iterator[av.frame.Frame]:
    """Decode to the end, leaving out packets that are damaged."""
    for packet in container.demux(stream):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


def _sound_blocks(container: av.container.InputContainer) -> Iterator[tuple[int, float, np.ndarray]]:
    """Rate, time in seconds and samples float32 [channels, n] within -1..1 of each block of the first sound stream."""
    stream = first_stream(container, container.streams.audio, "sound")
    to_float = av.AudioResampler(format="fltp")
    following = 0.0
    for frame in _decoded(container, stream):
        time = following if frame.pts is None else seconds(frame.pts, stream)
        following = time + frame.samples / frame.sample_rate
        for block in to_float.resample(frame):
            yield block.sample_rate, time, block.to_ndarray()


def seconds(pts: int, stream: av.stream.Stream) -> float:
    """A presentation time in seconds from the start of the container."""
    return float(pts * stream.time_base) - _origin(stream.container)


def _origin(container: av.container.InputContainer) -> float:
    return (container.start_time or 0) / av.time_base


def _rgb(frame: av.VideoFrame) -> np.ndarray:
    """The picture as uint8 RGB [H, W, 3], upright as players show it."""
    picture = frame.to_ndarray(format="rgb24")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture
