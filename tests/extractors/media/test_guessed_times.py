"""Pictures whose times FFmpeg guesses, or that cannot be decoded; truths are numbers drawn into the pictures."""

from __future__ import annotations

import random
from pathlib import Path

import av
import numpy as np
import pytest
from helpers.clocked_media import beeping, joined, number_of, write_clip

from extractors.media.clock import file_clock
from extractors.media.pictures import sample_frames
from extractors.quality.measure import measure_pictures

TIMES = [number / 25 for number in range(50)]
WHOLE = {"video_start": None, "video_end": None, "crop": "full"}
SPARSE = {
    "scene_cut.mpg": {"codec": "mpeg2video", "sound_codec": "mp2", "muxer": "vob", "first": 100},
    "h264.mpg": {"codec": "libx264", "sound_codec": "mp2", "muxer": "vob"},
    "bare.m4v": {"codec": "mpeg4", "muxer": "m4v"},
}
"""Streams with a stamp for one picture in many, or for none."""


@pytest.mark.parametrize("name", SPARSE)
def test_pictures_without_a_stamp_follow_each_other(tmp_path: Path, name: str) -> None:
    first = SPARSE[name].get("first", 0)
    path = write_clip(tmp_path / name, TIMES, None if name == "bare.m4v" else beeping(2.0, 1.0), **SPARSE[name])
    sampled = sample_frames(path, None, None, 50)
    assert [number_of(frame) - first for frame in sampled.frames] == list(range(50))
    np.testing.assert_allclose(np.diff(sampled.times), 0.04, atol=2e-5)
    assert (sampled.duration, sampled.missing) == (pytest.approx(2.0, abs=0.001), 0.0)
    (measured,) = measure_pictures(path, [WHOLE])
    assert measured["fps"] == pytest.approx(25.0, abs=0.01)
    assert measured["picture_seconds"] == pytest.approx(2.0, abs=0.1)
    begin = sampled.times[0]
    part = sample_frames(path, begin + 1.6, begin + 1.88, 7)
    assert [number_of(frame) - first for frame in part.frames] == list(range(40, 47))


def test_joined_streams_with_few_stamps_keep_each_picture(tmp_path: Path) -> None:
    options = SPARSE["scene_cut.mpg"]
    parts = [write_clip(tmp_path / f"{part}.mpg", TIMES, **options | {"first": 50 * part}) for part in range(3)]
    sampled = sample_frames(joined(tmp_path / "three.mpg", *parts), None, None, 150)
    assert [number_of(frame) for frame in sampled.frames] == list(range(150))
    np.testing.assert_allclose(np.diff(sampled.times), 0.04, atol=2e-5)


@pytest.mark.parametrize("name", ["torn.mkv", "torn.mp4"])
def test_pictures_that_cannot_be_decoded_are_missing(tmp_path: Path, name: str) -> None:
    """The packets of the second half hold noise; the file lists them."""
    whole = write_clip(tmp_path / f"whole_{name}", TIMES, beeping(2.0, 1.0), codec="mpeg4", b_frames=0)
    path, chance = tmp_path / name, random.Random(0)
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        copies = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.dts is None:
                continue
            late = packet.stream.type == "video" and packet.dts * packet.time_base >= 1
            copied = av.Packet(chance.randbytes(packet.size)) if late else packet
            copied.pts, copied.dts, copied.time_base = packet.pts, packet.dts, packet.time_base
            copied.stream = copies[packet.stream_index]
            target.mux(copied)
    assert file_clock(path).tracks[0].end == pytest.approx(2.0, abs=0.05)
    sampled = sample_frames(path, None, None, 25)
    assert [number_of(frame) for frame in sampled.frames] == list(range(25))
    assert sampled.missing == pytest.approx(1.0, abs=0.05)
