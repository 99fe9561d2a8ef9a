"""An edit list that begins within a picture moves no picture against the sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.clocked_media import beeping, beeps_in, number_of, write_clip

from extractors.media.edits import early_pictures
from extractors.media.pictures import sample_frames
from extractors.media.sound import read_sound
from extractors.quality.measure import measure_pictures

STEADY = [number / 25 for number in range(50)]


def write_cut(path: Path, begin: float, times: list[float] = STEADY, **options: object) -> Path:
    """Pictures at ``times`` and a beep at 1.02 s, of which an edit list shows what comes from second ``begin`` on."""
    return write_clip(path, times, beeping(times[-1] + 0.04, 1.02), video_at=-begin, sound_at=-begin, **options)


@pytest.mark.parametrize("begin", [0.44, 0.48, 0.485, 0.49, 0.5, 0.51, 0.519, 0.52])
@pytest.mark.parametrize(("suffix", "b_frames"), [(".mp4", 0), (".mp4", 2), (".mov", 2)])
def test_pictures_keep_their_places(tmp_path: Path, begin: float, suffix: str, b_frames: int) -> None:
    path = write_cut(tmp_path / f"clip{suffix}", begin, b_frames=b_frames)
    shown = sample_frames(path, None, None, 64)
    for time, frame in zip(shown.times, shown.frames, strict=True):
        assert time == pytest.approx(number_of(frame) / 25 - begin, abs=1e-3)
    first = int(np.ceil(begin * 25 - 1e-6))
    assert sorted({number_of(frame) for frame in shown.frames}) == list(range(first, 50))
    assert shown.missing < 0.04
    assert beeps_in(read_sound(path, None, None)) == pytest.approx([1.02 - begin], abs=2e-3)


@pytest.mark.parametrize("flags", ["frag_keyframe+delay_moov", "frag_keyframe+empty_moov", "faststart"])
def test_pictures_in_fragments_keep_their_places_too(tmp_path: Path, flags: str) -> None:
    """FFmpeg reads these differently: without what a player leaves out, or with it."""
    path = write_cut(tmp_path / "clip.mp4", 0.5, options={"movflags": flags})
    shown = sample_frames(path, None, None, 64)
    (beep,) = beeps_in(read_sound(path, None, None))
    at = {number_of(frame): time for frame, time in zip(shown.frames, shown.times, strict=True)}
    assert beep - at[25] == pytest.approx(0.02, abs=2e-3)


@pytest.mark.parametrize("gop", [1, 12])
def test_a_held_picture_that_is_cut(tmp_path: Path, gop: int) -> None:
    """It is on display for 3 s, and the cut lies a third of a second into them."""
    times = [number / 25 for number in range(10)]
    path = write_cut(tmp_path / "slide.mp4", 0.7, [*times, *(3.36 + time for time in times)], b_frames=0, gop=gop)
    shown = sample_frames(path, 2.8, 2.96, 4)
    assert [number_of(frame) for frame in shown.frames] == [14, 15, 16, 17]
    np.testing.assert_allclose(shown.times, [3.36 + number / 25 - 0.7 for number in (4, 5, 6, 7)], atol=1e-3)
    assert sample_frames(path, None, None, 4).missing > 2.5
    (measured,) = measure_pictures(path, [{"video_start": 2.8, "video_end": 2.96, "crop": "full"}])
    assert measured["picture_seconds"] == pytest.approx(0.16, abs=1e-3)


def test_whole_pictures_and_other_formats_need_no_second_look(tmp_path: Path) -> None:
    assert early_pictures(write_cut(tmp_path / "whole.mp4", 0.0), {"mov"}) == {}
    assert early_pictures(write_cut(tmp_path / "clip.mkv", 0.0), {"matroska"}) == {}
    assert early_pictures(write_cut(tmp_path / "at_a_picture.mp4", 0.48), {"mov"}) == {}
    assert early_pictures(write_cut(tmp_path / "cut.mp4", 0.5), {"mov"}) == {1: pytest.approx(0.02)}
