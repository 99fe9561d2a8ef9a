"""Labels of clips for scoring: the classes of predicted clips, and the label shares of a source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from amanda.shared.wording import counted
from extractors.shared.clip import CLASSES
from extractors.shared.files import read_table
from extractors.shared.program import UserError


def classes_of(clip_ids: pd.Series, labels: Path) -> np.ndarray:
    """Class of each clip, [clips], as a position in ``CLASSES``.

    Raises:
        UserError: a clip has no label.
    """
    known = read_table(labels, "extractors.read_release").to_pandas().set_index("clip_id")["label"]
    label = clip_ids.map(known)
    unknown = clip_ids[~label.isin(CLASSES)]
    if len(unknown):
        raise UserError(
            f"{labels}: no label for {counted(unknown.nunique(), 'clip')}, such as {unknown.iloc[0]};"
            " read the release again"
        )
    return label.map(CLASSES.index).to_numpy()


def source_prior(labels: Path, splits: Path) -> np.ndarray:
    """Label distribution of the labelled clips in the source's train split, [classes].

    It covers all these clips. The prior of label alignment in training covers only clips that take part in training.
    """
    split = read_table(splits, "extractors.split_corpus").to_pandas()
    known = read_table(labels, "extractors.read_release").to_pandas().set_index("clip_id")["label"]
    label = split.loc[split["split"] == "train", "clip_id"].map(known)
    counts = label.value_counts().reindex(CLASSES).fillna(0).to_numpy(float)
    return counts / counts.sum()
