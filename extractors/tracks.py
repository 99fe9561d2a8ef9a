"""Faces found frame by frame -> tracks of one person each, and the track that a clip is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True, slots=True)
class Track:
    """One face through a clip: the frames that show it, ascending, and its box (corners and score) in each."""

    frames: list[int] = field(default_factory=list)
    boxes: list[np.ndarray] = field(default_factory=list)


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of each box of ``first`` [N, 4+] with each of ``second`` [M, 4+]: float64 [N, M]."""
    a, b = first[:, None, :4], second[None, :, :4]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.clip(sides, 0, None).prod(axis=2)
    union = (a[..., 2:] - a[..., :2]).prod(axis=2) + (b[..., 2:] - b[..., :2]).prod(axis=2) - shared
    return shared / np.maximum(union, 1e-9)


def link(detections: Sequence[np.ndarray], min_overlap: float) -> list[Track]:
    """Join the boxes of successive frames to tracks.

    Each frame's boxes go to the tracks that they overlap best, all together (Hungarian method); a track waits where it
    was last seen, however long, so that a shot of somebody else does not end it. What fits no track begins one.

    Args:
        detections: for each frame, float64 [K, 5].
        min_overlap: intersection over union with the track's last box below which a box is another face.
    """
    tracks: list[Track] = []
    for frame, boxes in enumerate(detections):
        taken = set()
        if tracks and len(boxes):
            shared = overlaps(np.stack([track.boxes[-1] for track in tracks]), boxes)
            for owner, box in zip(*linear_sum_assignment(-shared), strict=True):
                if shared[owner, box] >= min_overlap:
                    tracks[owner].frames.append(frame)
                    tracks[owner].boxes.append(boxes[box])
                    taken.add(int(box))
        tracks += [Track([frame], [box]) for index, box in enumerate(boxes) if index not in taken]
    return tracks


def area_shown(track: Track, sizes: Sequence[tuple[int, int]]) -> float:
    """The face's share of the picture, summed over the clip's frames: large and long present ranks high."""
    return sum(
        float((box[2:4] - box[:2]).prod()) / (sizes[frame][0] * sizes[frame][1])
        for frame, box in zip(track.frames, track.boxes, strict=True)
    )


def area_shown_centrally(track: Track, sizes: Sequence[tuple[int, int]]) -> float:
    """The same, each frame weighted by how central the face is: 1 in the middle, 0 in a corner."""
    total = 0.0
    for frame, box in zip(track.frames, track.boxes, strict=True):
        middle = np.array([sizes[frame][1], sizes[frame][0]]) / 2
        off_centre = np.linalg.norm((box[:2] + box[2:4]) / 2 - middle) / np.linalg.norm(middle)
        total += area_shown(Track([frame], [box]), sizes) * max(0.0, 1.0 - float(off_centre))
    return total


POLICIES: dict[str, Callable[[Track, Sequence[tuple[int, int]]], float]] = {
    "largest_track": area_shown,
    "largest_central": area_shown_centrally,
}
"""Name in the settings -> rank of a track, given each frame's (height, width); the highest rank is the speaker's."""


def rank(tracks: Sequence[Track], policy: str, sizes: Sequence[tuple[int, int]]) -> list[Track]:
    """Order tracks from the likeliest speaker on, the earlier one first where two are equal."""
    return sorted(tracks, key=lambda track: -POLICIES[policy](track, sizes))
