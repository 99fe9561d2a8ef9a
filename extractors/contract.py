"""What an extractor gives back for one clip, and how it says that a clip cannot be extracted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np


class ClipError(Exception):
    """One clip cannot be extracted; the message is the reason that its index row will carry."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The frames of one clip.

    Attributes:
        frames: float32 [T, dim], T >= 1, every value finite.
        valid: bool [T], or None where every row is a measurement; False marks a filled row (no face there).
        duration: seconds of the clip, as measured on its media; None for text.
        faces: number of frames with a face; None for text and audio.
        warning: empty, or what makes the clip ``degraded``.
    """

    frames: np.ndarray
    valid: np.ndarray | None = None
    duration: float | None = None
    faces: int | None = None
    warning: str = ""


class Extractor(Protocol):
    """A clip in, frames out; ``extractors.EXTRACTORS`` names its classes, built as (backbone, settings, device)."""

    preprocessing: int
    """Version of everything that happens to a clip before the backbone; a new one re-extracts every clip."""
    dim: int
    """Columns of the frames."""
    provenance: dict[str, Any]
    """``weights`` (name), ``weights_sha256``, ``revision``, ``blocks`` (list of int)."""

    def extract(self, clip: Mapping[str, Any], release: Path) -> Extraction:
        """Extract one manifest row whose paths are relative to ``release``; :class:`ClipError` if it cannot be."""
        ...
