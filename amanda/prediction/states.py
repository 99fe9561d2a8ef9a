"""What each modality can say of a clip, as its index of features records it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from extractors.features.store import USABLE
from extractors.shared.clip import EMPTY, SILENT


def speaks(index: pd.DataFrame) -> np.ndarray:
    """Which clips a modality has something to say of, bool [clips].

    Not of a clip without features, of silence, of an empty transcript, or of pictures without a face, though the last
    three have frames.

    Args:
        index: of one modality, with the columns ``status``, ``reason``, ``length`` and ``faces``.
    """
    there = index["status"].isin(USABLE) & (index["length"] > 0)
    mute = index["reason"].str.startswith((EMPTY, SILENT)) | (index["faces"] == 0)
    return (there & ~mute).to_numpy(bool)


def remarks(indexes: Mapping[str, pd.DataFrame]) -> list[str]:
    """For each clip what is missing or degraded in any modality, such as ``audio: the sound is silent``.

    A clip that was excluded has one reason, which all modalities repeat.

    Args:
        indexes: modality -> its index; all of the same clips in one order.
    """
    columns = [(modality, zip(index["status"], index["reason"], strict=True)) for modality, index in indexes.items()]
    told = []
    for row in zip(*(rows for _, rows in columns), strict=True):
        excluded = next((reason for status, reason in row if status == "excluded"), None)
        named = [f"{modality}: {reason}" for (modality, _), (_, reason) in zip(columns, row, strict=True) if reason]
        told.append("; ".join(named) if excluded is None else excluded)
    return told
