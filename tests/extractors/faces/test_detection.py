"""Faces are found, followed through a clip, chosen and cut out as the settings say."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from helpers.changed import changed
from helpers.drawn_faces import box, frame_with_face
from helpers.places import ROOT

from extractors.faces import detection, tracks
from extractors.faces.detection import DetectionSettings
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

SETTINGS = settings_of(
    DetectionSettings,
    {
        "detector": "cascade",
        "detector_weights": "",
        "detector_sha256": "",
        "detection_side": 160,
        "min_face": 0.2,
        "cascade_scale": 1.2,
        "cascade_neighbours": 3,
        "detector_compute": "float32",
    },
)
CPU = torch.device("cpu")


def test_the_cascade_finds_faces_in_frames_of_any_size() -> None:
    detector = detection.make_detector(SETTINGS, CPU)
    frames = [
        frame_with_face(20, 30),
        frame_with_face(150, 40),
        np.full((200, 320, 3), 120, np.uint8),
        frame_with_face(10, 10, 150, 160),
        frame_with_face(100, 60),
    ]
    found = detection.find_faces(frames, detector, SETTINGS, 2)
    assert [len(boxes) for boxes in found] == [1, 1, 0, 1, 1]
    assert found[2].shape == (0, 5)
    for boxes, (left, top) in zip(
        [found[0], found[1], found[3], found[4]], [(20, 30), (150, 40), (10, 10), (100, 60)], strict=True
    ):
        middle = (boxes[0, :2] + boxes[0, 2:4]) / 2
        np.testing.assert_allclose(middle, [left + 64, top + 68], atol=8)
        assert 75 < boxes[0, 2] - boxes[0, 0] < 130


def test_small_faces_are_left_out() -> None:
    detector = detection.make_detector(SETTINGS, CPU)
    assert not len(detection.find_faces([frame_with_face(20, 30)], detector, changed(SETTINGS, min_face=0.95), 2)[0])


def test_detection_sees_a_bounded_picture_and_boxes_come_back_in_pixels() -> None:
    seen = []

    def detector(pictures: np.ndarray, shortest: float) -> list[np.ndarray]:
        seen.append((pictures.shape, shortest))
        return [box(10, 20, 30)[None] for _ in pictures]

    frames = [np.zeros((400, 640, 3), np.uint8)] * 3 + [np.zeros((160, 90, 3), np.uint8)]
    found = detection.find_faces(frames, detector, SETTINGS, 2)
    assert seen == [((2, 100, 160, 3), 20.0), ((1, 100, 160, 3), 20.0), ((1, 160, 90, 3), 18.0)]
    np.testing.assert_array_equal(found[0], [[40, 80, 160, 200, 1.0]])
    np.testing.assert_array_equal(found[3], [[10, 20, 40, 50, 1.0]])


def test_s3fd_needs_its_checksum() -> None:
    with pytest.raises(UserError, match="SHA-256 is not named"):
        detection.make_detector(changed(SETTINGS, detector="s3fd", detector_weights="s3fd.pth"), CPU)


def test_only_s3fd_imports_the_package_that_has_its_network() -> None:
    program = (
        "import sys, torch; from extractors.faces.detection import DetectionSettings, make_detector\n"
        f"cascade = DetectionSettings.model_validate_json({SETTINGS.model_dump_json()!r})\n"
        "make_detector(cascade, torch.device('cpu')); assert 'face_alignment' not in sys.modules\n"
        "from extractors.networks.s3fd import make_network; make_network(); assert 'face_alignment' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_s3fd_leaves_out_small_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection.s3fd, "load", lambda *_: None)
    monkeypatch.setattr(
        detection.s3fd, "detect", lambda *_: [np.stack([box(0, 0, 19), box(0, 0, 20)]), np.empty((0, 5))]
    )
    found = detection.S3fdDetector(SETTINGS, CPU)(np.zeros((2, 100, 100, 3), np.uint8), 20.0)
    np.testing.assert_array_equal(found[0], [box(0, 0, 20)])
    assert found[1].shape == (0, 5)


def test_fills() -> None:
    rows = np.array([[9.0], [1.0], [9.0], [9.0], [2.0], [9.0]])
    valid = np.array([False, True, False, False, True, False])
    assert detection.FILLS["nearest"](rows, valid).ravel().tolist() == [1, 1, 1, 2, 2, 2]
    assert detection.FILLS["zeros"](rows, valid).ravel().tolist() == [0, 1, 0, 0, 2, 0]
    tie = detection.FILLS["nearest"](np.array([[1.0], [0.0], [2.0]]), np.array([True, False, True]))
    assert tie.ravel().tolist() == [1, 1, 2]


def test_overlaps_by_hand() -> None:
    shared = tracks.overlaps(np.stack([box(0, 0, 10)]), np.stack([box(5, 0, 10), box(10, 10, 5), box(0, 0, 10)]))
    np.testing.assert_allclose(shared, [[50 / 150, 0, 1]])


def test_two_people_keep_their_tracks_while_they_move_and_vanish() -> None:
    def moving(frame: int) -> np.ndarray:
        return box(10 + 3 * frame, 50, 40)

    others = box(200, 50, 60)
    detections = [np.stack([moving(0), others]), np.stack([others, moving(1)]), moving(2)[None], np.empty((0, 5))]
    detections += [np.stack([others, moving(4)]), np.stack([moving(5), box(120, 150, 30)])]
    found = tracks.link(detections, [(100, 100)] * len(detections), min_overlap=0.3)
    assert [track.frames for track in found] == [[0, 1, 2, 4, 5], [0, 1, 4], [5]]
    assert all((face == others).all() for face in found[1].boxes)


def test_a_box_elsewhere_begins_a_track() -> None:
    detections = [box(0, 0, 40)[None], box(30, 0, 40)[None]]
    assert len(tracks.link(detections, [(100, 100)] * len(detections), min_overlap=0.3)) == 2
    assert len(tracks.link(detections, [(100, 100)] * len(detections), min_overlap=0.1)) == 1
    assert tracks.link([np.empty((0, 5))] * 3, [(100, 100)] * 3, min_overlap=0.3) == []
