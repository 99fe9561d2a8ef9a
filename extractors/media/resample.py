"""Sound at any rate -> sound at 16 kHz, by a sinc filter with a Hann window of six zero crossings on each side."""

from __future__ import annotations

import math

import numpy as np
import torch
import torchaudio

SAMPLE_RATE = 16_000
"""Samples per second of the result."""

LARGEST_FILTER = 2e7
"""Largest size of torchaudio's table of filters, in numbers. The table has one filter for each position that a new
sample can have between old samples. All usual rates stay below this size. At 44,101 Hz there are 16,000 different
positions, and the table would take 3 GB."""

CROSSINGS, ROLLOFF = 6, 0.99
"""Torchaudio's defaults: half the filter's length in zero crossings, and its cutoff relative to the lower rate's."""

PIECE = 16_000
"""Samples of the result that are computed at once if there is no table."""


def resample(sound: np.ndarray, rate: int) -> np.ndarray:
    """Resample a sound float32 [n] from ``rate`` samples per second to 16 kHz: float32 [ceil(16000 n / rate)]."""
    if rate == SAMPLE_RATE:
        return sound
    if rate * SAMPLE_RATE <= LARGEST_FILTER * math.gcd(rate, SAMPLE_RATE) ** 2:
        return torchaudio.functional.resample(torch.from_numpy(sound), rate, SAMPLE_RATE).numpy()
    return without_table(sound, rate)


def without_table(sound: np.ndarray, rate: int) -> np.ndarray:
    """The result of torchaudio up to rounding. The filter of each sample is computed when it is needed."""
    cutoff = ROLLOFF * min(rate, SAMPLE_RATE)
    reach = math.ceil(CROSSINGS * rate / cutoff)
    padded = np.pad(sound, reach + 1).astype(np.float64)
    around = np.arange(-reach, reach + 2)
    result = np.empty(math.ceil(SAMPLE_RATE * len(sound) / rate), np.float32)
    for begin in range(0, len(result), PIECE):
        # Exact integers: sample m of the result is ``rest`` / 16000 old samples after the old sample ``before``.
        before, rest = np.divmod(np.arange(begin, min(begin + PIECE, len(result)), dtype=np.int64) * rate, SAMPLE_RATE)
        turns = np.clip((around - rest[:, None] / SAMPLE_RATE) * (cutoff / rate), -CROSSINGS, CROSSINGS)
        filters = np.sinc(turns) * np.cos(turns * (np.pi / (2 * CROSSINGS))) ** 2 * (cutoff / rate)
        result[begin : begin + len(rest)] = (padded[(before + reach + 1)[:, None] + around] * filters).sum(axis=1)
    return result
