"""Balance of the modalities' alignment losses during training."""

from __future__ import annotations

import pandas as pd

PREFIX = "alignment_"
"""Prefix of the names of the alignment losses (Eq. 9) in a history."""


JOINT = "joint"


def shares(history: pd.DataFrame, with_joint: bool) -> pd.DataFrame:
    """Each alignment loss divided by the sum of all, L_m / sum L_m (section 4.2), from the mean losses of each epoch.

    Args:
        history: ``seed``, ``epoch``, ``name`` and ``value``, as amanda.train_pair stores it.
        with_joint: whether the sum includes the joint representation's loss.

    Returns:
        One row per seed, epoch and ``term``, with its ``loss``, its ``share`` and the ``distance`` of the share from
        1 / M. In perfect balance all shares are 1 / M.
    """
    losses = history[history["name"].str.startswith(PREFIX)]
    losses = losses.assign(term=losses["name"].str.removeprefix(PREFIX), loss=losses["value"])
    losses = losses if with_joint else losses[losses["term"] != JOINT]
    share = losses["loss"] / losses.groupby(["seed", "epoch"])["loss"].transform("sum")
    distance = (share - 1 / losses["term"].nunique()).abs()
    return losses[["seed", "epoch", "term", "loss"]].assign(share=share, distance=distance)
