"""Where the clock of a media file stands while its packets go by, and where it begins again.

A part of a file is what lies between two places where the time stamps of **all** its streams jump: back by more than
:data:`BACK`, or in formats that are made for joining ahead by more than :data:`AHEAD`. A hole in one stream is no new
part, and neither is a rest in all streams of a format whose time stamps are its own (MP4, Matroska).

The clock of transport and program streams has 33 bits. FFmpeg takes a time before the first for one after an overflow,
and adds 26.5 hours, so that there an earlier clock also looks like a jump ahead.
"""

from __future__ import annotations

import math

import numpy as np

from extractors.shared.clip import ClipError

BACK = 0.5
"""Seconds by which decoding times must run backwards to begin a part; segments that overlap a little stay one part."""

AHEAD = 10.0
"""Seconds by which times must jump ahead to begin a part, in :data:`JOINABLE` formats, as in FFmpeg's program."""

LONGEST_HOLE = 3600.0
"""Seconds without sound or pictures that are a hole in a file; more is another clock, or damage."""

JOINABLE = ("mpegts", "mpeg")
"""Formats, as FFmpeg names them, whose files may be joined end to end."""

SKEW = 5.0
"""Seconds for which a stream may go on after another has begun the next part: streams are interleaved in pieces."""


def parts_of(name: str, streams: np.ndarray, times: np.ndarray, joinable: bool) -> tuple[np.ndarray, int]:
    """The part of each packet, int [packets], and how many parts there are.

    A jump ahead counts only where all streams take it: where another stream goes on, it is a hole, and so it is in a
    file of one stream up to :data:`LONGEST_HOLE`.

    Args:
        name: of the file, for the error.
        streams: stream of each packet, int [packets], in the order of the file.
        times: decoding time in seconds of each, float [packets]; NaN where it has none.
        joinable: whether the format is one of :data:`JOINABLE`.

    Raises:
        ClipError: one stream begins again while another goes on.
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
    else:  # of one piece, as nearly every file
        return np.zeros(len(streams), np.int64), 1
    hands = Hands(name, ahead)
    stamps = zip(streams.tolist(), times.tolist(), strict=True)
    parts = [hands.part_of(stream, None if math.isnan(time) else time) for stream, time in stamps]
    return np.array(parts, np.int64), hands.parts


class Hands:
    """Tells the parts of packets that are shown to it in the order of the file.

    Args:
        name: of the file, for its errors.
        ahead: seconds beyond which a jump ahead begins a part too.
    """

    def __init__(self, name: str, ahead: float) -> None:
        self._name, self._ahead = name, ahead
        self._latest: dict[int, float] = {}
        self._in_part: dict[int, int] = {}
        self._still: dict[int, float] = {}
        self._part, self._old, self._new = 0, 0.0, 0.0

    @property
    def parts(self) -> int:
        """How many times the clock has begun."""
        return self._part + 1

    def part_of(self, stream: int, time: float | None) -> int:
        """The part of the next packet, of which its stream and the seconds at which it is to be decoded are given.

        Raises:
            ClipError: one stream begins again while another goes on.
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
        """The part of a packet whose stream has not begun the latest one yet: the one whose clock is nearer."""
        if abs(time - self._new) < abs(time - self._old):
            return self._part
        if time - self._still.setdefault(stream, time) > SKEW:
            raise ClipError(
                f"{self._name}: the times of one stream jump near {self._still[stream]:.2f} s while another goes on;"
                " write it anew with a program that gives it one time line, for example ffmpeg -i OLD NEW.mp4"
            )
        self._old = max(self._old, time)
        return self._in_part[stream]
