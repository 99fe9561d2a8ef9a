"""Pictures are read, measured and shown as people see them: upright, not mirrored, not squeezed, in their colours."""

from __future__ import annotations

import base64
import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from shown_media import (
    EXIF,
    WAYS,
    corners,
    display_matrix,
    seen_corners,
    write_colour,
    write_exif,
    write_shown,
)
from spoiled_release import SETTINGS, row

from extractors import display
from extractors.contract import ClipError
from extractors.pictures import sample_frames
from extractors.quality.measure import measure_pictures
from extractors.quality.pictures import halves, strip
from extractors.validate import validate
from extractors.visual import sample_speaker

Row = dict[str, object]


def clip(path: Path, **columns: object) -> Row:
    return row(path.stem, video=path.name, audio=path.name, **columns)


def uri_picture(uri: str) -> np.ndarray:
    """The picture of a data URI, uint8 RGB."""
    content = base64.b64decode(uri.split(",")[1])
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
    """In extraction and in both pictures of validate."""
    matrix, seen = WAYS[way]
    path = write_shown(tmp_path / "clip.mp4", [corners()] * 3, matrix=display_matrix(*matrix))
    for side, columns in (("left", (0, 2)), ("right", (1, 3))):
        one = clip(path, crop=side)
        (speaker,) = sample_speaker(one, tmp_path, 1)[0]
        shown = [speaker, uri_picture(halves(one, tmp_path)[side]), uri_picture(strip(one, tmp_path, 1))]
        for picture in shown:
            above, _, below, _ = seen_corners(picture)
            assert (above, below) == tuple(seen[column] for column in columns)


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
    (found,) = validate([clip(path)], tmp_path, SETTINGS, 1)
    assert "undecodable" in found["findings"]
    assert "display matrix" in found["reason"]


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


COLOUR = (200, 80, 40)
MATRICES = {1: (0.2126, 0.0722), 2: (0.299, 0.114), 4: (0.30, 0.11), 5: (0.299, 0.114), 6: (0.299, 0.114)} | {
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
"""Number of a colour matrix (2: none is named) -> weights of red and blue in its luma."""


def encoded(colour: tuple[float, ...], red: float, blue: float, full: bool, bits: int) -> tuple[int, ...]:
    """Luma and both differences of a colour 0 to 255, by the definition of the standards."""
    r, g, b = (value / 255 for value in colour)
    luma = red * r + (1 - red - blue) * g + blue * b
    differences = (b - luma) / (2 - 2 * blue), (r - luma) / (2 - 2 * red)
    step = 2 ** (bits - 8)
    if full:
        return tuple(
            round(value) for value in (luma * (2**bits - 1), *(d * (2**bits - 1) + 128 * step for d in differences))
        )
    return tuple(round(step * value) for value in (16 + 219 * luma, *(128 + 224 * d for d in differences)))


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("bits", [8, 10])
def test_colours_are_read_by_the_matrix_and_the_range_of_the_file(
    tmp_path: Path, matrix: int, full: bool, bits: int
) -> None:
    planes = encoded(COLOUR, *MATRICES[matrix], full, bits)
    pixels = "yuv444p" if bits == 8 else "yuv444p10le"
    tags = {"colorspace": matrix, "color_range": 2 if full else 1}
    path = write_colour(tmp_path / "clip.mp4", planes, pixels=pixels, deep=bits > 8, **tags)
    (frame,) = sample_frames(path, None, None, 1).frames
    np.testing.assert_allclose(frame[20, 30], COLOUR, atol=3)


def test_colours_that_cannot_be_converted_are_refused(tmp_path: Path) -> None:
    path = write_colour(tmp_path / "clip.mp4", (100, 120, 140), colorspace=8, color_range=1)  # YCgCo
    with pytest.raises(ClipError, match=r"^clip\.mp4: its colours \(matrix 8, yuv444p\) cannot be converted to RGB"):
        sample_frames(path, None, None, 1)


TO_WIDE = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
"""From the primaries of BT.709 to those of BT.2020 (ITU-R BT.2087)."""


def pq(nits: float) -> float:
    """Signal 0 to 1 of a light, by SMPTE ST 2084."""
    power = (nits / 10_000) ** (2610 / 16384)
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    return ((c1 + c2 * power) / (1 + c3 * power)) ** (2523 / 4096 * 128)


def hlg(light: float) -> float:
    """Signal 0 to 1 of a light 0 to 1, by ARIB STD-B67."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return float(np.sqrt(3 * light) if light <= 1 / 12 else a * np.log(12 * light - b) + c)


@pytest.mark.parametrize(("curve", "within"), [(16, 12), (18, 35)])
def test_high_dynamic_range_is_shown_as_on_a_screen(tmp_path: Path, curve: int, within: int) -> None:
    """Not pale: within some levels of the colour that was filmed, where the stored numbers are far off.

    HLG leaves the brightness of white to the screen, so that its bound is wider.
    """
    light = TO_WIDE @ [(value / 255) ** 2.4 for value in COLOUR]
    signal = [pq(203 * value) if curve == 16 else hlg(0.265 * value) for value in light]
    planes = encoded(tuple(255 * value for value in signal), 0.2627, 0.0593, False, 10)
    tags = {"colorspace": 9, "color_range": 1, "color_trc": curve, "color_primaries": 9}
    path = write_colour(tmp_path / "clip.mp4", planes, pixels="yuv444p10le", deep=True, **tags)
    (frame,) = sample_frames(path, None, None, 1).frames
    np.testing.assert_allclose(frame[20, 30], COLOUR, atol=within)
    assert frame[20, 30].max() - frame[20, 30].min() > 130
