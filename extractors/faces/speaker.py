"""The faces in a clip's frames -> the speaker's face. A policy or the user chooses its track."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from extractors.faces.tracks import Track, link
from extractors.shared.clip import NOBODY
from extractors.shared.settings import Settings, Share, key

Sizes = Sequence[tuple[int, int]]
"""Height and width of each frame."""


FacePolicy = Literal["largest_track", "largest_central"]


class SpeakerSettings(Settings):
    """How the speaker's track of faces is chosen."""

    track_overlap: Share = key("smallest overlap (intersection over union) of one person's boxes in successive frames")
    face_policy: FacePolicy = key("how the speaker's face is chosen among several")


@dataclass(frozen=True, slots=True)
class Speaker:
    """The speaker's face in a clip.

    Attributes:
        boxes: frame -> corners and score [5] of the face.
        track: number of its track in ``found``, -1 if there is none.
        rivalry: rank of the runner-up divided by the rank of this track, by the policy; 0 if there is no other face.
        found: all faces, see :class:`extractors.modalities.base.Faces`.
    """

    boxes: dict[int, np.ndarray]
    track: int
    rivalry: float
    found: list[dict[str, Any]]


def find_speaker(
    detections: Sequence[np.ndarray], frames: Sequence[np.ndarray], face: str, settings: SpeakerSettings
) -> Speaker:
    """Follow the faces through a clip and choose the speaker's.

    Args:
        detections: for each frame, float64 [K, 5]: corners in pixels and score.
        frames: the pictures [H, W, 3], for their sizes.
        face: the manifest's value: empty for the policy; ``x,y``, a point in shares of the picture's width and height,
            for the track whose middle is nearest to it; ``none`` for no face.
        settings: settings of the tracking, and the policy.
    """
    sizes = [frame.shape[:2] for frame in frames]
    policy = POLICIES[settings.face_policy]
    # Of two tracks with equal rank the earlier one comes first, because sorting is stable.
    tracks = sorted(link(detections, sizes, settings.track_overlap), key=lambda track: -policy(track, sizes))
    chosen = _choose(tracks, face, sizes)
    if chosen < 0:
        return Speaker({}, -1, 0.0, _rows(tracks))
    others = [policy(track, sizes) for number, track in enumerate(tracks) if number != chosen]
    rivalry = max(others, default=0.0) / max(policy(tracks[chosen], sizes), 1e-9)
    boxes = dict(zip(tracks[chosen].frames, tracks[chosen].boxes, strict=True))
    return Speaker(boxes, chosen, rivalry, _rows(tracks))


def _choose(tracks: Sequence[Track], face: str, sizes: Sizes) -> int:
    """The number of the speaker's track, -1 if there is none."""
    if not tracks or face == NOBODY:
        return -1
    if not face:
        return 0
    place = np.array(face.split(","), dtype=np.float64)
    return int(np.argmin([np.linalg.norm(middle(track, sizes) - place) for track in tracks]))


def middle(track: Track, sizes: Sizes) -> np.ndarray:
    """The middle of a track's boxes, float64 [2]: x and y in shares of the picture, averaged over its frames."""
    centres = [
        (box[:2] + box[2:4]) / 2 / sizes[frame][::-1] for frame, box in zip(track.frames, track.boxes, strict=True)
    ]
    return np.mean(centres, axis=0)


def _rows(tracks: Sequence[Track]) -> list[dict[str, Any]]:
    return [
        {"frame": frame, "track": number} | dict(zip(("x1", "y1", "x2", "y2", "score"), map(float, box), strict=True))
        for number, track in enumerate(tracks)
        for frame, box in zip(track.frames, track.boxes, strict=True)
    ]


def area_shown(track: Track, sizes: Sizes) -> float:
    """The face's share of the picture, summed over the clip's frames. Large faces in many frames have a high rank."""
    return sum(
        float((box[2:4] - box[:2]).prod()) / (sizes[frame][0] * sizes[frame][1])
        for frame, box in zip(track.frames, track.boxes, strict=True)
    )


def area_shown_centrally(track: Track, sizes: Sizes) -> float:
    """:func:`area_shown` with a weight for each frame: 1 for a face in the middle of the picture, 0 in a corner."""
    total = 0.0
    for frame, box in zip(track.frames, track.boxes, strict=True):
        centre = np.array([sizes[frame][1], sizes[frame][0]]) / 2
        off_centre = np.linalg.norm((box[:2] + box[2:4]) / 2 - centre) / np.linalg.norm(centre)
        total += area_shown(Track([frame], [box]), sizes) * max(0.0, 1.0 - float(off_centre))
    return total


POLICIES: dict[str, Callable[[Track, Sizes], float]] = {
    "largest_track": area_shown,
    "largest_central": area_shown_centrally,
}
"""Name in the settings -> rank of a track, given the size of each frame. The track with the highest rank is chosen."""
