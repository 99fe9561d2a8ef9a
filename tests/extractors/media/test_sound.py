"""Every sample lies at its second of the file, whatever the container leaves out, delays, rounds or changes."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from helpers.beeps import BEEPS, beeping, beeps_in, pitch_of, tone, write_sound
from helpers.sound_helpers import HOLED

from extractors.media import samples
from extractors.media.samples import Placing
from extractors.media.sound import hear, read_sound
from extractors.shared.clip import ClipError

UNTOLD_DELAY = {"aac.ts": 1024 / 48_000}
"""Seconds by which a codec delays the sound where the container cannot say so."""


def on_time(name: str) -> list[float]:
    return [second + UNTOLD_DELAY.get(name, 0.0) for second in BEEPS]


@pytest.mark.parametrize("name", HOLED)
def test_beeps_keep_their_seconds_where_packets_are_missing(name: str, tmp_path: Path) -> None:
    """A muted microphone sends nothing from 1.5 to 3.5 s."""
    codec, pictures = HOLED[name]
    path = tmp_path / name
    write_sound(path, beeping(48_000)[None], 48_000, codec, pictures=pictures, dropped=(1.5, 3.5))
    heard = hear(path, None, None)
    assert beeps_in(heard.samples) == pytest.approx(on_time(name), abs=0.002)
    assert heard.duration == pytest.approx(8, abs=0.03)
    assert heard.held == pytest.approx(6, abs=0.06)
    assert not heard.samples[int(1.6 * 16_000) : int(3.4 * 16_000)].any()
    for start in (0.5, 2.0, 2.7, 3.9):
        segment = hear(path, start, 7.0)
        assert segment.duration == pytest.approx(7 - start, abs=1e-4)
        found = [start + second for second in beeps_in(segment.samples)]
        assert found == pytest.approx([second for second in on_time(name) if second > start], abs=0.002)
    within = hear(path, 2.0, 3.0)
    assert (within.duration, within.held, within.samples.any()) == (1.0, 0.0, False)


@pytest.mark.parametrize("name", ["opus.webm", "aac.mkv", "aac.mp4", "aac.ts", "pcm.mkv", "ac3.mkv"])
@pytest.mark.parametrize("delay", [0.092, 1.5])
def test_sound_that_begins_after_the_pictures_is_late_wherever_a_clip_starts(
    name: str, delay: float, tmp_path: Path
) -> None:
    codec, pictures = HOLED[name]
    path = tmp_path / name
    write_sound(path, beeping(48_000)[None], 48_000, codec, pictures=pictures, picture_seconds=10, delay=delay)
    expected = [second + delay for second in BEEPS]
    for start in (None, 0.0, 0.04, 0.8, 1.2, 3.0):
        heard = hear(path, start, None)
        found = [(start or 0.0) + second for second in beeps_in(heard.samples)]
        assert found == pytest.approx([second for second in expected if second > (start or 0.0)], abs=0.003)
    whole = hear(path, None, None)
    assert whole.duration - whole.held == pytest.approx(delay, abs=0.05)
    assert whole.missing < 0.1
    if delay > 1:
        assert not hear(path, 0.2, 1.0).samples.any()


@pytest.mark.parametrize("name", ["aac.mkv", "aac.mp4", "aac.ts"])
def test_sound_that_begins_before_the_pictures_is_at_its_own_time(name: str, tmp_path: Path) -> None:
    codec, pictures = HOLED[name]
    path = tmp_path / name
    write_sound(path, beeping(48_000)[None], 48_000, codec, pictures=pictures, picture_delay=0.48)
    assert beeps_in(read_sound(path, None, None)) == pytest.approx(on_time(name), abs=0.002)
    assert beeps_in(read_sound(path, 0.9, 2.0)) == pytest.approx([on_time(name)[0] - 0.9], abs=0.002)


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "pcm_s16le"), ("a.mka", "flac"), ("a.avi", "pcm_s16le")])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_rounded_time_stamps_tear_nothing(name: str, codec: str, rate: int, tmp_path: Path) -> None:
    """Blocks of 960 samples last 21.77 ms at 44.1 kHz, which Matroska writes as 21, 22, 22 ... ms."""
    numbers = np.random.default_rng(0).integers(-(2**15), 2**15, (1, 5 * rate)).astype(np.float32) / 2**15
    path = write_sound(tmp_path / name, numbers, rate, codec)
    plain = write_sound(tmp_path / "plain.wav", numbers, rate, "pcm_s16le")
    np.testing.assert_array_equal(read_sound(path, None, None), read_sound(plain, None, None))
    np.testing.assert_array_equal(read_sound(path, 1.5, 4.25), read_sound(plain, 1.5, 4.25))


@pytest.mark.parametrize("reach", [0.015, 0.018])
def test_time_stamps_that_jitter_by_less_than_a_packet_tear_nothing(reach: float, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    numbers = random.integers(-(2**15), 2**15, (1, 5 * 16_000)).astype(np.float32) / 2**15
    path = tmp_path / "jitter.mkv"
    write_sound(path, numbers, 16_000, "pcm_s16le", moved=lambda time: time + random.uniform(0, reach) * (time > 0))
    np.testing.assert_array_equal(read_sound(path, None, None), numbers[0])


@pytest.mark.parametrize("pace", [0.998, 1.002])
def test_a_clock_that_runs_at_another_pace_is_followed(pace: float, tmp_path: Path) -> None:
    """A sound card of 48,096 or 47,904 Hz: after a minute the count of samples would be 0.12 s off."""
    seconds = [5.0 * number for number in range(1, 12)]
    path = tmp_path / "drift.mkv"
    sound = beeping(16_000, 60, seconds)[None]
    write_sound(path, sound, 16_000, "pcm_s16le", moved=lambda time: pace * time)
    heard = hear(path, None, None)
    assert beeps_in(heard.samples) == pytest.approx([pace * second for second in seconds], abs=samples.STEADY + 0.002)
    assert heard.duration == pytest.approx(60 * pace, abs=samples.STEADY + 0.01)


def test_what_overlaps_is_left_out_once() -> None:
    """Ten blocks of 0.1 s; from the fourth on, times are 0.25 s early: a recorder that repeats the end of a part."""
    placing = Placing("a.mkv", "matroska,webm")
    places = [placing.place(0.1 * number - 0.25 * (number > 2), 1000 * 8, 800) for number in range(10)]
    assert places[:3] == [(0, 0), (800, 0), (1600, 0)]
    assert places[3:6] == [(1200, 800), (2000, 800), (2400, 400)]  # number of the first that is kept, samples left out
    assert places[6:] == [(2800, 0), (3600, 0), (4400, 0), (5200, 0)]


def test_sound_that_goes_far_back_is_refused() -> None:
    placing = Placing("back.mkv", "matroska,webm")
    placing.place(0.0, 8000, 24_000)
    with pytest.raises(ClipError, match=r"^back\.mkv: the times of its sound go back from 3\.00 to 0\.50 s; write it"):
        placing.place(0.5, 8000, 800)


def test_a_hole_of_hours_is_damage_and_not_silence(tmp_path: Path) -> None:
    path = tmp_path / "far.mkv"
    write_sound(path, tone(8000, 2, 200), 8000, "pcm_s16le", moved=lambda time: time + 30_000 * (time >= 1))
    with pytest.raises(ClipError, match=r"^far\.mkv: no sound from 1 to 30001 s; its time stamps are damaged"):
        read_sound(path, None, None)
    assert len(read_sound(path, 0.0, 1.0)) == 16_000


@pytest.mark.parametrize(("second", "layout"), [(44_100, "mono"), (24_000, "stereo"), (48_000, "mono")])
@pytest.mark.parametrize(("muxer", "codec"), [("adts", "aac"), ("mp2", "mp2"), ("ac3", "ac3")])
def test_a_rate_that_changes_inside_a_stream_keeps_pitch_and_place(
    muxer: str, codec: str, second: int, layout: str, tmp_path: Path
) -> None:
    if codec == "ac3" and second == 24_000:
        second = 32_000
    parts = [
        write_sound(tmp_path / "one", tone(48_000, 2, 500, 2), 48_000, codec, layout="stereo", muxer=muxer),
        write_sound(
            tmp_path / "two", tone(second, 2, 900, len(layout) // 3), second, codec, layout=layout, muxer=muxer
        ),
    ]
    path = tmp_path / f"joined.{muxer}"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    heard = hear(path, None, None)
    assert pitch_of(heard.samples[8000:24_000]) == pytest.approx(500, abs=1.5)
    assert pitch_of(heard.samples[40_000:56_000]) == pytest.approx(900, abs=1.5)
    assert heard.duration == pytest.approx(4, abs=0.15)
    assert heard.held == pytest.approx(heard.duration, abs=0.03)
    assert pitch_of(read_sound(path, 3.0, 3.5)) == pytest.approx(900, abs=2.5)


@pytest.mark.parametrize("name", ["opus.webm", "aac.mp4", "aac.ts"])
def test_behind_the_end_of_the_sound_is_silence_while_the_pictures_go_on(name: str, tmp_path: Path) -> None:
    codec, pictures = HOLED[name]
    path = tmp_path / name
    write_sound(path, beeping(48_000)[None], 48_000, codec, pictures=pictures, picture_seconds=11)
    heard = hear(path, 5.0, 10.0)
    assert (heard.duration, heard.missing) == (5.0, 0.0)
    assert heard.held == pytest.approx(3, abs=0.05)
    beyond = hear(path, 9.0, 13.0)
    assert beyond.duration == pytest.approx(2, abs=0.1)
    assert beyond.missing == pytest.approx(2, abs=0.1)
    assert beyond.held == 0
    assert hear(path, None, None).duration == pytest.approx(8, abs=0.05)
    with pytest.raises(ClipError, match=r"no sound in its seconds 12\.0 to 13\.0$"):
        hear(path, 12.0, 13.0)


def test_a_change_to_a_coarse_rate_loses_no_sample(tmp_path: Path) -> None:
    """The end of 1.00007 s at 384 kHz is no multiple of 1/4000 s."""
    placing = Placing("a.mkv", "matroska,webm")
    assert placing.place(0.0, 384_000, 384_027) == (0, 0)
    assert placing.place(None, 4000, 400) == (4000, 0)
    assert placing.place(None, 384_000, 10) == (422_400, 0)


def test_the_delay_of_an_encoder_in_the_time_stamps_moves_no_beep(tmp_path: Path) -> None:
    """Windows Media: the first samples have a time stamp behind the start of the file."""
    path, rate = tmp_path / "delayed.wma", 44_100
    sound = beeping(rate)
    with av.open(str(path), "w", format="asf") as container:
        stream = container.add_stream("wmav2", rate=rate, layout="mono")
        stream.bit_rate = 64_000
        fit = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        frame = av.AudioFrame.from_ndarray(sound[None], "flt", "mono")
        frame.sample_rate, frame.pts = rate, 0
        container.mux([packet for part in fit.resample(frame) for packet in stream.encode(part)])
        container.mux(stream.encode())
    whole = beeps_in(read_sound(path, None, None))
    assert whole == pytest.approx(BEEPS, abs=0.1)
    for start in (0.0, 0.03, 0.5, 2.0, 5.0):
        found = [start + second for second in beeps_in(read_sound(path, start, None))]
        assert found == pytest.approx([second for second in whole if second > start], abs=0.001)


JOINED = {"joined.ogg": "libopus", "joined.ts": "aac", "joined.mkv": "aac", "joined.mp3": "libmp3lame"}


@pytest.mark.parametrize("name", JOINED)
def test_parts_that_are_joined_end_to_end_follow_each_other(name: str, tmp_path: Path) -> None:
    parts = [
        write_sound(tmp_path / f"{number}-{name}", beeping(48_000)[None], 48_000, JOINED[name]) for number in range(2)
    ]
    path = tmp_path / name
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    found = beeps_in(read_sound(path, None, None))
    assert found == pytest.approx([*BEEPS, *(8 + second for second in BEEPS)], abs=0.06)  # a frame or two of padding
    assert beeps_in(read_sound(path, 8.5, 13.0)) == pytest.approx([second - 8.5 for second in found[3:5]], abs=0.001)
