"""How alike the alignment losses of the modalities are in the course of training."""

from __future__ import annotations

import pandas as pd

PREFIX = "alignment_"
"""Begins the names of the alignment losses (Eq. 9) in a history."""


JOINT = "joint"


def shares(history: pd.DataFrame, with_joint: bool) -> pd.DataFrame:
    """Each alignment loss over the sum of all, L_m / sum L_m (section 4.2), of the mean losses of each epoch.

    Args:
        history: ``seed``, ``epoch``, ``name`` and ``value``, as amanda.train_pair stores it.
        with_joint: whether the joint representation's loss is one of those that are summed.

    Returns:
        One row per seed, epoch and ``term``, with its ``loss``, its ``share`` and the ``distance`` of that from 1 / M,
        which all have in perfect balance.
    """
    losses = history[history["name"].str.startswith(PREFIX)]
    losses = losses.assign(term=losses["name"].str.removeprefix(PREFIX), loss=losses["value"])
    losses = losses if with_joint else losses[losses["term"] != JOINT]
    share = losses["loss"] / losses.groupby(["seed", "epoch"])["loss"].transform("sum")
    distance = (share - 1 / losses["term"].nunique()).abs()
    return losses[["seed", "epoch", "term", "loss"]].assign(share=share, distance=distance)
