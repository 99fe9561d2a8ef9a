"""Labels of clips for scoring: the classes of predicted clips, and the label shares of a source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from amanda.shared.wording import counted
from extractors.shared.files import read_table
from extractors.shared.labels import Labels
from extractors.shared.program import UserError

NONE = -1
"""The position of a clip without a label."""


def places_of(clip_ids: pd.Series, labels: Labels) -> np.ndarray:
    """Class of each clip, [clips], as a position in the classes; :data:`NONE` where a clip has no label.

    Raises:
        UserError: the table of labels has no row of a clip.
    """
    unknown = clip_ids[~clip_ids.isin(labels.of_clip.keys())]
    if len(unknown):
        raise UserError(
            f"{labels.path}: no row for {counted(unknown.nunique(), 'clip')}, such as {unknown.iloc[0]};"
            " read the release again"
        )
    place = {name: position for position, name in enumerate(labels.classes)}
    return clip_ids.map(labels.of_clip).map(place).fillna(NONE).to_numpy(int)


def source_prior(labels: Labels, splits: Path) -> np.ndarray:
    """Label distribution of the labelled clips in the source's train split, [classes].

    It covers all these clips. The prior of label alignment in training covers only clips that take part in training.
    """
    split = read_table(splits, "extractors.split_corpus").to_pandas()
    found = places_of(split.loc[split["split"] == "train", "clip_id"], labels)
    counts = np.bincount(found[found != NONE], minlength=len(labels.classes)).astype(float)
    return counts / counts.sum()
