"""Which clips a modality has something to say of, as its index of features records it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from extractors.features.store import USABLE
from extractors.shared.clip import EMPTY, SILENT


def has_frames(index: pd.DataFrame) -> np.ndarray:
    """Which clips have frames, bool [clips]; ``index`` has the columns ``status`` and ``length``."""
    return (index["status"].isin(USABLE) & (index["length"] > 0)).to_numpy(bool)


def speaks(index: pd.DataFrame) -> np.ndarray:
    """Which clips a modality has something to say of, bool [clips].

    Not of a clip without features, of silence, of an empty transcript, or of pictures without a face, though the last
    three have frames.

    Args:
        index: of one modality, with the columns ``status``, ``reason``, ``length`` and ``faces``.
    """
    mute = index["reason"].str.startswith((EMPTY, SILENT)) | (index["faces"] == 0)
    return has_frames(index) & ~mute.to_numpy(bool)
