"""Sampled frames equal those of a full sequential decode, sound is cut and mixed exactly, and bad files say why."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from helpers.wav_files import write_wav

from extractors.media import pictures
from extractors.media.pictures import sample_frames
from extractors.media.sound import read_sound
from extractors.shared.clip import ClipError

HEIGHT, WIDTH = 48, 64


def picture(number: int) -> np.ndarray:
    """A picture that differs from its neighbours far more than any codec's noise."""
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[:, : 1 + 7 * number % WIDTH] = (40 + 23 * number % 200, 255 - 31 * number % 200, 90)
    return frame


def write_video(path: Path, times: list[int], codec: str = "libx264", b_frames: int = 2, gop: int = 12) -> Path:
    """A video whose frames begin at ``times`` (milliseconds, or for AVI frames of 1/25 s)."""
    unit = Fraction(1, 25) if path.suffix == ".avi" else Fraction(1, 1000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = unit
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = gop, b_frames
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number), "rgb24")
            frame.pts, frame.time_base = time, unit
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def decode_all(path: Path) -> list[np.ndarray]:
    """All frames by another library, front to back."""
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (read := capture.read())[0]:
        frames.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    return frames


CONSTANT = [40 * number for number in range(100)]
VARIABLE = [int(time) for time in np.cumsum(np.random.default_rng(1).integers(10, 120, 100))]
VARIABLE = [time - VARIABLE[0] for time in VARIABLE]
FILES = {
    "constant.mp4": (CONSTANT, {}),
    "long_gop.mp4": (CONSTANT, {"gop": 250}),
    "short_gop.mkv": (CONSTANT, {"gop": 2, "b_frames": 1}),
    "variable.mp4": (VARIABLE, {}),
    "variable.mkv": (VARIABLE, {}),
    "constant.ts": (CONSTANT, {}),
    "mpeg4.avi": (range(100), {"codec": "mpeg4"}),
    "mpeg4_no_b.avi": (range(100), {"codec": "mpeg4", "b_frames": 0}),
    "h264.avi": (range(100), {}),  # its times are attached to the wrong frames
}
SEGMENTS = [(None, None), (0.0, 1.0), (1.3, 2.9), (2.0, 2.2), (0.5, None), (None, 0.3), (3.8, 99.0)]


@pytest.mark.parametrize("name", FILES)
def test_frames_are_those_of_a_full_decode(tmp_path: Path, name: str) -> None:
    times, options = FILES[name]
    path = write_video(tmp_path / name, list(times), **options)
    reference = decode_all(path)
    assert len(reference) == 100
    unit = 0.04 if name.endswith("avi") else 0.001
    shift = pictures._decoded_times(path)[0]  # AVI counts the decoder's delay as time
    seconds = np.array(times) * unit + shift
    for start, end in SEGMENTS:
        inside = np.flatnonzero((seconds >= (start or 0) - 1e-6) & (seconds < (end or 1e9) - 1e-6))
        for count in (1, 8, 64):
            expected = [inside[int((i + 0.5) * len(inside) / count)] for i in range(count)]
            sampled = sample_frames(path, start, end, count)
            np.testing.assert_allclose(sampled.times, seconds[expected], atol=2e-5)
            for frame, number in zip(sampled.frames, expected, strict=True):
                np.testing.assert_array_equal(frame, reference[number])


def test_fast_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_decode_all", None)
    for name in ("constant.mp4", "variable.mkv", "mpeg4.avi"):
        path = write_video(tmp_path / name, list(FILES[name][0]), **FILES[name][1])
        sample_frames(path, 1.3, 2.9, 64)


def test_only_the_wanted_frames_are_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = []
    convert = pictures.displayed
    monkeypatch.setattr(pictures, "displayed", lambda *shown: converted.append(shown[0].pts) or convert(*shown))
    sample_frames(write_video(tmp_path / "clip.mp4", CONSTANT), None, None, 10)
    assert len(converted) == 10


def test_fewer_frames_than_wanted_repeat_evenly(tmp_path: Path) -> None:
    sampled = sample_frames(write_video(tmp_path / "clip.mp4", CONSTANT[:5]), None, None, 64)
    repeats = np.unique(sampled.times, return_counts=True)[1]
    assert repeats.sum() == 64
    assert set(repeats) <= {12, 13}


def test_a_clip_between_two_frames_shows_the_one_on_display(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", CONSTANT)
    sampled = sample_frames(path, 1.01, 1.016, 4)
    assert sampled.times.tolist() == [1.0] * 4
    np.testing.assert_array_equal(sampled.frames[3], decode_all(path)[25])
    with pytest.raises(ClipError, match=r"clip\.mp4: no pictures in its seconds 5\.0 to 6\.0"):
        sample_frames(path, 5.0, 6.0, 4)


@pytest.mark.parametrize(("start", "end", "seconds"), [(None, None, 4.0), (1.0, 2.0, 1.0), (3.6, 9.0, 0.4)])
def test_duration(tmp_path: Path, start: float | None, end: float | None, seconds: float) -> None:
    assert sample_frames(write_video(tmp_path / "clip.mp4", CONSTANT), start, end, 4).duration == pytest.approx(seconds)


def test_a_wrong_header_count_does_not_matter(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", list(range(100)), codec="mpeg4", b_frames=0)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"avih", 24), (b"strh", 40)):  # dwTotalFrames of the main header, dwLength of the stream's
        place = content.index(mark) + offset
        assert int.from_bytes(content[place : place + 4], "little") == 100
        content[place : place + 4] = (150).to_bytes(4, "little")
    path.write_bytes(content)
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) == 150
    assert sample_frames(path, None, None, 100).times.tolist() == pytest.approx([0.04 * n for n in range(100)])


def test_a_turned_picture_is_shown_upright(tmp_path: Path) -> None:
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.set_display_rotation(90)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(3), "rgb24")))
        container.mux(stream.encode())
    (frame,) = sample_frames(path, None, None, 1).frames
    assert frame.shape == (WIDTH, HEIGHT, 3)
    np.testing.assert_array_equal(frame, decode_all(path)[0])


def test_a_truncated_stream_gives_what_is_left(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.ts", CONSTANT, gop=5)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    reference = decode_all(path)
    assert 30 < len(reference) < 80
    sampled = sample_frames(path, None, None, 8)
    for frame, number in zip(sampled.frames, (np.arange(8) + 0.5) * len(reference) // 8, strict=True):
        np.testing.assert_array_equal(frame, reference[int(number)])


def tone(rate: int, seconds: float, channels: int = 1) -> np.ndarray:
    time = np.arange(round(rate * seconds)) / rate
    return np.stack([0.5 / (1 + channel) * np.sin(2 * np.pi * 220 * time) for channel in range(channels)])


def test_sound_of_a_video_lies_where_its_pictures_lie(tmp_path: Path) -> None:
    """A click one second after the start is found there, whatever delay the codec has."""
    for name in ("clip.mp4", "clip.mkv"):
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            video = container.add_stream("libx264", rate=25)
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            audio = container.add_stream("aac", rate=48_000, layout="stereo")
            for number in range(50):
                container.mux(video.encode(av.VideoFrame.from_ndarray(picture(number), "rgb24")))
            container.mux(video.encode())
            samples = np.zeros((2, 96_000), np.float32)
            samples[:, 48_000:48_010] = 0.9
            block = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
            block.sample_rate, block.pts = 48_000, 0
            container.mux(audio.encode(block))
            container.mux(audio.encode())
        assert np.abs(read_sound(path, None, None)).argmax() == pytest.approx(16_000, abs=40)
        assert np.abs(read_sound(path, 0.9, 1.1)).argmax() == pytest.approx(1600, abs=40)
        np.testing.assert_allclose(sample_frames(path, 1.0, 1.04, 1).times, [1.0], atol=0.03)


def test_files_that_are_no_media(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.wav").write_text("I am no sound at all.\n" * 50)
    picture_only = write_video(tmp_path / "pictures.mp4", CONSTANT[:10])
    sound_only = write_wav(tmp_path / "sound.wav", tone(16_000, 0.5), 16_000)
    with pytest.raises(ClipError, match=r"^empty\.mp4: not readable as media \("):
        sample_frames(tmp_path / "empty.mp4", None, None, 4)
    with pytest.raises(ClipError, match=r"^text\.wav: not readable as media \("):
        read_sound(tmp_path / "text.wav", None, None)
    with pytest.raises(ClipError, match=r"^absent\.wav: no such file$"):
        read_sound(tmp_path / "absent.wav", None, None)
    with pytest.raises(ClipError, match=r"^pictures\.mp4: has no sound$"):
        read_sound(picture_only, None, None)
    with pytest.raises(ClipError, match=r"^sound\.wav: has no pictures$"):
        sample_frames(sound_only, None, None, 4)
    with pytest.raises(ClipError, match=r"^sound\.wav: no sound in its seconds 3\.0 to 4\.0$"):
        read_sound(sound_only, 3.0, 4.0)
    with pytest.raises(ClipError, match=r"^sound\.wav: no sound in its seconds 3\.0 to the end$"):
        read_sound(sound_only, 3.0, None)


def damage(content: bytes, chance: random.Random) -> bytes:
    """Cut a file off, or overwrite some of its bytes anywhere or in its header."""
    kind = chance.choice(("cut", "bytes", "header"))
    if kind == "cut":
        return content[: chance.randrange(len(content))]
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 5, 50))):
        damaged[chance.randrange(len(content) if kind == "bytes" else 400)] = chance.randrange(256)
    return bytes(damaged)


@pytest.mark.parametrize("name", ["constant.mp4", "variable.mkv", "constant.ts", "mpeg4.avi", "sound.wav"])
def test_any_damage_ends_in_arrays_or_in_a_reason(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name in FILES:
        write_video(path, list(FILES[name][0]), **FILES[name][1])
    else:
        write_wav(path, tone(16_000, 1.0, 2), 16_000)
    content, chance, outcomes = path.read_bytes(), random.Random(1), set()
    for number in range(60):
        damaged = tmp_path / f"{number}{path.suffix}"
        damaged.write_bytes(damage(content, chance))
        for read in (lambda path: sample_frames(path, 0.2, 0.9, 8).frames, lambda path: [read_sound(path, None, None)]):
            try:
                assert all(array.size for array in read(damaged))
                outcomes.add("arrays")
            except ClipError:
                outcomes.add("reason")
    assert outcomes == {"arrays", "reason"}


def test_a_file_that_was_written_again_is_read_again(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", CONSTANT)
    assert len(np.unique(sample_frames(path, None, None, 100).times)) == 100
    write_video(path, CONSTANT[:20])
    assert len(np.unique(sample_frames(path, None, None, 100).times)) == 20
