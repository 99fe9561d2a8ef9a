"""Pictures are read, measured and shown as people see them: upright, not mirrored, not squeezed, in their colours."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.changed import changed
from helpers.faces_corpus import TYPED
from helpers.shown_media import (
    EXIF,
    WAYS,
    corners,
    display_matrix,
    rewrite,
    seen_corners,
    write_exif,
    write_shown,
)
from helpers.spoiled_release import SETTINGS, row

from extractors.inspect_corpus import inspect_clips
from extractors.media import display
from extractors.media.pictures import sample_frames
from extractors.modalities.visual import sample_speaker
from extractors.pages.faces_of_clip import view_clip
from extractors.pages.quality_pictures import halves, strip
from extractors.quality.measure import measure_pictures
from extractors.shared.clip import ClipError


def clip(path: Path, **columns: object) -> dict[str, object]:
    return row(path.stem, video=path.name, audio=path.name, **columns)


def opened(content: bytes) -> np.ndarray:
    """The picture of a JPEG file, uint8 RGB."""
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_read_as_people_see_it(tmp_path: Path, way: str, suffix: str) -> None:
    matrix, seen = WAYS[way]
    path = write_shown(tmp_path / f"clip{suffix}", [corners()] * 3, matrix=display_matrix(*matrix))
    for frame in sample_frames(path, None, None, 3).frames:
        assert frame.shape == ((48, 80, 3) if matrix[0] else (80, 48, 3))
        assert seen_corners(frame) == list(seen)
        assert frame.flags.c_contiguous


@pytest.mark.parametrize("way", WAYS)
def test_the_halves_are_those_of_the_picture_that_people_see(tmp_path: Path, way: str) -> None:
    """In extraction and in both pictures of the page of quality."""
    matrix, seen = WAYS[way]
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 3, matrix=display_matrix(*matrix))
    for side, columns in (("left", (0, 2)), ("right", (1, 3))):
        one = clip(path, crop=side)
        (speaker,) = sample_speaker(one, tmp_path, 1)[0]
        files = {row["kind"]: row["jpeg"] for row in (*halves(one, tmp_path), strip(one, tmp_path, 1))}
        shown = [speaker, opened(files[side]), opened(files["strip"])]
        for picture in shown:
            above, _, below, _ = seen_corners(picture)
            assert (above, below) == tuple(seen[column] for column in columns)


@pytest.mark.parametrize("way", WAYS)
def test_the_page_of_faces_shows_what_people_see(tmp_path: Path, way: str) -> None:
    matrix, seen = WAYS[way]
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 3, matrix=display_matrix(*matrix))
    settings = changed(TYPED, frames=3, strip_frames=1, strip_tracks=1)
    view = view_clip(clip(path) | {"track": -1}, [], tmp_path, settings)
    (picture,) = view.pictures.values()
    assert (picture.width, picture.height) == ((80, 48) if matrix[0] else (48, 80))
    assert seen_corners(opened(base64.b64decode(picture.uri.split(",")[1]))) == list(seen)


@pytest.mark.parametrize("way", WAYS)
def test_validate_measures_what_people_see(tmp_path: Path, way: str) -> None:
    """The size is that of the picture on the screen, and light is measured in its halves."""
    matrix, seen = WAYS[way]
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 3, matrix=display_matrix(*matrix))
    left, right = measure_pictures(path, [clip(path, crop="left"), clip(path, crop="right")])
    assert (left["width"], left["height"]) == ((80, 48) if matrix[0] else (48, 80))
    for measured, columns in ((left, (0, 2)), (right, (1, 3))):
        grey = np.mean([np.dot(seen[column], (0.299, 0.587, 0.114)) for column in columns])
        assert measured["luma"] == pytest.approx(grey, abs=4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_with_an_exif_note(tmp_path: Path, orientation: int) -> None:
    way = EXIF[orientation - 1]
    path = write_exif(tmp_path / "camera.avi", orientation, [corners()] * 3)
    assert seen_corners(sample_frames(path, None, None, 1).frames[0]) == list(WAYS[way][1])


ORIENTED = {
    "rotate=90": "turned left",
    "flip=horizontal": "mirrored",
    "rotate=90:flip=horizontal": "mirrored at the diagonal",
}


@pytest.mark.parametrize("orientation", ORIENTED)
def test_pictures_that_say_their_orientation_themselves(tmp_path: Path, orientation: str) -> None:
    """In H.264 a picture is first mirrored, then turned to the left; a transport stream has no other place for it."""
    plain = write_shown(tmp_path / "plain.mp4", [corners()])
    path = rewrite(plain, tmp_path / "clip.ts", f"h264_metadata=display_orientation=insert:{orientation}")
    assert seen_corners(sample_frames(path, None, None, 1).frames[0]) == list(WAYS[ORIENTED[orientation]][1])


@pytest.mark.parametrize("degrees", [-4.0, 4.0])
def test_a_camera_held_a_little_aslant(tmp_path: Path, degrees: float) -> None:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    for scale in (1, 0.5):
        turned = display_matrix(*(scale * np.array([-sine, cosine, -cosine, -sine])))
        path = write_shown(tmp_path / "clip.mp4", [corners()] * 3, matrix=turned)
        assert seen_corners(sample_frames(path, None, None, 1).frames[0]) == list(WAYS["turned right"][1])


def test_a_matrix_of_zeros_says_nothing() -> None:
    np.testing.assert_array_equal(display._nearest(np.zeros((2, 2))), np.eye(2))


@pytest.mark.parametrize("matrix", [(0.7071, 0.7071, -0.7071, 0.7071), (1, 0, 0.8, 1)])
def test_a_matrix_that_is_none_of_the_eight_is_refused(tmp_path: Path, matrix: tuple[float, ...]) -> None:
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 3, matrix=display_matrix(*matrix))
    with pytest.raises(ClipError, match=r"^clip\.mp4: its display matrix turns its pictures by no quarter of a circle"):
        sample_frames(path, None, None, 1)
    (found,) = inspect_clips([clip(path)], tmp_path, SETTINGS, 1)
    assert "undecodable" in found["findings"]
    assert "display matrix" in found["reason"]
