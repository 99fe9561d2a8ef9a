"""Every k-th picture is searched; between them the box lies on the way, and no face is made up where one is gone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.drawn_faces import frame_with_face
from helpers.visual import TYPED

from extractors.faces.detection import find_in_shrunk, make_detector, shrink
from extractors.faces.speaker import Speaker, find_speaker
from extractors.faces.steps import searched_frames, with_frames_between
from extractors.faces.tracks import overlaps

SIZE = (100, 200)


@pytest.mark.parametrize(
    ("count", "step", "expected"),
    [(0, 4, []), (1, 4, [0]), (5, 1, [0, 1, 2, 3, 4]), (9, 4, [0, 4, 8]), (10, 4, [0, 4, 8, 9]), (3, 100, [0, 2])],
)
def test_which_frames_are_searched(count: int, step: int, expected: list[int]) -> None:
    assert searched_frames(count, step) == expected


def speaker(boxes: dict[int, list[float]]) -> Speaker:
    found = [{"frame": frame, "track": 0} for frame in boxes]
    return Speaker({frame: np.array(box, float) for frame, box in boxes.items()}, 0, 0.5, found)


def test_boxes_between() -> None:
    found = speaker({0: [10, 20, 30, 40, 0.8], 1: [20, 20, 50, 60, 0.4], 3: [0, 0, 9, 9, 1]})
    full = with_frames_between(found, [0, 4, 8, 10], [SIZE] * 11)
    assert sorted(full.boxes) == [0, 1, 2, 3, 4, 10], "no face in frame 8, so none is known around it"
    np.testing.assert_allclose(full.boxes[1], [12.5, 20, 35, 45, 0.7])
    np.testing.assert_allclose(full.boxes[2], [15, 20, 40, 50, 0.6])
    np.testing.assert_array_equal(full.boxes[10], [0, 0, 9, 9, 1])
    assert [row["frame"] for row in full.found] == [0, 4, 10]
    assert (full.track, full.rivalry) == (0, 0.5)


def test_pictures_of_several_sizes() -> None:
    found = speaker({0: [10, 10, 20, 20, 1], 1: [20, 20, 40, 40, 1]})
    full = with_frames_between(found, [0, 2], [(100, 100), (50, 100), (200, 200)])
    np.testing.assert_allclose(full.boxes[1], [10, 5, 20, 10, 1])  # the same shares of the picture throughout


def test_one_of_one_changes_nothing() -> None:
    found = speaker({0: [1, 2, 3, 4, 1], 2: [2, 3, 4, 5, 1]})
    full = with_frames_between(found, [0, 1, 2], [SIZE] * 3)
    assert full.boxes.keys() == found.boxes.keys()
    assert full.found == found.found


def test_a_drawn_face_on_its_way() -> None:
    """What is interpolated lies where a search of every picture finds it."""
    frames = [frame_with_face(60 + 4 * step, 40 + step) for step in range(17)]
    detector = make_detector(TYPED, torch.device("cpu"))
    found = find_in_shrunk([shrink(frame, 160) for frame in frames], detector, TYPED, TYPED.batch)
    every = find_speaker(found, frames, "", TYPED).boxes
    searched = searched_frames(17, 4)
    some = find_speaker([found[place] for place in searched], [frames[place] for place in searched], "", TYPED)
    full = with_frames_between(some, searched, [frame.shape[:2] for frame in frames]).boxes
    assert full.keys() == every.keys() == set(range(17))
    shared = [overlaps(full[place][None], every[place][None])[0, 0] for place in range(17)]
    assert min(shared) > 0.75
