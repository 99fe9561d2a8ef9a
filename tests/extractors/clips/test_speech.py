"""Speech in a sound: found where it was put, cut at its pauses, and quiet or missing speech is said."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from helpers.talking_film import voice

from extractors.clips.speech import QUIET, Habits, find_speech, segments_of
from extractors.shared.program import UserError

HABITS = Habits(1, 0.5, 0.5, 10.0)


def conversation(noise: float) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Four voices with rests between them, float32 [n] at 16 kHz, and the seconds at which each speaks."""
    parts, spoken, time = [], [], 0.0
    for name, seconds, rest in (("happy", 2.0, 1.5), ("sad", 3.0, 2.0), ("angry", 2.5, 1.2), ("neutral", 4.0, 2.0)):
        said = voice(name, name, seconds)
        parts += [np.zeros(round(16_000 * rest)), said]
        spoken.append((time + rest, time + rest + len(said) / 16_000))
        time = spoken[-1][1]
    sound = np.concatenate([*parts, np.zeros(16_000)])
    return np.float32(sound + noise * np.random.default_rng(0).normal(size=len(sound))), spoken


def pieces(sound: np.ndarray) -> list[np.ndarray]:
    return [sound[begin : begin + 480_000] for begin in range(0, len(sound), 480_000)]


@pytest.mark.parametrize(("noise", "gain"), [(0.0, 1.0), (0.001, 1.0), (0.0, 0.05)])
def test_four_voices(noise: float, gain: float) -> None:
    sound, spoken = conversation(noise)
    found = find_speech(pieces(np.float32(gain * sound)), HABITS)
    np.testing.assert_allclose(found.segments, spoken, atol=0.25)


def test_pieces_are_one_sound() -> None:
    sound, _ = conversation(0.0)
    silence = np.zeros(480_000 - len(sound) // 2, np.float32)  # the second piece begins in the middle of the talk
    late = np.concatenate([silence, sound])
    assert find_speech(pieces(late), HABITS) == find_speech([late], HABITS)


def test_who_says_nothing() -> None:
    silence = find_speech([np.zeros(480_000, np.float32)], HABITS)
    assert silence.segments == ()
    assert silence.decibels == pytest.approx(-120)
    assert find_speech([], HABITS).segments == ()
    assert find_speech([np.zeros(100, np.float32)], HABITS).segments == ()


def test_the_level_is_that_of_the_loud_part() -> None:
    tone = 0.1 * np.sin(np.arange(480_000) * (2 * np.pi * 440 / 16_000))  # a sine is 3 dB below its peak
    rest = np.zeros(4_800_000, np.float32)
    assert find_speech([np.float32(tone), rest], HABITS).decibels == pytest.approx(-23.0, abs=0.1)
    assert find_speech([np.float32(tone) / 1000], HABITS).decibels < QUIET


def flags(*runs: int) -> np.ndarray:
    """Runs of frames of silence and speech in turn, the first of silence."""
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((), []),
        ((100,), []),
        ((10, 50), [(10, 60)]),
        ((10, 50, 17, 50, 9), [(10, 127)]),  # a rest of 0.51 s goes on, as 0.5 s are 17 frames of 0.03 s
        ((10, 50, 18, 50, 9), [(10, 60), (78, 128)]),
        ((10, 16, 100, 17), [(126, 143)]),  # shorter than 17 frames is no segment
        ((0, 16, 17, 16), [(0, 49)]),  # joined, it is long enough
        ((0, 333), [(0, 333)]),  # 10 s
        ((0, 334), [(0, 167), (167, 334)]),  # no pause: halves
        ((0, 100, 5, 100, 9, 200), [(0, 205), (214, 414)]),  # the longest pause
        ((0, 5, 15, 400), [(0, 210), (210, 420)]),  # not one that would leave 0.15 s
        ((0, 300, 10, 300, 12, 300), [(0, 300), (310, 610), (622, 922)]),
    ],
)
def test_segments_of_flags(runs: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert segments_of(flags(*runs), HABITS) == expected


def test_segments_keep_their_bounds_whatever_is_said() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        spoken = np.repeat(np.arange(40) % 2 == 1, rng.geometric(0.02, 40))
        found = segments_of(spoken, HABITS)
        assert all(17 <= end - begin <= 333 for begin, end in found)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(found))


@pytest.mark.parametrize("values", [(4, 0.5, 0.5, 10), (1, -1, 0.5, 10), (1, 0.5, 0, 10), (1, 0.5, 5, 9)])
def test_refused_habits(values: tuple) -> None:
    with pytest.raises(UserError, match=r"aggressiveness 4|the longest segment"):
        Habits(*values)
