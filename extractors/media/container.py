"""Open media files for reading: errors of damaged files, the choice of a stream, and times.

Times are seconds from the start of the container, as players count them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import cast

import av

from extractors.media.riff import counted_share, is_placeholder
from extractors.media.streams import AnyStream, ranked
from extractors.shared.clip import ClipError

TOLERATED_GAP = 0.1
"""A clip that is shorter than the manifest says by more than this many seconds counts as degraded."""

DISPLAY_RATE = 25
"""Pictures per second of a stream without times and without a frame rate, such as raw H.264."""

COUNTING = ("mov", "wav", "avi", "aiff", "flac")
"""Formats, by FFmpeg's names, whose header tells how long the file should be."""


@contextmanager
def open_media(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a media file. PyAV's errors on a damaged file become a :class:`ClipError`.

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
    except IndexError as error:  # PyAV raises it for a packet of a stream that the header lacks
        raise ClipError(f"{path.name}: not readable as media (streams that its header lacks)") from error


def first_stream(container: av.container.InputContainer, streams: Sequence[AnyStream], what: str) -> AnyStream:
    """The stream to read among those of one kind, see :func:`extractors.media.streams.ranked`.

    Raises:
        ClipError: no stream of this kind can be read. ``what`` names the kind in the message.
    """
    order = ranked(streams)
    if not order:
        raise ClipError(f"{Path(container.name).name}: has no {what}")
    order[0].codec_context.thread_count = 1  # cheaper per frame; clips are decoded in parallel instead
    return order[0]


def frame_rate(stream: av.VideoStream) -> float:
    """Pictures per second that a stream announces."""
    return float(stream.average_rate or stream.guessed_rate or DISPLAY_RATE)


def seconds(stamp: int, base: Fraction | None) -> float:
    """A time stamp in seconds of its own clock. ``base`` is never None for a stamp that was read from a file."""
    numerator, denominator = cast(Fraction, base).as_integer_ratio()  # integers, because fractions are slow
    return stamp * numerator / denominator


def origin(container: av.container.InputContainer) -> float:
    """Time in seconds that the container's own clock shows at its start."""
    return (container.start_time or 0) / av.time_base


def check_times(path: Path, what: str, start: float | None, end: float | None) -> None:
    """Refuse an empty interval. None means no bound.

    Raises:
        ClipError: ``start`` is not before ``end``.
    """
    if not (-math.inf if start is None else start) < (math.inf if end is None else end):
        raise nothing_there(path, what, start, end)


def nothing_there(path: Path, what: str, start: float | None, end: float | None) -> ClipError:
    """The error for a file without sound or pictures between two times. ``what`` names which of them is missing."""
    return ClipError(f"{path.name}: no {what} in its seconds {start or 0.0} to {'the end' if end is None else end}")


def announced_seconds(path: Path, container: av.container.InputContainer, stream: av.stream.Stream) -> float:
    """Duration of ``stream`` in seconds by the header of its file; 0 if the header does not tell it.

    If a WAV or AVI file was cut off, FFmpeg reports the duration of the rest. That duration is then scaled by the
    ratio of the bytes that the header counts to the bytes that exist.
    """
    if not stream.duration or not set(container.format.name.split(",")) & set(COUNTING):
        return 0.0
    if stream.frames and is_placeholder(stream.frames):
        return 0.0
    return seconds(stream.duration, stream.time_base) * counted_share(path)
