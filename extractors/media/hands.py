"""Find the places at which the clock of a media file starts again, and divide the file into parts there.

A new part begins where the time stamps of **all** streams jump: back by more than :data:`BACK`, or, in formats that are
made for joining, ahead by more than :data:`AHEAD`. A gap in one stream does not begin a part. Neither does a pause in
all streams of a format that stores its own time stamps (MP4, Matroska).

The clock of transport and program streams has 33 bits. If a time is before the first one, FFmpeg assumes an overflow
and adds 26.5 hours. In these formats an earlier clock therefore also looks like a jump ahead.
"""

from __future__ import annotations

import math

import numpy as np

from extractors.shared.clip import ClipError

BACK = 0.5
"""A part begins if decoding times go back by more than these seconds. Segments with a small overlap stay one part."""

AHEAD = 10.0
"""In :data:`JOINABLE` formats, a part begins if times jump ahead by more than these seconds, as in FFmpeg's program."""

LONGEST_HOLE = 3600.0
"""Longest gap in a file, in seconds. A longer one means another clock or damage."""

JOINABLE = ("mpegts", "mpeg")
"""Formats, by FFmpeg's names, whose files may be joined end to end."""

SKEW = 5.0
"""Seconds for which a stream may continue after another stream began the next part, since streams are interleaved."""


def parts_of(name: str, streams: np.ndarray, times: np.ndarray, joinable: bool) -> tuple[np.ndarray, int]:
    """The part of each packet, int [packets], and the number of parts.

    A jump ahead counts only if all streams make it. If another stream continues, the jump is a gap. In a file with one
    stream, a jump of up to :data:`LONGEST_HOLE` is a gap.

    Args:
        name: name of the file, for the error.
        streams: stream of each packet, int [packets], in the order of the file.
        times: decoding time of each packet in seconds, float [packets]; NaN if the packet has none.
        joinable: whether the format is one of :data:`JOINABLE`.

    Raises:
        ClipError: the times of one stream start again while another stream continues.
    """
    several = len(np.unique(streams)) > 1
    ahead = (AHEAD if several else LONGEST_HOLE) if joinable else math.inf
    try:
        return _parts_of(name, streams, times, ahead)
    except ClipError:
        if not joinable:
            raise
    return _parts_of(name, streams, times, math.inf)


def _parts_of(name: str, streams: np.ndarray, times: np.ndarray, ahead: float) -> tuple[np.ndarray, int]:
    for stream in np.unique(streams):
        own = times[(streams == stream) & ~np.isnan(times)]
        if (own[1:] < own[:-1] - BACK).any() or (own[1:] > own[:-1] + ahead).any():
            break
    else:  # one part, as in nearly all files
        return np.zeros(len(streams), np.int64), 1
    hands = Hands(name, ahead)
    stamps = zip(streams.tolist(), times.tolist(), strict=True)
    parts = [hands.part_of(stream, None if math.isnan(time) else time) for stream, time in stamps]
    return np.array(parts, np.int64), hands.parts


class Hands:
    """Assigns packets to parts. The packets are given in the order of the file.

    Args:
        name: name of the file, for errors.
        ahead: a jump ahead by more than these seconds also begins a part.
    """

    def __init__(self, name: str, ahead: float) -> None:
        self._name, self._ahead = name, ahead
        self._latest: dict[int, float] = {}
        self._in_part: dict[int, int] = {}
        self._still: dict[int, float] = {}
        self._part, self._old, self._new = 0, 0.0, 0.0

    @property
    def parts(self) -> int:
        """Number of parts so far."""
        return self._part + 1

    def part_of(self, stream: int, time: float | None) -> int:
        """The part of the next packet, from its stream and its decoding time in seconds.

        Raises:
            ClipError: the times of one stream start again while another stream continues.
        """
        part = self._in_part.setdefault(stream, self._part)
        if time is None:
            return part
        before = self._latest.get(stream, time)
        self._latest[stream] = time
        if part < self._part:
            part = self._late(stream, time)
        elif time < before - BACK or time > before + self._ahead:
            part = self._part = self._part + 1
            self._old, self._still = before, {}
        if part == self._part:
            self._new = time
        self._in_part[stream] = part
        return part

    def _late(self, stream: int, time: float) -> int:
        """The part of a packet whose stream has not reached the latest part: the part whose clock is nearer."""
        if abs(time - self._new) < abs(time - self._old):
            return self._part
        if time - self._still.setdefault(stream, time) > SKEW:
            raise ClipError(
                f"{self._name}: the times of one stream jump near {self._still[stream]:.2f} s while another goes on;"
                " write it anew with a program that gives it one time line, for example ffmpeg -i OLD NEW.mp4"
            )
        self._old = max(self._old, time)
        return self._in_part[stream]
