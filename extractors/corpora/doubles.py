"""Two files of one clip: which of them has the length that the label file gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av

from extractors.media.container import open_media
from extractors.shared.clip import ClipError


def nearest_in_length(root: Path, paths: Sequence[str], seconds: float) -> str:
    """The file whose length is nearest to ``seconds``; the first of equals, and of files that cannot be opened.

    Args:
        root: the release.
        paths: the files, relative to it, the one to prefer first.
        seconds: the annotated length.
    """
    lengths = {path: length for path in paths if (length := _length(root / path)) is not None}
    return min(lengths, key=lambda path: abs(lengths[path] - seconds), default=paths[0])


def _length(path: Path) -> float | None:
    """Seconds of a media file as its container tells them; None where it cannot be opened or tells none."""
    try:
        with open_media(path) as container:
            return None if container.duration is None else container.duration / av.time_base
    except ClipError:
        return None
