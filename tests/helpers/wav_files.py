"""WAV files of any rate and width."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 16_000


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE, width: int = 2) -> Path:
    """PCM of ``width`` bytes from samples [channels, n] within -1..1."""
    whole = np.clip(
        (np.ascontiguousarray(samples.T) * 2.0 ** (8 * width - 1)).round(),
        -(2 ** (8 * width - 1)),
        2 ** (8 * width - 1) - 1,
    )
    content = (whole + 128).astype("u1") if width == 1 else whole.astype("<i4").view("u1").reshape(-1, 4)[:, :width]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(samples))
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(content.tobytes())
    return path
