"""How loud a sound is, and whether its channels cancel each other out."""

from __future__ import annotations

import math

import numpy as np

QUIETEST = 1e-12
"""Floor of the mean square, so that digital silence reads -120 dBFS."""

CANCELLED = 0.01
"""Share of the power of unlike channels below which their average has lost the sound: 20 dB down."""

FLICKER = 2.0**-6
"""Range within which the last bit of a sound of 8 bits flickers: one step to each side of a constant."""

LEVELS = 3
"""Most values that a channel takes in which one bit flickers, whatever its format."""


PIECE = 48_000
"""Samples that are gathered before they are measured, since frames of a thousand each take many times as long."""


class Loudness:
    """Gathers blocks of a sound, float32 [channels, n] each."""

    def __init__(self) -> None:
        self._pending: list[np.ndarray] = []
        self._samples = 0
        self._sum = self._squares = 0.0
        self._together = self._apart = 0.0
        self._values: dict[int, set[float]] = {}
        self._flickers = True

    def add(self, block: np.ndarray) -> np.ndarray:
        """Take in a block; returns the average of its channels, float32 [n]."""
        if self._pending and len(self._pending[0]) != len(block):
            self._measure()
        self._pending.append(block)
        if sum(pending.shape[1] for pending in self._pending) >= PIECE:
            self._measure()
        with np.errstate(over="ignore", invalid="ignore"):  # samples that are no numbers are for the reader to judge
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
        """Root mean square about the mean, in dB of full scale; NaN without a number.

        A constant offset is no sound, nor is one bit of noise, which at 8 bits is as loud as soft speech.
        """
        self._measure()
        if not self._samples or self._flickers:
            return 10 * math.log10(QUIETEST)
        mean = self._sum / self._samples
        power = self._squares / self._samples - mean**2
        return 10 * math.log10(max(QUIETEST, power)) if math.isfinite(power) else math.nan

    @property
    def cancelled(self) -> bool:
        """Whether the average is far quieter than that of as many channels of the same loudness that are unlike."""
        self._measure()
        return self._apart > QUIETEST * self._samples and self._together < CANCELLED * self._apart
