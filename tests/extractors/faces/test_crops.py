"""Faces are cut out by their boxes, or turned and scaled until eyes, nose and mouth lie at fixed places."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from helpers.changed import changed
from helpers.drawn_faces import box, frame_with_face
from helpers.visual import TYPED
from torch.nn import functional

from extractors.faces import crops
from extractors.shared.clip import ClipError
from extractors.shared.program import UserError

CPU = torch.device("cpu")
RED, GREEN, BLUE = np.eye(3)
COLOURS = np.stack([RED, RED, GREEN, BLUE, BLUE])
"""Of the dots that stand for eyes, tip of the nose and corners of the mouth."""


def test_the_crop_by_the_box_is_square_and_centred() -> None:
    rows, columns = np.mgrid[0:100, 0:120]
    frame = np.stack([rows, columns, rows], axis=2).astype(np.uint8)
    (crop,) = crops.make_crop(changed(TYPED, margin=0.1), 2, CPU)([frame], [np.array([40, 20, 60, 50, 1.0])])
    assert crop.shape == (36, 36, 3)
    assert crop[0, 0].tolist() == [17, 32, 17]
    assert crop[-1, -1].tolist() == [52, 67, 52]


def test_beyond_the_border_the_edge_is_repeated() -> None:
    frame = np.arange(100, dtype=np.uint8).reshape(10, 10, 1).repeat(3, axis=2)
    crop = crops.crop_face(frame, np.array([-4.0, -4.0, 4.0, 4.0]), margin=0.0)
    assert crop.shape == (8, 8, 3)
    assert (crop[:5, :5] == 0).all()
    assert crop[7, 7, 0] == 33
    assert crops.crop_face(frame, np.array([50.0, 50.0, 50.2, 50.2]), margin=0.0).shape == (1, 1, 3)
    aligned = crops.align_face(np.full((30, 30, 3), 77, np.uint8), crops.TEMPLATE)
    assert aligned.shape == (112, 112, 3)
    assert (aligned == 77).all()


def test_an_aligned_crop_needs_its_checksum() -> None:
    with pytest.raises(UserError, match="SHA-256 is not named"):
        crops.make_crop(changed(TYPED, face_crop="aligned", landmark_weights="fan.pth.tar"), 2, CPU)


def moved(places: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    """Points [N, 2] turned about the origin, scaled and shifted."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * places @ turn.T + shift


def dotted(points: np.ndarray, radius: float, height: int = 480, width: int = 640) -> np.ndarray:
    """A black frame with a dot at each of five points."""
    frame = np.zeros((height, width, 3), np.uint8)
    for point, colour in zip(np.round(points * 16).astype(int), COLOURS, strict=True):
        cv2.circle(frame, point.tolist(), round(radius * 16), (255 * colour).tolist(), -1, cv2.LINE_AA, 4)
    return frame


def dots_of(face: np.ndarray) -> np.ndarray:
    """Where the five dots of an aligned face lie: the middles of mass, the left one of a pair first."""
    rows, columns = np.mgrid[: face.shape[0], : face.shape[1]]
    left = columns < face.shape[1] / 2
    masks = [(0, left), (0, ~left), (1, True), (2, left), (2, ~left)]
    masses = [face[..., channel] * mask / (face[..., channel] * mask).sum() for channel, mask in masks]
    return np.array([[(mass * columns).sum(), (mass * rows).sum()] for mass in masses])


@pytest.mark.parametrize(
    ("degrees", "scale", "shift"),
    [(0, 1, (0, 0)), (25, 0.7, (200, 60)), (-40, 3, (60, 250)), (180, 1.5, (400, 300)), (8, 2, (-30, 20))],
)
def test_eyes_nose_and_mouth_land_on_the_template(degrees: float, scale: float, shift: tuple[float, float]) -> None:
    points = moved(crops.TEMPLATE, degrees, scale, shift)
    face = crops.align_face(dotted(points, 4 * scale), points)
    np.testing.assert_allclose(dots_of(face), crops.TEMPLATE, rtol=0, atol=0.25)


def test_the_eyes_of_a_drawn_face_land_on_the_template() -> None:
    """Its pupils lie 57.4 pixels below the upper edge of the head."""
    frame = frame_with_face(100, 40, 240, 360)
    dark = 255.0 - frame[40 + 50 : 40 + 66].max(axis=2)
    dark[dark < 200] = 0
    columns = np.arange(frame.shape[1])
    eyes = [
        [(dark[:, side] * columns[side]).sum() / dark[:, side].sum(), 40 + 57.4]
        for side in (slice(130, 164), slice(164, 198))
    ]
    points = moved(np.array(eyes), 20, 1.6, (-30, -80))
    turned = cv2.warpAffine(frame, crops.fit_similarity(np.array(eyes), points), (480, 400))
    # With the eyes alone, the similarity is exact; nose and mouth of the template follow from it.
    others = crops.fit_similarity(crops.TEMPLATE[:2], points)
    landmarks = np.concatenate([points, crops.TEMPLATE[2:] @ others[:, :2].T + others[:, 2]])
    face = crops.align_face(turned, landmarks)
    for x, y in crops.TEMPLATE[:2]:
        eye = 255.0 - face[round(y) - 8 : round(y) + 9, round(x) - 8 : round(x) + 9].max(axis=2)
        eye[eye < 200] = 0
        rows, columns = np.mgrid[round(y) - 8 : round(y) + 9, round(x) - 8 : round(x) + 9]
        assert abs((eye * columns).sum() / eye.sum() - x) < 1
        assert abs((eye * rows).sum() / eye.sum() - y) < 1


def test_the_similarity_is_that_of_least_squares_and_never_mirrors() -> None:
    rng = np.random.default_rng(0)
    for mirrored in (1, -1):
        points = rng.normal(size=(5, 2)) * 9 + crops.TEMPLATE * [mirrored, 1]
        matrix = crops.fit_similarity(points, crops.TEMPLATE)
        ones, none = np.ones(5), np.zeros(5)
        x, y = points.T
        system = np.concatenate([np.stack([x, -y, ones, none], 1), np.stack([y, x, none, ones], 1)])
        turn, slant, right, down = np.linalg.lstsq(system, crops.TEMPLATE.T.ravel(), rcond=None)[0]
        np.testing.assert_allclose(matrix, [[turn, -slant, right], [slant, turn, down]], rtol=0, atol=1e-9)
        assert np.linalg.det(matrix[:, :2]) > 0


def test_landmarks_of_one_place_are_the_clips_error() -> None:
    with pytest.raises(ClipError, match="the landmarks of a face are one point"):
        crops.align_face(np.zeros((9, 9, 3), np.uint8), np.full((5, 2), 3.0))


def test_five_points_of_68() -> None:
    landmarks = np.stack([np.arange(68), 100 + np.arange(68)], axis=1)
    np.testing.assert_array_equal(crops.five_points(landmarks)[:, 0], [38.5, 44.5, 30, 48, 54])
    np.testing.assert_array_equal(crops.five_points(landmarks)[:, 1], [138.5, 144.5, 130, 148, 154])


class DotFinder(torch.nn.Module):
    """Stands for FAN: the landmarks of eyes, nose and mouth are where :func:`dotted` draws them."""

    def forward(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        colours = functional.avg_pool2d(pictures, 13, 1, 6)
        colours = functional.avg_pool2d(colours, 4)
        left = (torch.arange(64) < 32).float()
        heat = torch.zeros(len(pictures), 68, 64, 64)
        heat[:, 36:42], heat[:, 42:48] = colours[:, :1] * left, colours[:, :1] * (1 - left)
        heat[:, 30] = colours[:, 1]
        heat[:, 48], heat[:, 54] = colours[:, 2] * left, colours[:, 2] * (1 - left)
        return [heat]


def test_from_box_to_aligned_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crops.fan, "load", lambda *_: DotFinder())
    crop = crops.make_crop(changed(TYPED, face_crop="aligned"), 2, CPU)
    assert crop([], []) == []
    frames, boxes = [], []
    for degrees, scale, shift in [(12, 1.2, (150, 80)), (-10, 2, (250, 150)), (0, 0.8, (20, 20))]:
        frames.append(dotted(moved(crops.TEMPLATE, degrees, scale, shift), 4 * scale))
        left, top = moved(np.array([[56.0, 66.0]]), degrees, scale, shift)[0] - 45 * scale
        boxes.append(box(left, top, 90 * scale))
    for face in crop(frames, boxes):
        assert face.shape == (112, 112, 3)
        # The network sees a face in 64 x 64 cells, of about three pixels of the template each.
        np.testing.assert_allclose(dots_of(face), crops.TEMPLATE, rtol=0, atol=1.5)
