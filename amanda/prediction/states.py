"""Which modalities have information about a clip, according to their indexes of features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from extractors.features.store import USABLE
from extractors.shared.clip import EMPTY, SILENT


def speaks(index: pd.DataFrame) -> np.ndarray:
    """Which clips a modality has information about, bool [clips].

    A clip without features, with silence, with an empty transcript, or without a face gives no information, although
    the last three have frames.

    Args:
        index: index of one modality, with the columns ``status``, ``reason``, ``length`` and ``faces``.
    """
    there = index["status"].isin(USABLE) & (index["length"] > 0)
    mute = index["reason"].str.startswith((EMPTY, SILENT)) | (index["faces"] == 0)
    return (there & ~mute).to_numpy(bool)


def remarks(indexes: Mapping[str, pd.DataFrame]) -> list[str]:
    """For each clip what is missing or degraded in any modality, such as ``audio: the sound is silent``.

    The reason of an excluded clip is given once, although all modalities have it.

    Args:
        indexes: modality -> its index; all with the same clips in the same order.
    """
    columns = [(modality, zip(index["status"], index["reason"], strict=True)) for modality, index in indexes.items()]
    told = []
    for row in zip(*(rows for _, rows in columns), strict=True):
        excluded = next((reason for status, reason in row if status == "excluded"), None)
        named = [f"{modality}: {reason}" for (modality, _), (_, reason) in zip(columns, row, strict=True) if reason]
        told.append("; ".join(named) if excluded is None else excluded)
    return told
