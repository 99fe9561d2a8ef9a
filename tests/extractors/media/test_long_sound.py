"""A sound in pieces is the sound as a whole, holes and all, and a longer one takes no more memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.beeps import beeping, beeps_in, write_sound
from helpers.places import TESTS
from helpers.wav_files import write_wav

from extractors.media.long_sound import sound_pieces
from extractors.media.sound import read_sound
from extractors.shared.clip import ClipError


def test_pieces_of_a_sound_at_its_own_rate(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.random.default_rng(0).uniform(-0.9, 0.9, (2, 16_000 * 7 + 123)))
    pieces = list(sound_pieces(path, 2))
    assert [len(piece) for piece in pieces] == [32_000, 32_000, 32_000, 16_123]
    np.testing.assert_array_equal(np.concatenate(pieces), read_sound(path, None, None))


def test_pieces_of_another_rate_differ_only_at_their_seams(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp4", beeping(44_100)[None], 44_100, "aac")
    whole, pieces = read_sound(path, None, None), np.concatenate(list(sound_pieces(path, 3)))
    away = np.arange(len(whole)) % 48_000
    far = (away > 100) & (away < 47_900)
    assert abs(len(whole) - len(pieces)) <= 1
    np.testing.assert_allclose(
        pieces[: len(whole)][far[: len(pieces)]], whole[: len(pieces)][far[: len(pieces)]], atol=1e-4
    )
    assert beeps_in(pieces) == pytest.approx(beeps_in(whole), abs=0.001)


def test_a_hole_is_silence(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mkv", beeping(48_000)[None], 48_000, "pcm_s16le", dropped=(1.5, 5.5))
    sound = np.concatenate(list(sound_pieces(path, 1)))
    assert beeps_in(sound) == pytest.approx([1.0, 6.0], abs=0.03)
    assert not sound[32_000:80_000].any()


def test_a_film_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no film" * 100)
    with pytest.raises(ClipError, match=r"a\.mp4: not readable as media"):
        list(sound_pieces(path, 1))


@pytest.mark.slow
def test_twice_the_length_takes_no_more_memory() -> None:
    """A piece is 30 seconds; what grows by a little is the clock, which knows the times of 47 packets a second."""

    def peak(minutes: float) -> float:
        search = os.pathsep.join([str(TESTS), str(TESTS.parent), *sys.path])
        command = [sys.executable, str(TESTS / "helpers/peak.py"), "speech", str(minutes)]
        environment = os.environ | {"PYTHONPATH": search}
        return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)

    short, long = peak(8), peak(16)
    assert 0 < long < 1.25 * short + 10
