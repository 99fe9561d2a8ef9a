"""The pictures of a file in time: which of them a clip shows, and for how long.

A picture is on display from its own time to the time of the next picture, and the last picture to the end of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLACK = 1e-6
"""Tolerance in seconds for a picture at the edge of a clip, because decimal times are rounded."""

HELD = 0.5
"""A picture that is shown for more than these seconds is held, such as a slide or a frozen video call. Shorter times
are the jitter of a camera."""


@dataclass(frozen=True, slots=True)
class Film:
    """The pictures of a file in time.

    Attributes:
        times: seconds at which each picture begins, ascending; at least one value.
        end: second at which the stream of pictures ends.
        over: second at which the last picture leaves the display; at least ``end``.
        announced: duration in seconds by the file's header; 0 if the header does not tell it.
    """

    times: np.ndarray
    end: float
    over: float
    announced: float

    @property
    def usual(self) -> float:
        """Median time in seconds from one picture to the next; 0 if there is only one picture."""
        steps = np.diff(self.times)
        return float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0

    def inside(self, start: float | None, end: float | None) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the pictures of a clip, ascending, and the weight of each picture.

        The pictures of a clip are those that begin in it. The picture on display at the clip's start is added if it is
        held there, or if no picture begins in the clip. The weight of a held picture is the number of pictures that
        usually appear in the same time; other pictures have weight 1. Both arrays are empty if the clip is outside the
        film.
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
        """Seconds for which a clip shows the pictures ``numbers``. The last one counts in full unless it is held."""
        first, last = int(numbers[0]), int(numbers[-1])
        begin = float(self.times[first]) if start is None else max(float(self.times[first]), start)
        following = self.over if end is not None else self.end
        if last < len(self.times) - 1:
            following = float(self.times[last + 1])
        if end is not None:
            following = min(following, max(end, float(self.times[last]) + self.usual))
        return following - begin

    def missing(self, start: float | None, end: float | None) -> float:
        """Seconds without a picture: of a clip, or of the duration in the header if the clip is the whole file."""
        if start is not None and end is not None:
            return end - start - (min(end, self.over) - max(start, float(self.times[0])))
        return max(self.lacking, 0.0) if start is None and end is None else 0.0

    @property
    def lacking(self) -> float:
        """Seconds by which the film is shorter than announced; 0 for one picture, since headers may be wrong by one."""
        lacking = self.announced - (self.end - float(self.times[0]))
        return lacking if lacking > self.usual + SLACK else 0.0
