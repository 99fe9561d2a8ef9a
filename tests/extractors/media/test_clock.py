"""Pictures and sound of a file lie on one time line: a drawn number and a beep meet at the second they are made for."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from helpers.clocked_media import SOUND_RATE, beeping, beeps_in, joined, number_of, write_clip

from extractors.media.clock import file_clock, timed_frames
from extractors.media.container import first_stream, open_media
from extractors.media.hands import SKEW, parts_of
from extractors.media.pictures import sample_frames
from extractors.quality.measure import measure_pictures
from extractors.shared.clip import ClipError

TIMES = [number / 25 for number in range(50)]
PADDING = 0.06
"""Seconds by which codecs lengthen a sound: up to two blocks of AAC or MP2, and the delay before them."""


def parts(name: str, stamps: list[tuple[int, float]], joinable: bool) -> tuple[list[int], int]:
    """The part of each packet, given as its stream and its second, and how many parts there are."""
    streams, times = zip(*stamps, strict=True)
    found, count = parts_of(name, np.array(streams), np.array(times), joinable)
    return found.tolist(), count


def pictures_of(path: Path) -> tuple[np.ndarray, list[int]]:
    """Seconds of the pictures, ascending, and the numbers drawn into them in the order of the decoder."""
    with open_media(path) as container:
        stream = first_stream(container, container.streams.video, "pictures")
        found = [
            (time, number_of(frame.to_ndarray(format="rgb24"))) for time, frame in timed_frames(path, container, stream)
        ]
    return np.sort([time for time, _ in found]), [number for _, number in found]


def beeps_of(path: Path) -> list[float]:
    """Seconds at which the sound beeps."""
    line = np.zeros(20 * SOUND_RATE, np.float32)
    with open_media(path) as container:
        stream = first_stream(container, container.streams.audio, "sound")
        to_float = av.AudioResampler(format="fltp", layout="mono")
        for time, frame in timed_frames(path, container, stream):
            (block,) = to_float.resample(frame)
            samples, begin = block.to_ndarray()[0], round(time * SOUND_RATE)
            samples, begin = samples[max(-begin, 0) :], max(begin, 0)
            line[begin : begin + len(samples)] = samples
    return beeps_in(line, SOUND_RATE)


def shown_at(path: Path, second: float) -> int:
    """The number of the picture on display at a second."""
    times, numbers = pictures_of(path)
    return numbers[np.searchsorted(times, second, side="right") - 1]


PARTS = {
    "transport.ts": ({}, {}),
    "later_clock.ts": ({}, {"options": {"output_ts_offset": "700"}}),
    "earlier_clock.ts": ({"options": {"output_ts_offset": "700"}}, {}),
    "program.mpg": ({"codec": "mpeg2video", "sound_codec": "mp2", "muxer": "vob"},) * 2,
    "matroska.mkv": ({}, {}),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_follow_each_other_with_their_sound(tmp_path: Path, name: str) -> None:
    """Beeps at 1.0 s of the first part and 0.52 s of the others, whose pictures count from 50 and 100."""
    path, suffix = tmp_path / name, Path(name).suffix
    count = 3 if suffix == ".ts" else 2
    parts = [
        write_clip(tmp_path / f"{part}{suffix}", TIMES, beeping(2.0, beep), first=50 * part, **PARTS[name][part > 0])
        for part, beep in enumerate((1.0, 0.52, 0.52)[:count])
    ]
    joined(path, *parts)
    times, numbers = pictures_of(path)
    assert numbers == list(range(50 * count))
    assert (np.diff(times) > 0.03).all()
    assert np.diff(times[::50]) == pytest.approx([2.0 + PADDING / 2] * (count - 1), abs=PADDING / 2)
    beeps = beeps_of(path)
    apart = [time - times[number] for time, number in zip(beeps, (25, 63, 113)[:count], strict=True)]
    assert apart == pytest.approx([0] * count, abs=0.005)
    sampled = sample_frames(path, beeps[1] + 0.002, beeps[1] + 0.01, 2)  # seeking would land in another part
    assert [number_of(frame) for frame in sampled.frames] == [63, 63]


def test_a_part_without_sound_takes_its_time(tmp_path: Path) -> None:
    parts = [
        write_clip(tmp_path / f"{part}.ts", TIMES, None if part == 1 else beeping(2.0, 1.0), first=50 * part)
        for part in range(3)
    ]
    path = joined(tmp_path / "muted.ts", *parts)
    first, second = beeps_of(path)
    assert second - first == pytest.approx(4.0 + PADDING / 2, abs=PADDING / 2)
    assert (shown_at(path, first + 0.01), shown_at(path, second + 0.01)) == (25, 125)


def test_a_part_whose_sound_outlasts_its_pictures(tmp_path: Path) -> None:
    """The last picture of 2 s stays while the sound goes on to 4 s, then the next part begins."""
    long = write_clip(tmp_path / "long.ts", TIMES, beeping(4.0, 3.0))
    path = joined(tmp_path / "both.ts", long, write_clip(tmp_path / "next.ts", TIMES, beeping(2.0, 1.0), first=50))
    assert beeps_of(path) == pytest.approx([3.02, 5.04], abs=0.04)
    assert shown_at(path, beeps_of(path)[0] + 0.01) == 49
    assert shown_at(path, beeps_of(path)[1] + 0.01) == 75


@pytest.mark.parametrize("codec", ["libopus", "flac"])
def test_chained_ogg_is_one_sound(tmp_path: Path, codec: str) -> None:
    for part, beep in enumerate((1.0, 0.5)):
        with av.open(str(tmp_path / f"{part}.ogg"), "w") as container:
            stream = container.add_stream(codec, rate=SOUND_RATE, layout="stereo")
            block = av.AudioFrame.from_ndarray(np.repeat(beeping(2.0, beep), 2, axis=0), "fltp", "stereo")
            block.sample_rate, block.pts = SOUND_RATE, 0
            container.mux(stream.encode(block))
            container.mux(stream.encode())
    path = joined(tmp_path / "chained.ogg", tmp_path / "0.ogg", tmp_path / "1.ogg")
    assert beeps_of(path) == pytest.approx([1.0, 2.5], abs=0.02)


def test_the_clock_of_a_transport_stream_may_overflow(tmp_path: Path) -> None:
    """Its 33 bits are full after 26.5 hours, here in the middle of the file."""
    path = tmp_path / "wraps.ts"
    full = 2**33 / 90_000
    write_clip(
        path,
        [number / 25 for number in range(100)],
        beeping(4.0, 1.0, 3.0),
        options={"output_ts_offset": f"{full - 2}"},
    )
    times, numbers = pictures_of(path)
    assert numbers == list(range(100))
    np.testing.assert_allclose(np.diff(times), 0.04, atol=2e-5)
    assert beeps_of(path) == pytest.approx([times[25], times[75]], abs=0.005)


STARTS = {
    "plain.mp4": {},
    "plain.mkv": {},
    "plain.webm": {"codec": "libvpx", "sound_codec": "libopus"},
    "plain.ts": {},
    "plain.flv": {},
    "plain.3gp": {},
    "plain.nut": {"sound_codec": "flac"},
    "fragments.mp4": {"options": {"movflags": "frag_keyframe+empty_moov"}},
    "program.mpg": {"codec": "mpeg1video", "sound_codec": "mp2", "muxer": "mpeg"},
    "windows.wmv": {"codec": "wmv2", "sound_codec": "mp2", "b_frames": 0, "muxer": "asf"},
    "both_late.mkv": {"video_at": 5.0, "sound_at": 5.0},
    "both_late.mp4": {"video_at": 5.0, "sound_at": 5.0},
    "cut_by_edit_list.mp4": {"video_at": -0.48, "sound_at": -0.48},
    "late_sound.mkv": {"sound_at": 0.5},
    "late_sound.ts": {"sound_at": 0.5},
    "late_sound.mp4": {"sound_at": 0.5},
    "late_pictures.mkv": {"video_at": 0.5},
    "late_pictures.ts": {"video_at": 0.5},
    "late_pictures.mp4": {"video_at": 0.5},
}


@pytest.mark.parametrize("name", STARTS)
def test_number_and_beep_meet_wherever_the_streams_begin(tmp_path: Path, name: str) -> None:
    options = STARTS[name]
    path = write_clip(tmp_path / name, TIMES, beeping(2.0, 1.02), **options)
    (beep,), (times, numbers) = beeps_of(path), pictures_of(path)
    apart = options.get("sound_at", 0.0) - options.get("video_at", 0.0)
    assert beep - times[numbers.index(25)] == pytest.approx(0.02 + apart, abs=0.005)
    assert min(times[0], beep - 1.02) == pytest.approx(min(0.0, options.get("sound_at", 0.0)), abs=0.09)


@pytest.mark.parametrize(("codec", "rate"), [("libx264", 25), ("mpeg4", 25), ("libx264", 50), ("mpeg4", 50)])
def test_a_picture_of_avi_is_due_with_its_chunk(tmp_path: Path, codec: str, rate: int) -> None:
    """25 pictures a second with B-frames; in a file of 50 a second every other chunk is empty."""
    path = write_clip(tmp_path / "clip.avi", TIMES, beeping(2.0, 1.0), codec=codec, rate=rate, sound_codec="pcm_s16le")
    times, numbers = pictures_of(path)
    assert numbers == list(range(50))
    np.testing.assert_allclose(times, TIMES, atol=1e-9)
    assert beeps_of(path) == pytest.approx([1.0], abs=0.001)
    for number in (0, 1, 25, 48):
        frames = sample_frames(path, number / 25, (number + 1) / 25, 2).frames
        assert [number_of(frame) for frame in frames] == [number, number]
    clip = {"video_start": None, "video_end": None, "crop": "full"}
    (measured,) = measure_pictures(path, [clip])
    assert (measured["picture_seconds"], measured["fps"]) == pytest.approx((2.0, 25.0))


def test_pictures_without_times_are_spaced_evenly(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "bare.h264", TIMES, muxer="h264")
    sampled = sample_frames(path, 0.4, 0.8, 10)
    assert [number_of(frame) for frame in sampled.frames] == list(range(10, 20))


def test_one_clock_is_remembered_until_the_file_is_written_again(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", TIMES)
    assert file_clock(path) is file_clock(path)
    assert file_clock(path).end == pytest.approx(2.0)
    write_clip(path, TIMES[:25])
    assert file_clock(path).end == pytest.approx(1.0)


@pytest.mark.parametrize("clocks", [(700, 0), (36_000, 18_000), (72_000, 3600), (93_600, 36_000), (0, 36_000)])
def test_another_clock_in_a_file_of_one_stream_is_no_hole_of_a_day(tmp_path: Path, clocks: tuple[int, int]) -> None:
    """Also where FFmpeg takes the second clock, which is earlier, for one after an overflow of the first."""
    for part, second in enumerate(clocks):
        options = {"output_ts_offset": str(second)}
        write_clip(tmp_path / f"{part}.ts", TIMES, first=50 * part, options=options)
    times, numbers = pictures_of(joined(tmp_path / "silent.ts", tmp_path / "0.ts", tmp_path / "1.ts"))
    assert numbers == list(range(100))
    np.testing.assert_allclose(times, np.arange(100) / 25, atol=2e-5)


def test_a_stream_that_lags_still_ends_its_part() -> None:
    stamps = [(0, 8.0), (1, 7.8), (0, 0.1), (1, 7.9), (1, 8.0), (1, 0.1), (0, 0.2)]
    assert parts("film.ts", stamps, joinable=True) == ([0, 0, 1, 0, 0, 1, 1], 2)


def test_a_stream_that_ended_early_begins_the_next_part_late() -> None:
    """Sound to second 3 of 10, and from second 5 of the next part on: its own times never run backwards."""
    stamps = [(0, 3.0), (1, 3.0), (0, 10.0), (0, 0.0), (0, 4.9), (1, 5.0)]
    assert parts("film.ts", stamps, joinable=True) == ([0, 0, 0, 1, 1, 1], 2)


def test_a_hole_is_no_part() -> None:
    hole = [(0, 1.0), (1, 1.0), (0, 2.0), (0, 9.0), (1, 9.0), (0, 10.0)]
    assert parts("film.ts", hole, joinable=True) == ([0] * 6, 1)
    rest = [(0, 1.0), (1, 1.0), (0, 60.0), (1, 60.0)]
    assert parts("film.mp4", rest, joinable=False) == ([0] * 4, 1)
    assert parts("film.ts", rest, joinable=True) == ([0, 0, 1, 1], 2)


def test_a_long_hole_in_one_stream_is_no_part_either() -> None:
    """In a file of sound alone, and where the pictures go on while the sound rests for 12 seconds."""
    assert parts("sound.ts", [(0, 1.0), (0, 1.5), (0, 13.5), (0, 14.0)], joinable=True) == ([0] * 4, 1)
    pictures = [(1, 1.0 + step / 2) for step in range(26)]
    stamps = [(1, 0.5), (0, 1.0), (0, 1.5), (0, 13.5), *pictures, (0, 14.0)]
    assert parts("film.ts", stamps, joinable=True) == ([0] * len(stamps), 1)


def test_one_stream_that_jumps_back_alone_is_refused() -> None:
    goes_on = [(1, 5.0 + step) for step in np.arange(0, SKEW + 2)]
    with pytest.raises(ClipError, match=r"^film\.ts: the times of one stream jump near 5\.00 s while another"):
        parts("film.ts", [(0, 5.0), (1, 5.0), (0, 0.0), *goes_on], joinable=True)
