"""From arrays of frames to the inputs of training, without any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from amanda.network.frames import Packed
from amanda.training.data import Corpus
from extractors.shared.clip import PARTS
from extractors.shared.program import UserError


def corpus_of(
    frames: Mapping[str, Sequence[np.ndarray]], faces: Sequence[np.ndarray], split: Sequence[str], device: torch.device
) -> Corpus:
    """The corpus on one side of a pair, for :class:`amanda.training.job.Job`.

    Args:
        frames: modality -> the frames of each clip, [frames, dim]; every modality has the same clips.
        faces: which visual frames of each clip show a face, bool [frames].
        split: ``train``, ``validation`` or ``test`` for each clip.
        device: the device that trains.

    Raises:
        UserError: modalities have different numbers of clips, a clip has no frame, or a number is not finite.
    """
    for name, clips in frames.items():
        if len(clips) != len(split):
            raise UserError(
                f"{name}: {len(clips)} clips, and the split has {len(split)}; give each clip in every modality"
            )
        empty = [place for place, rows in enumerate(clips) if not len(rows)]
        if empty:
            raise UserError(f"{name}: clip {empty[0]} has no frames; leave it out of every modality")
        if not all(np.isfinite(rows).all() for rows in clips):
            raise UserError(f"{name}: a frame has a value that is no finite number; leave out its clip, or mend it")
    if unknown := set(split) - set(PARTS):
        raise UserError(f"split: {sorted(unknown)[0]!r} is none of {', '.join(PARTS)}")
    return Corpus(
        clip_ids=np.array([str(place) for place in range(len(split))]),
        split=np.array(split),
        packed={name: _pack(clips, faces if name == "visual" else None, device) for name, clips in frames.items()},
        made_with=dict.fromkeys(frames, "arrays"),
        without_features=0,
        indexes={},
        splits=Path(),
    )


def _pack(clips: Sequence[np.ndarray], faces: Sequence[np.ndarray] | None, device: torch.device) -> Packed:
    rows = torch.from_numpy(np.concatenate(clips).astype(np.float32))
    valid = None if faces is None else torch.from_numpy(np.concatenate(faces).astype(bool)).to(device)
    return Packed(rows.to(device), torch.tensor([len(clip) for clip in clips]), valid)
