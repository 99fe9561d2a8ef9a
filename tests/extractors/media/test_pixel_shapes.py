"""Pictures whose pixels are not square."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.shown_media import (
    WAYS,
    corners,
    display_matrix,
    write_shown,
)
from helpers.spoiled_release import row

from extractors.media.pictures import sample_frames
from extractors.quality.measure import measure_pictures
from extractors.shared.clip import ClipError


def clip(path: Path, **columns: object) -> dict[str, object]:
    return row(path.stem, video=path.name, audio=path.name, **columns)


def ball(height: int, width: int, shape: Fraction) -> np.ndarray:
    """A white disc in the middle of black, round where a pixel is ``shape`` times as wide as high."""
    rows, columns = np.mgrid[:height, :width]
    across, down = (columns - (width - 1) / 2) * float(shape), rows - (height - 1) / 2
    inside = np.hypot(across, down) <= 0.35 * min(height, width * float(shape))
    return np.where(inside[..., None], 255, 0).astype(np.uint8).repeat(3, axis=2)


def extent(picture: np.ndarray) -> tuple[int, int]:
    """Width and height of what is bright in a picture."""
    bright = picture.mean(axis=2) > 127
    return int(bright.any(axis=0).sum()), int(bright.any(axis=1).sum())


SHAPES = {
    "wide PAL": (576, 720, Fraction(64, 45), (1024, 576)),
    "narrow PAL": (576, 720, Fraction(16, 15), (768, 576)),
    "NTSC": (480, 720, Fraction(8, 9), (720, 540)),
    "HDV": (270, 360, Fraction(4, 3), (480, 270)),
    "half D1": (144, 88, Fraction(24, 11), (192, 144)),
    "square": (144, 176, Fraction(1), (176, 144)),
}
"""Height and width as stored, the shape of a pixel, and the width and height on a screen."""


@pytest.mark.parametrize("name", SHAPES)
def test_a_disc_is_round_on_every_screen(tmp_path: Path, name: str) -> None:
    height, width, shape, size = SHAPES[name]
    path = write_shown(tmp_path / "clip.mp4", [ball(height, width, shape)] * 2, shape=shape)
    (frame,) = sample_frames(path, None, None, 1).frames
    assert frame.shape == (size[1], size[0], 3)
    across, down = extent(frame)
    assert abs(across - down) <= 2
    assert (max(across, down) - 0.7 * min(size)) <= 3
    (measured,) = measure_pictures(path, [clip(path)])
    assert (measured["width"], measured["height"]) == size


FORMATS = [
    ("clip.mkv", "libx264", "yuv420p"),
    ("clip.mov", "png", "rgb24"),
    ("clip.avi", "mpeg4", "yuv420p"),
    ("clip.avi", "mjpeg", "yuvj420p"),
    ("clip.ts", "mpeg2video", "yuv420p"),
    ("clip.mpg", "mpeg2video", "yuv420p"),
    ("clip.h264", "libx264", "yuv420p"),
]


@pytest.mark.parametrize(("name", "codec", "pixels"), FORMATS)
def test_every_format_tells_the_shape_of_its_pixels(tmp_path: Path, name: str, codec: str, pixels: str) -> None:
    shape = Fraction(64, 45)
    path = tmp_path / name
    picture = ball(144, 180, shape)
    write_shown(path, [picture] * 2, shape=shape, codec=codec, pixels=pixels)
    (frame,) = sample_frames(path, None, None, 1).frames
    assert frame.shape == (144, 256, 3)
    across, down = extent(frame)
    assert abs(across - down) <= 2


def test_pixels_become_square_before_the_picture_is_turned(tmp_path: Path) -> None:
    shape = Fraction(64, 45)
    turned = display_matrix(*WAYS["turned right"][0])
    path = write_shown(tmp_path / "clip.mp4", [ball(144, 180, shape)] * 2, shape=shape, matrix=turned)
    (frame,) = sample_frames(path, None, None, 1).frames
    assert frame.shape == (256, 144, 3)
    across, down = extent(frame)
    assert abs(across - down) <= 2
    (measured,) = measure_pictures(path, [clip(path)])
    assert (measured["width"], measured["height"]) == (144, 256)


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_a_shape_that_changes_within_the_stream(tmp_path: Path, codec: str) -> None:
    """Broadcasts switch from narrow to wide pictures of the same pixels; each is shown in its own shape."""
    parts = []
    for number, shape in enumerate((Fraction(16, 15), Fraction(64, 45))):
        discs = [ball(144, 180, shape)] * 8
        part = write_shown(tmp_path / "part.ts", discs, shape=shape, codec=codec, first=8 * number)
        parts.append(part.read_bytes())
    path = tmp_path / "clip.ts"
    path.write_bytes(b"".join(parts))
    frames = sample_frames(path, None, None, 16).frames
    assert [frame.shape[1] for frame in frames] == [192] * 8 + [256] * 8
    for frame in frames:
        across, down = extent(frame)
        assert abs(across - down) <= 2


def test_the_header_is_right_where_the_pictures_say_otherwise(tmp_path: Path) -> None:
    """As after ``ffmpeg -c copy -aspect``, with which people mend a wrong shape."""
    path = write_shown(tmp_path / "clip.mp4", [ball(144, 180, Fraction(64, 45))] * 2, shape=Fraction(16, 15))
    content = bytearray(path.read_bytes())
    place = content.index(b"pasp") + 4
    assert struct.unpack(">II", content[place : place + 8]) == (16, 15)
    content[place : place + 8] = struct.pack(">II", 64, 45)
    path.write_bytes(content)
    (frame,) = sample_frames(path, None, None, 1).frames
    assert frame.shape == (144, 256, 3)
    across, down = extent(frame)
    assert abs(across - down) <= 2


def test_a_shape_that_no_camera_makes_is_refused(tmp_path: Path) -> None:
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 2, shape=Fraction(5, 1))
    with pytest.raises(ClipError, match=r"^clip\.mp4: says that its pixels are 5 times as wide as high"):
        sample_frames(path, None, None, 1)


def test_square_pixels_shown_as_stored_stay_what_the_decoder_gives(tmp_path: Path) -> None:
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 2, shape=Fraction(1))
    capture = cv2.VideoCapture(str(path))
    reference = cv2.cvtColor(capture.read()[1], cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(sample_frames(path, None, None, 1).frames[0], reference)
