"""Small folders of media, named as people name them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from helpers.wav_files import RATE, write_wav


def sounds(folder: Path, names: Iterable[str], seconds: float = 0.1) -> Path:
    """Write noise into WAV files of these names, which may name folders too."""
    noise = 0.1 * np.random.default_rng(0).standard_normal((1, int(seconds * RATE)))
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_wav(folder / name, noise)
    return folder
