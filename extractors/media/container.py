"""Media files opened for reading: what a damaged one says, its streams, and times within it.

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
"""Seconds by which a clip may be shorter than the manifest says before it counts as degraded."""

DISPLAY_RATE = 25
"""Pictures per second of a stream that tells neither times nor a rate, such as bare H.264."""

COUNTING = ("mov", "wav", "avi", "aiff", "flac")
"""Formats, as FFmpeg names them, whose header tells how long the file should be."""


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


def first_stream(container: av.container.InputContainer, streams: Sequence[AnyStream], what: str) -> AnyStream:
    """The first in rank of the streams of one kind, see :func:`extractors.media.streams.ranked`.

    Raises:
        ClipError: there is none that can be read; ``what`` names what the file lacks.
    """
    order = ranked(streams)
    if not order:
        raise ClipError(f"{Path(container.name).name}: has no {what}")
    order[0].codec_context.thread_count = 1  # cheaper per frame than threads; clips run side by side instead
    return order[0]


def frame_rate(stream: av.VideoStream) -> float:
    """Pictures per second that a stream announces."""
    return float(stream.average_rate or stream.guessed_rate or DISPLAY_RATE)


def seconds(stamp: int, base: Fraction | None) -> float:
    """A time stamp in seconds of its own clock; what was read from a file has a time base."""
    numerator, denominator = cast(Fraction, base).as_integer_ratio()  # in integers, for fractions multiply slowly
    return stamp * numerator / denominator


def origin(container: av.container.InputContainer) -> float:
    """Seconds of the container's own clock at its start."""
    return (container.start_time or 0) / av.time_base


def check_times(path: Path, what: str, start: float | None, end: float | None) -> None:
    """Refuse an interval without length, None being no bound.

    Raises:
        ClipError: ``start`` is not before ``end``.
    """
    if not (-math.inf if start is None else start) < (math.inf if end is None else end):
        raise nothing_there(path, what, start, end)


def nothing_there(path: Path, what: str, start: float | None, end: float | None) -> ClipError:
    """The error for a file that has no sound or no pictures, ``what`` says which, between two times."""
    return ClipError(f"{path.name}: no {what} in its seconds {start or 0.0} to {'the end' if end is None else end}")


def announced_seconds(path: Path, container: av.container.InputContainer, stream: av.stream.Stream) -> float:
    """Seconds of ``stream`` that the header of its file announces; 0 where a header does not tell.

    Of a WAV or AVI file that was cut off FFmpeg announces what is left, so that is put in proportion to the bytes that
    its header counts.
    """
    if not stream.duration or not set(container.format.name.split(",")) & set(COUNTING):
        return 0.0
    if stream.frames and is_placeholder(stream.frames):
        return 0.0
    return seconds(stream.duration, stream.time_base) * counted_share(path)
