"""Whose face: the policies' rank, a person's word over it, and what is stored of every face."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.drawn_faces import box

from extractors.faces.speaker import SpeakerSettings, area_shown, area_shown_centrally, find_speaker
from extractors.faces.tracks import Track

FRAMES = [np.zeros((100, 200, 3), np.uint8)] * 8
SIZES = [(100, 200)] * 8
LONG, LARGE, CENTRAL = box(0, 0, 40), box(130, 0, 70), box(85, 35, 30)


def detections() -> list[np.ndarray]:
    """Three people: one in all frames at the left border, a large one in two, a small one in the middle of all."""
    return [np.stack([LONG, LARGE, CENTRAL] if frame < 2 else [LONG, CENTRAL]) for frame in range(8)]


def find(policy: str, face: str = "", found: list[np.ndarray] | None = None):
    settings = SpeakerSettings(face_policy=policy, track_overlap=0.3)
    return find_speaker(detections() if found is None else found, FRAMES, face, settings)


def test_ranks_by_hand() -> None:
    assert area_shown(Track(list(range(8)), [LONG] * 8), SIZES) == pytest.approx(8 * 1600 / 20000)
    assert area_shown_centrally(Track(list(range(8)), [CENTRAL] * 8), SIZES) == pytest.approx(8 * 900 / 20000)


def test_the_largest_and_most_present_or_the_central_one() -> None:
    largest = find("largest_track")
    assert (largest.boxes[5] == LONG).all()
    assert largest.rivalry == pytest.approx(2 * 4900 / (8 * 1600))
    central = find("largest_central")
    assert (central.boxes[5] == CENTRAL).all()
    assert len(central.boxes) == 8


def test_a_face_is_followed_where_the_picture_changes_its_size() -> None:
    """A call that halves its pixels, and one that doubles its width alone, still show the same two people."""
    for height, width in ((50, 100), (100, 400)):
        scale = np.array([width / 200, height / 100] * 2 + [1])
        found = [np.stack([LONG, LARGE]) * (scale if frame >= 4 else 1) for frame in range(8)]
        frames = FRAMES[:4] + [np.zeros((height, width, 3), np.uint8)] * 4
        settings = SpeakerSettings(face_policy="largest_track", track_overlap=0.3)
        speaker = find_speaker(found, frames, "", settings)
        assert sorted(speaker.boxes) == list(range(8))
        np.testing.assert_array_equal(speaker.boxes[6], LARGE * scale)
        assert {face["track"] for face in speaker.found} == {0, 1}


def test_a_person_may_say_whose_face_it_is() -> None:
    said = find("largest_track", "0.8,0.3")
    assert sorted(said.boxes) == [0, 1]
    assert (said.boxes[0] == LARGE).all()
    assert said.rivalry == pytest.approx(8 * 1600 / (2 * 4900))
    nobody = find("largest_track", "none")
    assert (nobody.boxes, nobody.track) == ({}, -1)
    assert len(nobody.found) == 18


def test_every_face_is_told_with_its_track() -> None:
    speaker = find("largest_track")
    assert speaker.track == 0
    assert [row["frame"] for row in speaker.found if row["track"] == 0] == list(range(8))
    assert [row["frame"] for row in speaker.found if row["track"] == 1] == [0, 1]
    assert [speaker.found[0][name] for name in ("x1", "y1", "x2", "y2", "score")] == [0, 0, 40, 40, 1]
    assert find("largest_track", "0.8,0.3").track == 1


def test_without_any_face() -> None:
    empty = find("largest_track", found=[np.empty((0, 5))] * 8)
    assert (empty.boxes, empty.track, empty.rivalry, empty.found) == ({}, -1, 0.0, [])
