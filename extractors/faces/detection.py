"""Pictures of a clip -> the faces in them: detectors by name, and the filling of frames without a face."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch

from extractors.networks import s3fd
from extractors.networks.passes import in_halves
from extractors.networks.weights import Sha256
from extractors.shared.compute import Compute, check_agreement, check_compute
from extractors.shared.settings import Settings, Share, key

Detector = Callable[[np.ndarray, float], list[np.ndarray]]
"""Pictures uint8 RGB [B, H, W, 3], shortest side of a face in pixels -> per picture, float64 [K, 5]: box and score."""

PROBE = 128
"""Side of the noise picture in the test of a reduced number format."""


class FindingSettings(Settings):
    """Sizes of pictures and faces for the detector, and settings of OpenCV's cascade."""

    detection_side: int = key("longer side to which larger pictures are shrunk for the detector", unit="pixels", ge=16)
    min_face: Share = key("smallest face, as a share of the picture's shorter side")
    cascade_scale: float = key("factor between the window sizes of the cascade", gt=1)
    cascade_neighbours: int = key("neighbouring windows of the cascade that must agree on a face", ge=0)


class DetectionSettings(FindingSettings):
    """The face detector."""

    detector: Literal["s3fd", "cascade"] = key("s3fd, which needs its weights, or OpenCV's cascade, which needs none")
    detector_weights: str = key("the file of S3FD's weights; empty for the cascade", counts=False)
    detector_sha256: Sha256 = key(
        "SHA-256 of S3FD's weights, at least its first 8 digits; empty accepts any and records what was found"
    )
    detector_compute: Compute = key(
        "number format of S3FD's computation; the 16-bit formats need hardware that supports them"
    )


class Cascade:
    """OpenCV's frontal-face cascade (Viola and Jones, 2001). It is part of the library and needs no download.

    The score of a box is the number of neighbouring windows with the same detection.
    """

    def __init__(self, settings: FindingSettings, device: torch.device) -> None:
        folder = cv2.data.haarcascades  # type: ignore[attr-defined]  # OpenCV's types lack its data
        path = Path(folder) / "haarcascade_frontalface_default.xml"
        self.cascade = cv2.CascadeClassifier(str(path))
        self.scale = settings.cascade_scale
        self.neighbours = settings.cascade_neighbours
        # Several threads would return the windows in a different order in each run.
        cv2.setNumThreads(1)

    def __call__(self, pictures: np.ndarray, shortest: float) -> list[np.ndarray]:
        """Search each picture separately."""
        size = (round(shortest), round(shortest))
        found = []
        for picture in pictures:
            grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
            boxes, votes = self.cascade.detectMultiScale2(
                grey, scaleFactor=self.scale, minNeighbors=self.neighbours, minSize=size
            )
            corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
            corners[:, 2:] += corners[:, :2]
            found.append(np.column_stack([corners, np.asarray(votes, dtype=np.float64).reshape(-1)]))
        return found


class S3fdDetector:
    """S3FD with the weights that the settings name. The score of a box is the probability of a face."""

    def __init__(self, settings: DetectionSettings, device: torch.device) -> None:
        self.device = device
        self.compute = check_compute(settings.detector_compute, device)
        self.network = s3fd.load(settings.detector_weights, settings.detector_sha256, device)
        noise = np.random.default_rng(0).integers(0, 256, (1, PROBE, PROBE, 3), np.uint8)
        check_agreement("S3FD", self.compute, device, lambda compute: s3fd.maps(self.network, noise, device, compute))

    def __call__(self, pictures: np.ndarray, shortest: float) -> list[np.ndarray]:
        """Search all pictures in one pass. On a CPU they are searched one by one: it takes as long and less memory."""
        passes = np.split(pictures, len(pictures)) if self.device.type == "cpu" else [pictures]
        found = [boxes for part in passes for boxes in s3fd.detect(self.network, part, self.device, self.compute)]
        return [boxes[(boxes[:, 2:4] - boxes[:, :2]).min(axis=1, initial=np.inf) >= shortest] for boxes in found]


DETECTORS: dict[str, Callable[[DetectionSettings, torch.device], Detector]] = {
    "cascade": Cascade,
    "s3fd": S3fdDetector,
}
"""Name in the settings -> detector, built from the settings and the device."""


def make_detector(settings: DetectionSettings, device: torch.device) -> Detector:
    """Build the detector that the settings name.

    Raises:
        UserError: its weights are missing and cannot be downloaded, or are invalid.
    """
    return DETECTORS[settings.detector](settings, device)


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The detector's input: uint8 RGB [h, w, 3], and the factor from its pixels to those of the original frame."""

    picture: np.ndarray
    scale: float


def shrink(frame: np.ndarray, longest: int) -> Shrunk:
    """Shrink a frame uint8 RGB [H, W, 3] if its longer side has more than ``longest`` pixels."""
    height, width = frame.shape[:2]
    scale = max(height, width) / longest
    if scale <= 1:
        return Shrunk(frame, 1.0)
    size = (max(round(width / scale), 1), max(round(height / scale), 1))
    return Shrunk(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), scale)


def find_faces(
    frames: Sequence[np.ndarray], detector: Detector, settings: FindingSettings, batch: int
) -> list[np.ndarray]:
    """Find the faces in frames.

    Args:
        frames: uint8 RGB [H, W, 3], of any sizes.
        detector: see :data:`Detector`.
        settings: the size of shrunk frames for the detector, and the smallest face.
        batch: number of frames in one pass.

    Returns:
        For each frame, float64 [K, 5]: corners in pixels of the original frame, and the score.
    """
    return find_in_shrunk([shrink(frame, settings.detection_side) for frame in frames], detector, settings, batch)


def find_in_shrunk(
    frames: Sequence[Shrunk], detector: Detector, settings: FindingSettings, batch: int
) -> list[np.ndarray]:
    """:func:`find_faces` for frames that are already shrunk. Frames of equal size share a pass.

    Raises:
        MemoryError: a single frame is too large for the device.
    """
    found: list[np.ndarray] = [np.empty((0, 5))] * len(frames)
    for shape in dict.fromkeys(frame.picture.shape for frame in frames):
        members = [index for index, frame in enumerate(frames) if frame.picture.shape == shape]
        shortest = settings.min_face * min(shape[:2])

        def search(pictures: Sequence[np.ndarray], shortest: float = shortest) -> list[np.ndarray]:
            return detector(np.stack(pictures), shortest)

        for start in range(0, len(members), batch):
            chunk = members[start : start + batch]
            for index, boxes in zip(chunk, in_halves(search, [frames[index].picture for index in chunk]), strict=True):
                found[index] = boxes * ([frames[index].scale] * 4 + [1.0])
    return found


def speaker_part(frame: np.ndarray, crop: str) -> np.ndarray:
    """The part of a frame [H, W, 3] that shows the speaker: the ``left`` or ``right`` half, or the ``full`` frame."""
    half = frame.shape[1] // 2
    parts = {"full": frame, "left": frame[:, :half], "right": frame[:, half:]}
    return parts[crop]


def fill_nearest(rows: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Fill each row without a face with the nearest row in time that has one; of two, with the earlier."""
    with_face = np.flatnonzero(valid)
    distance = np.abs(np.arange(len(rows))[:, None] - with_face)
    return rows[with_face[distance.argmin(axis=1)]]


def fill_zeros(rows: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Leave the rows without a face at zero."""
    return np.where(valid[:, None], rows, np.zeros_like(rows))


FILLS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {"nearest": fill_nearest, "zeros": fill_zeros}
"""Filling of frames without a face: features [T, dim], bool [T] with at least one True -> features [T, dim]."""
