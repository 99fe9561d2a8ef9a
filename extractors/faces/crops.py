"""A face in a frame -> the input picture of the expression network, cropped by its box or by its landmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import cv2
import numpy as np
import torch

from extractors.networks import fan
from extractors.networks.passes import in_halves
from extractors.networks.weights import Sha256
from extractors.shared.clip import ClipError
from extractors.shared.settings import Settings, key

Crop = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], list[np.ndarray]]
"""Frames uint8 RGB [H, W, 3] and the box of a face in each (corners in pixels) -> uint8 RGB [side, side, 3] of each."""

SIDE = 112
"""Side in pixels of an aligned face."""

TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Positions of :func:`five_points` in an aligned face, x and y in pixels.

These are the points of SphereFace and ArcFace in a square of 112 pixels. face.evoLVe used them to align the faces for
the IR-50 from which APViT was trained.
"""


class CropSettings(Settings):
    """How a face is cut out of its frame."""

    face_crop: Literal["box", "aligned"] = key(
        "how a face is cut out: box, the square around the detector's box, or aligned, by landmarks of FAN"
    )
    margin: float = key("share of the box's side added on each side of a crop by its box", ge=0)
    landmark_weights: str = key(
        "the file of FAN's weights, for aligned crops; empty downloads the published file once", counts=False
    )
    landmark_sha256: Sha256 = key(
        "SHA-256 of FAN's weights, at least its first 8 digits; empty accepts any and records what was found"
    )


class BoxCrop:
    """Crop the square around the box, see :func:`crop_face`."""

    def __init__(self, settings: CropSettings, batch: int, device: torch.device) -> None:
        self.margin = settings.margin

    def __call__(self, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Cut out each face separately."""
        return [crop_face(frame, box, self.margin) for frame, box in zip(frames, boxes, strict=True)]


class AlignedCrop:
    """Align the face by landmarks of FAN, so that eyes, nose and mouth are at the positions of :data:`TEMPLATE`."""

    def __init__(self, settings: CropSettings, batch: int, device: torch.device) -> None:
        self.device = device
        self.batch = batch
        self.network = fan.load(settings.landmark_weights, settings.landmark_sha256, device)

    def __call__(self, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Align all faces.

        Raises:
            ClipError: all landmarks of a face are the same point.
            MemoryError: a single face is too large for the device.
        """
        faces = list(zip(frames, boxes, strict=True))
        points: list[np.ndarray] = []
        for start in range(0, len(faces), self.batch):
            points += in_halves(self._find, faces[start : start + self.batch])
        return [align_face(frame, five_points(found)) for frame, found in zip(frames, points, strict=True)]

    def _find(self, faces: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
        frames, boxes = zip(*faces, strict=True)
        return fan.find_landmarks(self.network, frames, boxes, self.device)


CROPS: dict[str, Callable[[CropSettings, int, torch.device], Crop]] = {"box": BoxCrop, "aligned": AlignedCrop}
"""Name in the settings -> crop, built from the settings, the faces in one pass and the device."""


def make_crop(settings: CropSettings, batch: int, device: torch.device) -> Crop:
    """Build the crop that the settings name, for ``batch`` faces in one pass.

    Raises:
        UserError: its weights are missing and cannot be downloaded, or are invalid.
    """
    return CROPS[settings.face_crop](settings, batch, device)


def crop_face(frame: np.ndarray, box: np.ndarray, margin: float) -> np.ndarray:
    """Cut out the square around a face. Pixels outside the frame repeat the frame's edge.

    Args:
        frame: uint8 RGB [H, W, 3].
        box: x1, y1, x2, y2 in pixels (more columns are ignored).
        margin: added on each side, as a share of the box's longer side.

    Returns:
        uint8 RGB [side, side, 3], centred on the box.
    """
    left, top, right, bottom = box[:4]
    side = max(round(max(right - left, bottom - top) * (1 + 2 * margin)), 1)
    x, y = round((left + right - side) / 2), round((top + bottom - side) / 2)
    height, width = frame.shape[:2]
    columns = np.clip(np.arange(x, x + side), 0, width - 1)
    rows = np.clip(np.arange(y, y + side), 0, height - 1)
    return frame[rows[:, None], columns]


def five_points(landmarks: np.ndarray) -> np.ndarray:
    """The points for the alignment of a face, from its 68 landmarks [68, 2].

    Returns:
        float64 [5, 2]: the centres of the eyes, the tip of the nose, and the corners of the mouth. The eye and the
        corner on the left side of the picture come first.
    """
    eyes = [landmarks[36:42].mean(axis=0), landmarks[42:48].mean(axis=0)]
    return np.stack([*eyes, landmarks[30], landmarks[48], landmarks[54]]).astype(np.float64)


def align_face(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Rotate, scale and shift a face so that its points lie as near as possible to :data:`TEMPLATE`.

    Args:
        frame: uint8 RGB [H, W, 3].
        points: float64 [5, 2], see :func:`five_points`.

    Returns:
        uint8 RGB [112, 112, 3]. Pixels outside the frame repeat the frame's edge.

    Raises:
        ClipError: all points are the same.
    """
    matrix = fit_similarity(points, TEMPLATE)
    return cv2.warpAffine(frame, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def fit_similarity(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The rotation, scale and shift that map ``points`` [N, 2] to ``places`` [N, 2] with the least squared error.

    Returns:
        float64 [2, 3]: the matrix that maps (x, y, 1). It never mirrors.

    Raises:
        ClipError: all points are the same.
    """
    # If points are complex numbers, rotation and scale are one factor, and the fit is a simple regression.
    here, there = (pairs @ np.array([1, 1j]) for pairs in (points, places))
    centred = here - here.mean()
    spread = np.vdot(centred, centred).real
    if not spread:
        raise ClipError("the landmarks of a face are all the same point; extract with face_crop box")
    factor = np.vdot(centred, there) / spread
    shift = there.mean() - factor * here.mean()
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
