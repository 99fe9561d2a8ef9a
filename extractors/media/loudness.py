"""The level of a sound, and whether its channels cancel each other."""

from __future__ import annotations

import math

import numpy as np

QUIETEST = 1e-12
"""Lower limit of the mean square, so that digital silence has -120 dBFS."""

CANCELLED = 0.01
"""Channels cancel if the power of their average is below this share of the power for uncorrelated channels (-20 dB)."""

FLICKER = 2.0**-6
"""Range of values of an 8-bit sound whose last bit is noise: one step above and below a constant."""

LEVELS = 3
"""Largest number of different values of a channel with one bit of noise, in any format."""


PIECE = 48_000
"""Samples that are gathered before a measurement. Measuring each frame of a thousand samples is many times slower."""


class Loudness:
    """Measures a sound that is given in blocks, float32 [channels, n] each."""

    def __init__(self) -> None:
        self._pending: list[np.ndarray] = []
        self._samples = 0
        self._sum = self._squares = 0.0
        self._together = self._apart = 0.0
        self._values: dict[int, set[float]] = {}
        self._flickers = True

    def add(self, block: np.ndarray) -> np.ndarray:
        """Add a block, and return the average of its channels, float32 [n]."""
        if self._pending and len(self._pending[0]) != len(block):
            self._measure()
        self._pending.append(block)
        if sum(pending.shape[1] for pending in self._pending) >= PIECE:
            self._measure()
        with np.errstate(over="ignore", invalid="ignore"):  # the reader of the file judges NaN and infinite samples
            return block.mean(axis=0)

    def _measure(self) -> None:
        if not self._pending:
            return
        block = np.concatenate(self._pending, axis=1)
        self._pending = []
        with np.errstate(over="ignore", invalid="ignore"):
            average = block.mean(axis=0)
            self._samples += len(average)
            self._sum += float(average.sum(dtype=np.float64))
            self._squares += float(np.square(average, dtype=np.float64).sum())
            if len(block) > 1:
                self._together += float(average.var()) * len(average)
                self._apart += float(block.var(axis=1).sum()) * len(average) / len(block) ** 2
            self._flickers = self._flickers and all(map(self._flickers_in, range(len(block)), block))

    def _flickers_in(self, number: int, channel: np.ndarray) -> bool:
        if not np.ptp(channel) <= FLICKER:
            return False
        values = self._values.setdefault(number, set())
        values.update(np.unique(channel).tolist())
        return len(values) <= LEVELS and max(values) - min(values) <= FLICKER

    @property
    def decibels(self) -> float:
        """Root mean square about the mean, in dB of full scale; NaN if samples are NaN or infinite.

        A constant offset does not count as sound. Neither does one bit of noise, although in an 8-bit sound it is as
        loud as soft speech.
        """
        self._measure()
        if not self._samples or self._flickers:
            return 10 * math.log10(QUIETEST)
        mean = self._sum / self._samples
        power = self._squares / self._samples - mean**2
        return 10 * math.log10(max(QUIETEST, power)) if math.isfinite(power) else math.nan

    @property
    def cancelled(self) -> bool:
        """Whether the average is far quieter than that of uncorrelated channels of the same number and level."""
        self._measure()
        return self._apart > QUIETEST * self._samples and self._together < CANCELLED * self._apart
