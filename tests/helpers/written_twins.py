"""Files of a twin, and the frames and the sound in them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


def files(root: Path, pattern: str) -> list[Path]:
    """The real files of a pattern, without the shadows of macOS archives."""
    return sorted(path for path in root.glob(pattern) if not path.name.startswith("."))


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def sound_of_file(path: Path) -> tuple[int, np.ndarray]:
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        return rate, np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
