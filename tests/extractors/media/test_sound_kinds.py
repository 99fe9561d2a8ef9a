"""Any number of channels, any sample format and rate, sizes that count nothing, and silence that is not all zeros."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import torch
import torchaudio
from helpers.beeps import pitch_of, tone, write_sound
from helpers.wav_files import RATE, write_wav

from extractors.media.resample import without_table
from extractors.media.sound import Heard, hear, read_sound
from extractors.shared.clip import ClipError


def steps(channels: int, seconds: float = 0.5) -> np.ndarray:
    """A tone that is louder from channel to channel, in steps of 16 bits."""
    levels = np.arange(1, channels + 1)[:, None] / channels
    return ((tone(RATE, seconds, 440) * levels * 2**15).round() / 2**15).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2, 5, 7, 8, 9, 10, 12, 16, 24, 31, 64])
def test_any_number_of_channels_in_a_wav_is_averaged(channels: int, tmp_path: Path) -> None:
    sound = steps(channels)
    found = read_sound(write_wav(tmp_path / "many.wav", sound), None, None)
    np.testing.assert_allclose(found, sound.mean(axis=0), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "codec", "layout"),
    [
        ("many.mp4", "aac", "7.1"),
        ("many.mp4", "aac", "hexadecagonal"),
        ("many.mp4", "pcm_f32le", "22.2"),
        ("many.mp4", "pcm_s16le", "7.1.2"),
        ("many.mkv", "pcm_s24le", "12 channels"),
        ("many.mkv", "wavpack", "22.2"),
        ("many.mkv", "flac", "7.1"),
        ("many.mkv", "libopus", "7.1"),
        ("many.caf", "pcm_s16be", "hexadecagonal"),
    ],
)
def test_any_number_of_channels_in_other_files_is_averaged(name: str, codec: str, layout: str, tmp_path: Path) -> None:
    channels = av.AudioLayout(layout).nb_channels
    sound = steps(channels, 1.0)
    rate = 48_000 if codec == "libopus" else RATE
    found = read_sound(write_sound(tmp_path / name, sound, rate, codec, layout=layout), None, None)
    expected = sound.mean(axis=0)
    if codec in ("aac", "libopus"):  # lossy: the same tone, nearly as loud
        assert pitch_of(found) == pytest.approx(440 * rate / RATE, abs=4)
        assert np.abs(found[2000:-2000]).max() == pytest.approx(np.abs(expected).max(), rel=0.25)
    else:
        np.testing.assert_allclose(found[: len(expected)], expected, atol=0.01 if codec == "wavpack" else 1e-4)


@pytest.mark.parametrize(
    ("codec", "error"),
    [
        ("pcm_u8", 2.0**-7),
        ("pcm_s16le", 2.0**-15),
        ("pcm_s24le", 2.0**-23),
        ("pcm_s32le", 2.0**-23),
        ("pcm_f32le", 1e-7),
        ("pcm_f64le", 1e-7),
        ("pcm_s16be", 2.0**-15),
        ("pcm_mulaw", 0.02),
        ("pcm_alaw", 0.02),
        ("adpcm_ima_wav", 0.02),
    ],
)
def test_each_sample_format_has_its_scale(codec: str, error: float, tmp_path: Path) -> None:
    sound = tone(RATE, 0.5, 300, 2) * np.array([[1], [0.5]], np.float32)
    path = write_sound(
        tmp_path / ("a.wav" if codec.endswith(("law", "wav")) else "a.mkv"), sound, RATE, codec, layout="stereo"
    )
    found, expected = read_sound(path, None, None)[: sound.shape[1]], sound.mean(axis=0)
    np.testing.assert_allclose(found[20:], expected[20 : len(found)], atol=1.01 * error)  # ADPCM takes time to settle


RATES = [
    4000,
    6000,
    7350,
    11_025,
    12_000,
    22_255,
    37_800,
    44_056,
    44_101,
    47_952,
    50_400,
    96_000,
    192_000,
    383_999,
    384_000,
]


@pytest.mark.parametrize("rate", RATES)
def test_any_rate_keeps_pitch_length_and_loudness(rate: int, tmp_path: Path) -> None:
    pitch = 0.35 * min(rate, RATE)
    path = write_wav(tmp_path / "a.wav", tone(rate, 1.0, pitch), rate)
    sound = read_sound(path, None, None)
    assert sound.dtype == np.float32
    assert len(sound) == RATE
    assert pitch_of(sound) == pytest.approx(pitch, abs=1.01)
    assert np.abs(sound[800:-800]).max() == pytest.approx(0.3, abs=0.01)
    part = read_sound(path, 0.25, 0.75)
    assert len(part) == pytest.approx(RATE / 2, abs=2)
    assert pitch_of(part) == pytest.approx(pitch, abs=2.01)


@pytest.mark.parametrize("rate", [3999, 1000, 384_001, 768_000])
def test_a_rate_that_no_sound_has_is_refused(rate: int, tmp_path: Path) -> None:
    with pytest.raises(ClipError, match=rf"^a\.wav: {rate} Hz is no sampling rate .* one of 4000 to 384000 Hz$"):
        read_sound(write_wav(tmp_path / "a.wav", tone(rate, 0.5, 200), rate), None, None)


@pytest.mark.parametrize("rate", [4000, 11_025, 44_056, 44_100, 48_000, 96_000])
def test_filters_without_a_table_are_those_of_torchaudio(rate: int) -> None:
    sound = np.random.default_rng(0).standard_normal(rate + 7).astype(np.float32)
    expected = torchaudio.functional.resample(torch.from_numpy(sound).double(), rate, RATE).numpy()  # a finer table
    found = without_table(sound, rate)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=5e-6)


def noise(level: float) -> np.ndarray:
    return np.random.default_rng(0).choice([-level, 0, level], (1, RATE)).astype(np.float32)


SOFT = tone(RATE, 1, 200) * 0.05
"""Two steps of 8 bits to each side."""

QUIET: dict[str, tuple[np.ndarray, int, Callable[[Heard], bool]]] = {
    "one bit of noise": (noise(2.0**-15), 2, lambda heard: heard.decibels == -120 and not heard.cancelled),
    "one bit of noise of 8": (noise(2.0**-7), 1, lambda heard: heard.decibels == -120 and not heard.cancelled),
    "8 bits stored in 16": (noise(2.0**-7) + 0.25, 2, lambda heard: heard.decibels == -120 and not heard.cancelled),
    "two channels of it": (
        np.concatenate([noise(2.0**-7), noise(2.0**-7)[:, ::-1]]),
        1,
        lambda heard: heard.decibels == -120 and not heard.cancelled,
    ),
    "two bits of noise": (
        noise(2.0**-15) + np.roll(noise(2.0**-15), 7),
        2,
        lambda heard: heard.decibels == pytest.approx(10 * np.log10(4 / 3) - 90.3, abs=0.2),
    ),
    "soft speech at 8 bits": (
        SOFT,
        1,
        lambda heard: heard.decibels == pytest.approx(20 * np.log10(np.std((SOFT * 128).round() / 128))),
    ),
    "a hum after noise": (
        np.concatenate([noise(2.0**-7), tone(RATE, 0.5, 200)], axis=1),
        1,
        lambda heard: heard.decibels > -20,
    ),
    "an offset": (np.full((1, RATE), 0.25), 2, lambda heard: heard.decibels < -115 and not heard.cancelled),
    "counter-phase": (tone(RATE, 1, 200) * [[1], [-1]], 2, lambda heard: heard.decibels < -90 and heard.cancelled),
    "nearly counter-phase": (
        tone(RATE, 1, 200) * [[1], [-0.98]],
        2,
        lambda heard: -54 < heard.decibels < -52 and heard.cancelled,
    ),
    "one channel of two": (tone(RATE, 1, 200) * [[1], [0]], 2, lambda heard: not heard.cancelled),
    "one channel of sixteen": (tone(RATE, 1, 200) * np.eye(16)[:, :1], 2, lambda heard: not heard.cancelled),
    "unlike channels": (
        np.random.default_rng(1).normal(0, 0.1, (8, RATE)),
        2,
        lambda heard: not heard.cancelled and heard.decibels == pytest.approx(-20 - 10 * np.log10(8), abs=0.2),
    ),
}


@pytest.mark.parametrize("case", QUIET)
def test_how_loud_and_whether_channels_cancel(case: str, tmp_path: Path) -> None:
    sound, width, holds = QUIET[case]
    heard = hear(write_wav(tmp_path / "a.wav", sound, width=width), None, None)
    assert holds(heard), heard


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_one_bad_sample_in_one_channel_of_many_is_damage(bad: float, tmp_path: Path) -> None:
    sound = np.repeat(tone(RATE, 0.5, 200), 3, axis=0)
    sound[1, 5000], sound[2, 5000] = bad, -bad
    path = write_sound(tmp_path / "a.wav", sound, RATE, "pcm_f32le", layout="3.0")
    with pytest.raises(ClipError, match=r"NaN, infinite or impossibly loud"):
        read_sound(path, None, None)
    assert len(read_sound(path, 0.0, 0.2)) == 3200
