"""Faces in single frames -> tracks. Each track is one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True, slots=True)
class Track:
    """One face in a clip: the numbers of the frames that show it, ascending, and its box and score in each."""

    frames: list[int] = field(default_factory=list)
    boxes: list[np.ndarray] = field(default_factory=list)


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of each box of ``first`` [N, 4+] with each of ``second`` [M, 4+]: float64 [N, M]."""
    a, b = first[:, None, :4], second[None, :, :4]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.clip(sides, 0, None).prod(axis=2)
    union = (a[..., 2:] - a[..., :2]).prod(axis=2) + (b[..., 2:] - b[..., :2]).prod(axis=2) - shared
    return shared / np.maximum(union, 1e-9)


def link(detections: Sequence[np.ndarray], sizes: Sequence[tuple[int, int]], min_overlap: float) -> list[Track]:
    """Join the boxes of successive frames into tracks.

    The boxes of each frame are assigned to the tracks with the best total overlap (Hungarian method). A track keeps its
    last position for any time, so a shot of another person does not end it. A box without a track begins a new one.
    Boxes are compared in shares of the picture, because video calls change the resolution.

    Args:
        detections: for each frame, float64 [K, 5].
        sizes: height and width of each frame.
        min_overlap: intersection over union with the track's last box below which a box is another face.
    """
    tracks: list[Track] = []
    to_first = [np.array([sizes[0][1] / width, sizes[0][0] / height] * 2) for height, width in sizes]
    for frame, boxes in enumerate(detections):
        taken = set()
        if tracks and len(boxes):
            last = np.stack([track.boxes[-1][:4] * to_first[track.frames[-1]] for track in tracks])
            shared = overlaps(last, boxes[:, :4] * to_first[frame])
            for owner, box in zip(*linear_sum_assignment(-shared), strict=True):
                if shared[owner, box] >= min_overlap:
                    tracks[owner].frames.append(frame)
                    tracks[owner].boxes.append(boxes[box])
                    taken.add(int(box))
        tracks += [Track([frame], [box]) for index, box in enumerate(boxes) if index not in taken]
    return tracks
