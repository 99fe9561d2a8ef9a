"""Frames of clips from indexes of features, and a check that they were made like those of a shared model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from amanda.sharing.record import Backbone
from extractors.features.store import USABLE, Features, open_features
from extractors.shared.program import UserError

SAME = ("extractor", "preprocessing", "weights_sha256", "config_sha256", "blocks", "width")
"""Fields that must be equal in two backbones, so that a model can use the frames of both."""

RECORDED = ("extractor", "weights", "weights_sha256", "config_sha256", "revision", "precision", "compute")
"""Text columns of the index of features that the record of a backbone has under the same names."""


def backbone_of(features: Features, modality: str) -> Backbone:
    """How the frames of an index were made, which is the same for all its clips.

    Raises:
        UserError: no clip has frames.
    """
    known = features.table[features.table["status"].isin(USABLE) & (features.table["length"] > 0)]
    if not len(known):
        raise UserError(
            f"features: no clip has {modality} frames; look at the reasons in the index and extract it again"
        )
    row, lengths = known.iloc[0], set(known["length"])
    return Backbone(
        **{name: str(row[name]) for name in RECORDED},
        preprocessing=int(row["preprocessing"]),
        blocks=tuple(map(int, row["blocks"])),
        width=features.dim,
        rows=int(lengths.pop()) if modality == "visual" and len(lengths) == 1 else None,
    )


def check_backbone(index: Path, found: Backbone, wanted: Backbone) -> None:
    """Check that frames were made like those that a model was trained on.

    Raises:
        UserError: they were made by another backbone, or in another way; the message names the difference.
    """
    for name in SAME:
        ours, theirs = getattr(found, name), getattr(wanted, name)
        if ours != theirs:
            raise UserError(
                f"{index}: {name} {shown(ours)} of {found.weights}, where the model needs {shown(theirs)} of"
                f" {wanted.weights}; extract the clips as the model's record says"
            )


def shown(value: object) -> str:
    """A value for a message; only the first digits of a checksum."""
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else repr(value)


def read_frames(
    indexes: Mapping[str, Path], clips: Sequence[str] | None, backbones: Mapping[str, Backbone] | None = None
) -> tuple[list[str], dict[str, list[np.ndarray]], list[np.ndarray]]:
    """Frames and masks of faces of some clips, views of their files; a clip without usable frames has [0, dim].

    Args:
        indexes: modality -> index of extractors.index_features.
        clips: names of the clips, or ``None`` for all clips of the first index.
        backbones: the required backbone of each modality, or ``None`` to accept any.

    Returns:
        The clips' names, their frames by modality, and which visual frames show a face (all, without a visual index).

    Raises:
        UserError: a clip is in no index, or frames were made by another backbone.
    """
    features = {name: open_features(path) for name, path in indexes.items()}
    names = list(next(iter(features.values())).table.index if clips is None else clips)
    frames = {}
    for name, each in features.items():
        if missing := [clip for clip in names if clip not in each.table.index]:
            raise UserError(f"{indexes[name]}: has no clip {missing[0]}; extract it in every modality")
        usable = set(each.table.index[each.table["status"].isin(USABLE) & (each.table["length"] > 0)])
        if backbones and usable:
            check_backbone(indexes[name], backbone_of(each, name), backbones[name])
        frames[name] = [each.frames(clip) if clip in usable else each.frames(clip)[:0] for clip in names]
    faces = [features["visual"].valid(clip) for clip in names] if "visual" in features else []
    return names, frames, faces
