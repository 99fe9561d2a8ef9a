"""Sound at any rate -> sound at 16 kHz, by a sinc that a Hann window ends after six zero crossings."""

from __future__ import annotations

import math

import numpy as np
import torch
import torchaudio

SAMPLE_RATE = 16_000
"""Samples per second of what comes out."""

LARGEST_FILTER = 2e7
"""Most numbers in torchaudio's table of filters: one for each place that a sample can have among the old ones. All
usual rates stay below; 44,101 Hz, where no two of 16,000 places are alike, would take 3 GB."""

CROSSINGS, ROLLOFF = 6, 0.99
"""Torchaudio's own: half the length of the filter in zero crossings, and its cutoff as a share of the lower rate's."""

PIECE = 16_000
"""Samples of the result that are computed at once without a table."""


def resample(sound: np.ndarray, rate: int) -> np.ndarray:
    """A sound float32 [n] at ``rate`` samples per second, at 16 kHz: float32 [ceil(16000 n / rate)]."""
    if rate == SAMPLE_RATE:
        return sound
    if rate * SAMPLE_RATE <= LARGEST_FILTER * math.gcd(rate, SAMPLE_RATE) ** 2:
        return torchaudio.functional.resample(torch.from_numpy(sound), rate, SAMPLE_RATE).numpy()
    return without_table(sound, rate)


def without_table(sound: np.ndarray, rate: int) -> np.ndarray:
    """The same as torchaudio's way but for rounding, with each sample's filter computed when it is needed."""
    cutoff = ROLLOFF * min(rate, SAMPLE_RATE)
    reach = math.ceil(CROSSINGS * rate / cutoff)
    padded = np.pad(sound, reach + 1).astype(np.float64)
    around = np.arange(-reach, reach + 2)
    result = np.empty(math.ceil(SAMPLE_RATE * len(sound) / rate), np.float32)
    for begin in range(0, len(result), PIECE):
        # Exact in integers: sample m of the result lies ``rest`` / 16000 old samples behind the old sample ``before``.
        before, rest = np.divmod(np.arange(begin, min(begin + PIECE, len(result)), dtype=np.int64) * rate, SAMPLE_RATE)
        turns = np.clip((around - rest[:, None] / SAMPLE_RATE) * (cutoff / rate), -CROSSINGS, CROSSINGS)
        filters = np.sinc(turns) * np.cos(turns * (np.pi / (2 * CROSSINGS))) ** 2 * (cutoff / rate)
        result[begin : begin + len(rest)] = (padded[(before + reach + 1)[:, None] + around] * filters).sum(axis=1)
    return result
