"""The pictures of a film in time: which of them a clip shows, and for how long.

A picture is on display from its time until that of the next one, the last until the file ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLACK = 1e-6
"""Seconds by which a picture may lie outside a clip that it belongs to: decimal times are rounded."""

HELD = 0.5
"""Seconds beyond which a picture is held: a slide or a frozen call, not the jitter of a camera."""


@dataclass(frozen=True, slots=True)
class Film:
    """The pictures of a file in time.

    Attributes:
        times: seconds at which each begins, ascending; at least one.
        end: second at which the stream of pictures ends.
        over: second at which the last picture leaves the display, not before ``end``.
        announced: seconds that the header of the file announces, 0 where it tells none.
    """

    times: np.ndarray
    end: float
    over: float
    announced: float

    @property
    def usual(self) -> float:
        """Seconds for which a picture usually stays, 0 for a single one."""
        steps = np.diff(self.times)
        return float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0

    def inside(self, start: float | None, end: float | None) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the pictures of a clip, ascending, and how many pictures each of them stands for.

        They are those that begin in the clip, and the one on display at its start if that is held there or no other
        begins. One that is held until the next stands for as many as would usually have come meanwhile. Empty where the
        clip lies outside the film.
        """
        begin = -np.inf if start is None else start - SLACK
        stop = np.inf if end is None else end - SLACK
        numbers = np.flatnonzero((self.times >= begin) & (self.times < stop))
        shown = np.flatnonzero((self.times < begin) & (np.append(self.times[1:], self.over) > begin))[-1:]
        if len(shown) and not (len(numbers) and self.times[numbers[0]] - begin <= HELD):
            numbers = np.append(shown, numbers)
        nexts = np.append(self.times[1:], self.end if end is None else self.over)[numbers]
        seconds = np.minimum(nexts, stop) - np.maximum(self.times[numbers], begin)
        counts = np.ones(len(numbers), np.int64)
        if self.usual > 0:
            counts = np.where(seconds > HELD, np.round(seconds / min(self.usual, HELD)), counts)
        return numbers, np.maximum(counts, 1).astype(np.int64)

    def duration(self, start: float | None, end: float | None, numbers: np.ndarray) -> float:
        """Seconds for which a clip shows the pictures ``numbers``, the last of them whole unless it is held."""
        first, last = int(numbers[0]), int(numbers[-1])
        begin = float(self.times[first]) if start is None else max(float(self.times[first]), start)
        following = self.over if end is not None else self.end
        if last < len(self.times) - 1:
            following = float(self.times[last + 1])
        if end is not None:
            following = min(following, max(end, float(self.times[last]) + self.usual))
        return following - begin

    def missing(self, start: float | None, end: float | None) -> float:
        """Seconds of a clip, or those that the header of the whole file announces, in which the file shows nothing."""
        if start is not None and end is not None:
            return end - start - (min(end, self.over) - max(start, float(self.times[0])))
        return max(self.lacking, 0.0) if start is None and end is None else 0.0

    @property
    def lacking(self) -> float:
        """Seconds by which the film is shorter than announced; headers may count one picture too many."""
        lacking = self.announced - (self.end - float(self.times[0]))
        return lacking if lacking > self.usual + SLACK else 0.0
