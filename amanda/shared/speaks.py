"""The clips about which a modality has information, from its index of features."""

from __future__ import annotations

import numpy as np
import pandas as pd

from extractors.features.store import USABLE
from extractors.shared.clip import EMPTY, SILENT


def has_frames(index: pd.DataFrame) -> np.ndarray:
    """Which clips have frames, bool [clips]; ``index`` has the columns ``status`` and ``length``."""
    return (index["status"].isin(USABLE) & (index["length"] > 0)).to_numpy(bool)


def speaks(index: pd.DataFrame) -> np.ndarray:
    """Whether a modality has information about each clip, bool [clips].

    It has none about a clip without features, a silent clip, a clip with an empty transcript, or a clip without a face.
    The last three still have frames.

    Args:
        index: index of one modality, with the columns ``status``, ``reason``, ``length`` and ``faces``.
    """
    mute = index["reason"].str.startswith((EMPTY, SILENT)) | (index["faces"] == 0)
    return has_frames(index) & ~mute.to_numpy(bool)
