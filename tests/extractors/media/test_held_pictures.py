"""A picture is on display until the next one comes or the file ends; truths are numbers drawn into the pictures."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest
from helpers.clocked_media import beeping, number_of, write_clip

from extractors.media.container import open_media
from extractors.media.pictures import Pictures, sample_frames
from extractors.media.sound import hear
from extractors.quality.measure import measure_pictures
from extractors.shared.clip import ClipError

FROZEN = [*np.arange(0, 5, 0.04), *np.arange(8, 9, 0.04)]
"""Pictures 0 to 124 up to second 4.96, then the numbers from 125 on from second 8 to 9."""

CONTAINERS = ["clip.mp4", "clip.mkv", "clip.ts"]


def numbers_of(sampled: Pictures) -> list[int]:
    return [number_of(frame) for frame in sampled.frames]


def missing_in(path: Path, start: float | None, end: float | None) -> float:
    return sample_frames(path, start, end, 4).missing


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_clip_within_a_long_hold_has_that_picture(name: str, tmp_path: Path) -> None:
    path = write_clip(tmp_path / name, FROZEN, beeping(9.0, 1.0))
    held = sample_frames(path, 5.5, 7.5, 4)
    assert numbers_of(held) == [124] * 4
    assert held.duration == pytest.approx(2.0, abs=1e-6)
    assert held.missing == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_held_picture_counts_for_as_long_as_it_is_seen(name: str, tmp_path: Path) -> None:
    """Seconds 5.5 to 8.1: 2.5 of the held one and 0.1 of the next, of which so few are among 26 samples."""
    path = write_clip(tmp_path / name, FROZEN, beeping(9.0, 1.0))
    seen = numbers_of(sample_frames(path, 5.5, 8.1, 26))
    assert seen[:24] == [124] * 24
    assert set(seen[25:]) <= {125, 126, 127}
    assert seen == sorted(seen)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_last_picture_that_is_held_is_not_missing(name: str, tmp_path: Path) -> None:
    """Pictures to second 2, sound to second 5: the last picture stays."""
    path = write_clip(tmp_path / name, np.arange(0, 2, 0.04), beeping(5.0, 4.0))
    held = sample_frames(path, 3.0, 4.5, 4)
    assert numbers_of(held) == [49] * 4
    assert held.missing == pytest.approx(0, abs=1e-6)
    (measured,) = measure_pictures(path, [{"video_start": 3.0, "video_end": 4.5, "crop": "full"}])
    assert measured["picture_seconds"] == pytest.approx(1.5, abs=1e-6)
    with pytest.raises(ClipError, match="no pictures in its seconds"):
        sample_frames(path, 6.0, 7.0, 4)


@pytest.mark.parametrize("name", CONTAINERS)
def test_slides_are_seen_for_their_time(name: str, tmp_path: Path) -> None:
    """Four slides of 4, 1, 4 and 1 seconds: of ten samples four, one, four and one."""
    path = write_clip(tmp_path / name, [0.0, 4.0, 5.0, 9.0], beeping(10.0, 1.0), gop=1, b_frames=0)
    assert numbers_of(sample_frames(path, 0.0, 10.0, 10)) == [0] * 4 + [1] + [2] * 4 + [3]


def test_a_steady_film_is_sampled_by_its_pictures(tmp_path: Path) -> None:
    """A rate that jitters between 20 and 30 per second is none with holds: each picture counts once."""
    times = np.cumsum([0.0, *([0.05, 1 / 30] * 24)]).round(3)
    path = write_clip(tmp_path / "clip.mkv", times)
    assert numbers_of(sample_frames(path, None, None, len(times))) == list(range(len(times)))


def announce_more(path: Path, pictures: int) -> None:
    """Let the header of an MP4 file with one stream announce some pictures more than it has."""
    content = bytearray(path.read_bytes())
    times = content.index(b"stts") + 8
    last = times + 4 + 8 * (struct.unpack(">I", content[times : times + 4])[0] - 1)
    count, ticks = struct.unpack(">II", content[last : last + 8])
    content[last : last + 4] = struct.pack(">I", count + pictures)
    for place, unit in ((content.index(b"mdhd") + 20, ticks), (content.index(b"elst") + 12, 40)):  # of 1 ms in elst
        (duration,) = struct.unpack(">I", content[place : place + 4])
        content[place : place + 4] = struct.pack(">I", duration + pictures * unit)
    path.write_bytes(content)


@pytest.mark.parametrize(("more", "missing"), [(1, 0.0), (50, 2.0)])
def test_a_header_one_picture_too_long_is_no_fault(more: int, missing: float, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", np.arange(0, 2, 0.04))
    announce_more(path, more)
    with open_media(path) as container:
        stream = container.streams.video[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0 + 0.04 * more)
    assert missing_in(path, None, None) == pytest.approx(missing, abs=1e-6)


def test_a_long_hole_in_a_transport_stream_of_sound_is_silence(tmp_path: Path) -> None:
    """Beeps at 1 and 15 s; packets of seconds 2 to 14 are gone."""
    whole = write_clip(tmp_path / "whole.ts", [0.0], beeping(16.0, 1.0, 15.0))
    path = tmp_path / "holed.ts"
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        sound = source.streams.audio[0]
        copied = target.add_stream_from_template(sound)
        begin = source.start_time / av.time_base
        for packet in source.demux(sound):
            if packet.dts is None or 2 <= float(packet.pts * packet.time_base) - begin < 14:
                continue
            packet.stream = copied
            target.mux(packet)
    heard = hear(path, None, None)
    loud = np.flatnonzero(np.abs(heard.samples) > 0.3) / 16_000
    assert loud[0] == pytest.approx(1.0, abs=0.05)
    assert loud[-1] == pytest.approx(15.05, abs=0.05)
    assert heard.duration - heard.held == pytest.approx(12.0, abs=0.1)
