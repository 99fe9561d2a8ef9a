"""Frames of clips -> the table of pictures for the quality page: both halves of a recording, and strips of frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pyarrow as pa

from extractors.faces.detection import speaker_part
from extractors.features.blame import blame
from extractors.media.pictures import sample_frames
from extractors.pages.thumbnail import jpeg
from extractors.quality.settings import InspectionSettings
from extractors.shared.clip import Row
from extractors.shared.evenly import evenly

PICTURES = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("jpeg", pa.binary()),
    ]
)
"""``results/quality/pictures/{corpus}.parquet``: the pictures of the quality page, in the order of the page.

``kind`` is ``left`` or ``right`` for a half of the clip's middle frame, or ``strip`` for frames side by side in order
of time. ``jpeg`` is null if no frame can be read.
"""

SIDES = ("left", "right")
"""The halves of a recording of two people, as the manifest's ``crop`` names them."""

HALF_HEIGHT = 180
STRIP_HEIGHT = 80
"""Heights in pixels of the pictures on the page."""


def read_pictures(rows: Sequence[Row], clips: Sequence[Row], release: Path, settings: InspectionSettings) -> list[Row]:
    """Choose the clips that the page shows, and read their pictures.

    Args:
        rows: the quality table.
        clips: the manifest, the same clips in the same order.
        release: the folder to which the manifest's paths are relative.
        settings: number of clips to show, and of their pictures.

    Returns:
        The rows of :data:`PICTURES`.
    """
    source = {clip["clip_id"]: clip for clip in clips}
    both = [source[row["clip_id"]] for row in choose_halves(rows, settings.halves)]
    worst = [source[row["clip_id"]] for row in choose_worst(rows, settings.strips)]
    return [picture for clip in both for picture in halves(clip, release)] + [
        strip(clip, release, settings.strip_frames) for clip in worst
    ]


def choose_halves(rows: Sequence[Row], count: int) -> list[Row]:
    """Choose side-by-side clips with pictures: people who occur on both sides, one clip per side, evenly spaced.

    The framed half shows the speaker if it shows the same person in both clips. If the wrong half was chosen, it shows
    two people. If nobody was recorded on both sides, clips of the two crops alternate.
    """
    sides: dict[str, dict[str, Row]] = {side: {} for side in SIDES}
    for row in rows:
        if row["crop"] in sides and row.get("width"):
            sides[row["crop"]].setdefault(row["speaker"], row)
    left, right = sides.values()
    both = [speaker for speaker in left if speaker in right] or list(left | right)
    chosen = evenly(both, (count + 1) // 2)
    return [side[speaker] for speaker in chosen for side in (left, right) if speaker in side][:count]


def choose_worst(rows: Sequence[Row], count: int) -> list[Row]:
    """Clips with findings and pictures. Kinds of findings alternate, from the most frequent; most findings first."""
    found = [row for row in rows if row["findings"] and row.get("width")]
    kinds = [kind for kind, _ in Counter(row["findings"][0] for row in found).most_common()]
    groups = [
        sorted((row for row in found if row["findings"][0] == kind), key=lambda row: -len(row["findings"]))
        for kind in kinds
    ]
    return [row for turn in zip_longest(*groups) for row in turn if row][:count]


def halves(clip: Row, release: Path) -> list[Row]:
    """The rows of the clip's left and right half."""
    try:
        (frame,) = _frames(clip, release, 1)
        files = {side: jpeg(speaker_part(frame, side), HALF_HEIGHT) for side in SIDES}
    except Exception as error:
        blame(error, clip["clip_id"])
        files = {}
    return [{"clip_id": clip["clip_id"], "kind": side, "jpeg": files.get(side)} for side in SIDES]


def strip(clip: Row, release: Path, count: int) -> Row:
    """The row of the clip's strip: the speaker's part of ``count`` frames."""
    try:
        frames = [speaker_part(frame, clip["crop"]) for frame in _frames(clip, release, count)]
        file = jpeg(np.concatenate(frames, axis=1), STRIP_HEIGHT)
    except Exception as error:
        blame(error, clip["clip_id"])
        file = None
    return {"clip_id": clip["clip_id"], "kind": "strip", "jpeg": file}


def _frames(clip: Row, release: Path, count: int) -> list[np.ndarray]:
    frames = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], count).frames
    return [frame for frame in frames if frame.shape == frames[0].shape]
