"""The stored form of an extraction: its frames in the stored precision, and the columns of its index row."""

from __future__ import annotations

from typing import Any

import numpy as np

from extractors.modalities.base import Extraction
from extractors.shared.clip import ClipError


def described(extraction: Extraction) -> dict[str, Any]:
    """The columns of the index about the result of an extraction."""
    row = {
        "status": "degraded" if extraction.warning else "ok",
        "reason": extraction.warning,
        "valid": None if extraction.valid is None else extraction.valid.tolist(),
        "duration": extraction.duration,
    }
    if extraction.faces is None:
        return row
    faces = extraction.faces
    return row | {"faces": faces.count, "rivalry": faces.rivalry, "track": faces.track, "found": faces.found}


def stored_frames(extraction: Extraction, dim: int, precision: str) -> np.ndarray:
    """The frames of an extraction in the stored precision, [T, dim].

    Raises:
        ClipError: there are no frames, or a value is not a number or too large for the precision.
        ValueError: the extractor gave arrays of wrong shapes.
    """
    frames, valid = extraction.frames, extraction.valid
    if frames.shape != (len(frames), dim) or (valid is not None and valid.shape != (len(frames),)):
        raise ValueError(f"an extractor gave frames {frames.shape} where [T, {dim}] and as many valid flags are due")
    if not len(frames):
        raise ClipError("no frames")
    if not np.isfinite(frames).all():
        raise ClipError("frames with NaN or infinite values")
    with np.errstate(over="ignore"):
        stored = frames.astype(precision)
    if not np.isfinite(stored).all():
        raise ClipError(f"frames up to {np.abs(frames).max():.3g} are too large for {precision}; store float32")
    return stored
