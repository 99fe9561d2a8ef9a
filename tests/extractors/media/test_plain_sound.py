"""Sound of plain WAV files: rates, channels, and files without samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.wav_files import write_wav

from extractors.media.sound import read_sound
from extractors.shared.clip import ClipError


def tone(rate: int, seconds: float, channels: int = 1) -> np.ndarray:
    time = np.arange(round(rate * seconds)) / rate
    return np.stack([0.5 / (1 + channel) * np.sin(2 * np.pi * 220 * time) for channel in range(channels)])


def test_sound_at_16_khz_is_the_samples_themselves(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-(2**15), 2**15, (1, 40_000)) / 2**15
    path = write_wav(tmp_path / "clip.wav", noise, 16_000)
    sound = read_sound(path, None, None)
    assert sound.dtype == np.float32
    np.testing.assert_array_equal(sound, noise[0].astype(np.float32))
    np.testing.assert_array_equal(read_sound(path, 0.5, 1.25), noise[0, 8000:20_000].astype(np.float32))
    np.testing.assert_array_equal(read_sound(path, 2.0, 9.0), noise[0, 32_000:].astype(np.float32))


def test_channels_are_averaged(tmp_path: Path) -> None:
    samples = tone(16_000, 0.5, channels=6)
    sound = read_sound(write_wav(tmp_path / "clip.wav", samples, 16_000), None, None)
    np.testing.assert_allclose(sound, samples.mean(axis=0), atol=2e-5)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000])
def test_other_rates_are_resampled(tmp_path: Path, rate: int) -> None:
    sound = read_sound(write_wav(tmp_path / "clip.wav", tone(rate, 1.0), rate), None, None)
    assert len(sound) == 16_000
    np.testing.assert_allclose(sound[500:-500], tone(16_000, 1.0)[0, 500:-500], atol=2e-3)


def test_a_wav_without_samples(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match=r"empty\.wav"):
        read_sound(write_wav(tmp_path / "empty.wav", np.zeros((1, 0)), 16_000), None, None)
