"""Colours are those that a screen shows: by the matrix, range, curve and primaries that a file names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.shown_media import write_colour
from helpers.spoiled_release import SETTINGS, row

from extractors.inspect_corpus import inspect_clips
from extractors.media.pictures import sample_frames
from extractors.shared.clip import ClipError

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
    (found,) = inspect_clips([row("clip", video="clip.mp4", audio="clip.mp4")], tmp_path, SETTINGS, 1)
    assert "undecodable" in found["findings"]


TO_WIDE = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
"""From the primaries of BT.709 to those of BT.2020 (ITU-R BT.2087)."""


def test_wide_primaries_are_shown_as_on_a_screen(tmp_path: Path) -> None:
    signal = (TO_WIDE @ [(value / 255) ** 2.4 for value in COLOUR]) ** (1 / 2.4)
    assert np.abs(255 * signal - COLOUR).max() > 30
    planes = encoded(tuple(255 * signal), *MATRICES[9], False, 8)
    tags = {"colorspace": 9, "color_range": 1, "color_trc": 14, "color_primaries": 9}
    path = write_colour(tmp_path / "clip.mp4", planes, **tags)
    (frame,) = sample_frames(path, None, None, 1).frames
    np.testing.assert_allclose(frame[20, 30], COLOUR, atol=6)


def pq(nits: float) -> float:
    """Signal 0 to 1 of a light, by SMPTE ST 2084."""
    power = (nits / 10_000) ** (2610 / 16384)
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    return ((c1 + c2 * power) / (1 + c3 * power)) ** (2523 / 4096 * 128)


def hlg(light: float) -> float:
    """Signal 0 to 1 of a light 0 to 1, by ARIB STD-B67."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return float(np.sqrt(3 * light) if light <= 1 / 12 else a * np.log(12 * light - b) + c)


@pytest.mark.slow  # its table of colours takes some seconds
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
