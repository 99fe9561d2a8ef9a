"""The choice between two files of one clip, by the length in the label file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av

from extractors.media.container import open_media
from extractors.shared.clip import ClipError


def nearest_in_length(root: Path, paths: Sequence[str], seconds: float) -> str:
    """The file whose length is nearest to ``seconds``; the first of equal ones, or if none can be opened.

    Args:
        root: the release.
        paths: the files, relative to it, the preferred one first.
        seconds: the annotated length.
    """
    lengths = {path: length for path in paths if (length := _length(root / path)) is not None}
    return min(lengths, key=lambda path: abs(lengths[path] - seconds), default=paths[0])


def _length(path: Path) -> float | None:
    """Seconds of a media file from its container; None if it cannot be opened or has no length."""
    try:
        with open_media(path) as container:
            return None if container.duration is None else container.duration / av.time_base
    except ClipError:
        return None
