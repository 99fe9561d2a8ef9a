"""Frames of clips -> the JPEGs of the quality page: both halves of a recording, strips of frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np

from extractors.faces.detection import speaker_part
from extractors.features.blame import blame
from extractors.media.pictures import sample_frames
from extractors.pages.thumbnail import data_uri
from extractors.shared.clip import Row
from extractors.shared.evenly import evenly

HALF_HEIGHT = 180
STRIP_HEIGHT = 80
"""Heights in pixels of the pictures on the page."""


def choose_halves(rows: Sequence[Row], count: int) -> list[Row]:
    """Side-by-side clips with pictures: people seen on both sides, evenly from the corpus, a clip of each side.

    Whoever is the same person in both framed halves is the speaker; a wrong choice of the half shows two people.
    Where nobody was recorded on both sides, clips of both crops in turn.
    """
    sides: dict[str, dict[str, Row]] = {"left": {}, "right": {}}
    for row in rows:
        if row["crop"] in sides and row.get("width"):
            sides[row["crop"]].setdefault(row["speaker"], row)
    left, right = sides.values()
    both = [speaker for speaker in left if speaker in right] or list(left | right)
    chosen = evenly(both, (count + 1) // 2)
    return [side[speaker] for speaker in chosen for side in (left, right) if speaker in side][:count]


def choose_worst(rows: Sequence[Row], count: int) -> list[Row]:
    """Clips with findings and pictures: of each kind in turn, the commonest kind and most findings first."""
    found = [row for row in rows if row["findings"] and row.get("width")]
    kinds = [kind for kind, _ in Counter(row["findings"][0] for row in found).most_common()]
    groups = [
        sorted((row for row in found if row["findings"][0] == kind), key=lambda row: -len(row["findings"]))
        for kind in kinds
    ]
    return [row for turn in zip_longest(*groups) for row in turn if row][:count]


def halves(clip: Row, release: Path) -> dict[str, str]:
    """The left and the right half of the clip's middle frame as data URIs; empty where it cannot be read."""
    try:
        (frame,) = _frames(clip, release, 1)
        return {side: data_uri(speaker_part(frame, side), HALF_HEIGHT) for side in ("left", "right")}
    except Exception as error:
        blame(error, clip["clip_id"])
        return {}


def strip(clip: Row, release: Path, count: int) -> str:
    """``count`` frames of the clip side by side, the speaker's part of each, as a data URI; empty without any."""
    try:
        frames = [speaker_part(frame, clip["crop"]) for frame in _frames(clip, release, count)]
        return data_uri(np.concatenate(frames, axis=1), STRIP_HEIGHT)
    except Exception as error:
        blame(error, clip["clip_id"])
        return ""


def _frames(clip: Row, release: Path, count: int) -> list[np.ndarray]:
    frames = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], count).frames
    return [frame for frame in frames if frame.shape == frames[0].shape]
