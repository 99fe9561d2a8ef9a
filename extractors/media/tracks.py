"""The packets of a media file's streams -> their presentation times, corrected if the format does not store them.

AVI has no time stamps: the number of a chunk gives its time, and empty chunks count. The pictures, in the order in
which they are shown, get the times of the chunks. So a picture is shown at the time of its chunk, without the delay of
a decoder that reorders pictures.

Transport and program streams need not stamp every picture; FFmpeg guesses missing times. If two pictures have the same
time, the guess is wrong. A picture that would begin before the end of the previous one then begins at that end.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.stream import Stream

from extractors.media.hands import JOINABLE

GUESSING = (*JOINABLE, "m4v", "mpegvideo")
"""Formats, by FFmpeg's names, in which FFmpeg guesses the times of pictures without a stamp."""


@dataclass(frozen=True, slots=True)
class Track:
    """The packets of one stream with content to present, in the order of the file, on the continuous time line.

    Attributes:
        times: presentation time of each packet in seconds; NaN if the file does not tell it.
        keys: whether each packet can be decoded without earlier ones.
        end: second at which the last packet ends; NaN if the file does not tell it.
        by_chunk: whether the decoding times are the correct presentation times.
        guessed: whether some of the times are wrong guesses, and too early.
        lag: seconds by which the presentation times of packets are late; negative if they are early.
        parts: number of the part of **every** packet of the stream, including those without content.
    """

    times: np.ndarray
    keys: np.ndarray
    end: float
    by_chunk: bool
    guessed: bool
    lag: float
    parts: np.ndarray


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets of some streams of a file, in the order of the file. Each attribute has one value per packet.

    Attributes:
        streams: number of the packet's stream in the file.
        pts, dts: presentation and decoding time in seconds of the stream's own clock; NaN if unknown.
        lengths: duration in seconds, 0 if unknown.
        keys: whether the packet can be decoded without earlier ones.
        shown: whether the packet has content to present.
        places: byte of the file at which the packet begins, -1 if unknown.
    """

    streams: np.ndarray
    pts: np.ndarray
    dts: np.ndarray
    lengths: np.ndarray
    keys: np.ndarray
    shown: np.ndarray
    places: np.ndarray

    def of(self, stream: int) -> Packets:
        """The packets of one stream."""
        chosen = self.streams == stream
        return Packets(*(getattr(self, field.name)[chosen] for field in fields(self)))


def read_packets(container: av.container.InputContainer, streams: Sequence[Stream]) -> Packets:
    """The packets of some streams, up to the last readable one. The decoder meets and reports any damage later."""
    rows: list[tuple] = []
    with suppress(av.FFmpegError, IndexError):
        for packet in container.demux(*streams):
            dts, size = packet.dts, packet.size
            if dts is None and not size:  # such a packet only marks the end for the decoder
                continue
            shown = size > 0 and not packet.is_discard
            times = packet.pts, dts, packet.duration or 0
            rows.append((packet.stream_index, *times, packet.is_keyframe, shown, packet.pos))
    table = np.array(rows, np.float64).reshape(-1, 7)  # None becomes NaN
    for stream in streams:
        numerator, denominator = cast(Fraction, stream.time_base).as_integer_ratio()
        own = table[:, 0] == stream.index
        table[own, 1:4] = table[own, 1:4] * numerator / denominator
    return Packets(
        streams=table[:, 0].astype(np.int64),
        pts=table[:, 1],
        dts=table[:, 2],
        lengths=table[:, 3],
        keys=table[:, 4] > 0,
        shown=table[:, 5] > 0,
        places=np.nan_to_num(table[:, 6], nan=-1).astype(np.int64),
    )


class Stamps:
    """Presentation times of a stream's packets on the stream's own clock, and their parts.

    Args:
        packets: the packets of the stream.
        parts: the part of each packet, int [packets].
        kinds: FFmpeg's names of the file's format.
        pictures: whether the stream holds pictures.
        early: seconds by which FFmpeg's times are too early, see :mod:`extractors.media.edits`.
    """

    def __init__(self, packets: Packets, parts: np.ndarray, kinds: set[str], pictures: bool, early: float) -> None:
        self.parts = parts
        self.pts, self.length = packets.pts + early, packets.lengths
        self.keys, self.shown = packets.keys, packets.shown
        self.by_chunk, self.guessed, self.lag = False, False, -early
        if pictures and kinds & set(GUESSING):
            stamps = np.stack([self.pts, parts])[:, self.shown & ~np.isnan(self.pts)]
            self.guessed = np.unique(stamps, axis=1).shape[1] < stamps.shape[1]
        if "avi" in kinds and self.shown.any():
            late = np.sort(self.pts[self.shown]) - np.sort(packets.dts[self.shown])
            self.by_chunk = not np.ptp(late) < self.length[self.shown].mean() / 2
            self.lag = 0.0 if self.by_chunk else float(np.median(late))
            self.pts = packets.dts if self.by_chunk else self.pts - self.lag

    def span(self, part: int) -> tuple[float, float]:
        """Seconds at which a part begins and ends; NaN if no packet has a time."""
        chosen = np.flatnonzero(self.shown & (self.parts == part))
        stamped = chosen[~np.isnan(self.pts[chosen])]
        if not len(stamped):
            return np.nan, np.nan
        times = np.unique(self.pts[stamped])
        latest = stamped[self.pts[stamped].argmax()]  # edit lists make the lengths of the others wrong
        end = float(self.pts[latest] + self.length[latest])
        if len(stamped) < len(chosen):
            return float(times[0]), float(end + self.length[chosen[chosen > stamped[-1]]].sum())
        usual = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
        counted = times[0] + len(stamped) * usual if self.guessed else -np.inf
        return float(times[0]), float(max(end, times[-1] + usual, counted))

    def track(self, begin: float, shifts: tuple[float, ...]) -> Track:
        """The stream's packets on the continuous time line, which begins at ``begin``."""
        moved = np.array(shifts)[self.parts] - begin
        ends = [self.span(part)[1] + shift - begin for part, shift in enumerate(shifts)]
        return Track(
            times=(self.pts + moved)[self.shown],
            keys=self.keys[self.shown],
            end=float(np.fmax.reduce(ends)),
            by_chunk=self.by_chunk,
            guessed=self.guessed,
            lag=self.lag,
            parts=self.parts,
        )


def shifts_of(streams: list[Stamps], parts: int) -> tuple[float, ...]:
    """Seconds by which each part is moved, so that it begins where the longest stream of the previous part ended."""
    shifts = [0.0]
    for part in range(1, parts):
        ended = np.fmax.reduce([stream.span(part - 1)[1] for stream in streams])
        begins = np.fmin.reduce([stream.span(part)[0] for stream in streams])
        shifts.append(shifts[-1] + float(np.nan_to_num(ended - begins)))
    return tuple(shifts)
