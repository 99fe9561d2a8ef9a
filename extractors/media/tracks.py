"""The packets of a media file's streams -> their times of presentation, mended where the format does not tell them.

AVI has no time stamps: the number of a chunk tells when it is due, empty ones too. Its pictures take the times of the
chunks that hold them, in the order in which they are shown. So a picture is due with its chunk, without the delay of a
decoder that puts pictures in order.

Transport and program streams need not stamp every picture; FFmpeg guesses what lacks. Where two pictures share a time
it has guessed wrong, and a picture that would come before the end of the one before it follows that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np

from extractors.media.hands import JOINABLE

GUESSING = (*JOINABLE, "m4v", "mpegvideo")
"""Formats, as FFmpeg names them, in which it guesses the times of pictures without a stamp."""


@dataclass(frozen=True, slots=True)
class Track:
    """The packets of one stream that hold something to present, in the order of the file, on the continued time line.

    Attributes:
        times: seconds at which each is presented; NaN where the file does not tell.
        keys: whether each can be decoded without those before it.
        end: second at which the last of them ends; NaN where the file does not tell.
        by_chunk: whether the decoding times of packets are the true ones.
        guessed: whether some of the times are wrong guesses, and too early.
        lag: seconds by which the presentation times of packets are late.
        parts: number of the part of **every** packet, shown or not.
    """

    times: np.ndarray
    keys: np.ndarray
    end: float
    by_chunk: bool
    guessed: bool
    lag: float
    parts: np.ndarray


def row_of(packet: av.Packet) -> tuple[float, float, float, bool, bool]:
    """What :class:`Stamps` needs of a packet: stamps of presentation and decoding, length, key, shown."""
    pts, dts = (np.nan if stamp is None else stamp for stamp in (packet.pts, packet.dts))
    return pts, dts, packet.duration or 0, packet.is_keyframe, packet.size > 0 and not packet.is_discard


class Stamps:
    """Presentation times of a stream's packets on the stream's own clock, and their parts."""

    def __init__(
        self, rows: list[tuple], base: Fraction | None, parts: np.ndarray, kinds: set[str], pictures: bool
    ) -> None:
        table = np.array(rows, np.float64).reshape(-1, 5)
        numerator, denominator = cast(Fraction, base).as_integer_ratio()
        table[:, :3] = table[:, :3] * numerator / denominator
        self.parts = parts
        self.pts, dts, self.length = table[:, 0], table[:, 1], table[:, 2]
        self.keys, self.shown = table[:, 3] > 0, table[:, 4] > 0
        self.by_chunk, self.guessed, self.lag = False, False, 0.0
        if pictures and kinds & set(GUESSING):
            stamps = np.stack([self.pts, parts])[:, self.shown & ~np.isnan(self.pts)]
            self.guessed = np.unique(stamps, axis=1).shape[1] < stamps.shape[1]
        if "avi" in kinds and self.shown.any():
            late = np.sort(self.pts[self.shown]) - np.sort(dts[self.shown])
            self.by_chunk = not np.ptp(late) < self.length[self.shown].mean() / 2
            self.lag = 0.0 if self.by_chunk else float(np.median(late))
            self.pts = dts if self.by_chunk else self.pts - self.lag

    def span(self, part: int) -> tuple[float, float]:
        """First second of a part and the last one's end; NaN without any time."""
        chosen = np.flatnonzero(self.shown & (self.parts == part))
        stamped = chosen[~np.isnan(self.pts[chosen])]
        if not len(stamped):
            return np.nan, np.nan
        times, ends = np.unique(self.pts[stamped]), self.pts[stamped] + self.length[stamped]
        if len(stamped) < len(chosen):
            return float(times[0]), float(ends.max() + self.length[chosen[chosen > stamped[-1]]].sum())
        usual = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
        counted = times[0] + len(stamped) * usual if self.guessed else -np.inf
        return float(times[0]), float(max(ends.max(), times[-1] + usual, counted))

    def track(self, begin: float, shifts: tuple[float, ...]) -> Track:
        """The same on the continued time line."""
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
    """Seconds that each part moves, so that it begins where the longest stream of the one before it ended."""
    shifts = [0.0]
    for part in range(1, parts):
        ended = np.fmax.reduce([stream.span(part - 1)[1] for stream in streams])
        begins = np.fmin.reduce([stream.span(part)[0] for stream in streams])
        shifts.append(shifts[-1] + float(np.nan_to_num(ended - begins)))
    return tuple(shifts)
