"""What is missing or degraded of a clip, as its indexes of features record it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


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
