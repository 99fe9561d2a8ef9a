"""Statistics of columns, standardising of speakers, and the distance that tells wrong frames."""

from __future__ import annotations

import numpy as np
import pytest

from amanda.sharing.columns import Columns, column_statistics, distance, standardise_speakers

SOURCE = Columns(np.array([10.0, -2.0]), np.array([2.0, 0.5]))


def all_of(frames: list[np.ndarray]) -> list[np.ndarray]:
    return [np.ones(len(rows), bool) for rows in frames]


def test_statistics_by_hand_and_of_large_means() -> None:
    found = column_statistics([np.array([[1.0, 5]]), np.zeros((0, 2)), np.array([[3.0, 5], [5, 5]])])
    np.testing.assert_allclose(found.mean, [3, 5])
    np.testing.assert_allclose(found.deviation, [np.sqrt(8 / 3), 0])
    draw = np.random.default_rng(0)
    clips = [draw.normal(size=(n, 3)) * 1e-3 + 1e5 for n in (3, 50, 7)]
    rows = np.concatenate(clips)
    np.testing.assert_allclose(column_statistics(clips).deviation, rows.std(axis=0), rtol=1e-6)
    with pytest.raises(ValueError, match="no frame"):
        column_statistics([np.zeros((0, 2))])


def test_standardising_by_hand() -> None:
    """One speaker, one clip, k = 1: z = (1, 3), a = 2, v = 1, so mu = 1, u = 1, and z - mu = (0, 2)."""
    frames = [np.array([[1.0], [3.0]])]
    reference, source = Columns(np.zeros(1), np.ones(1)), Columns(np.array([10.0]), np.array([2.0]))
    (found,) = standardise_speakers(frames, all_of(frames), ["a"], reference, source, 1.0)
    np.testing.assert_allclose(found, [[10.0], [14.0]])
    assert found.dtype == np.float32


def test_speakers_with_many_clips_come_to_lie_where_the_source_does() -> None:
    draw = np.random.default_rng(0)
    frames = [draw.normal(size=(4, 2)) * [1, 3] + ([3, 0] if n % 2 else [0, 9]) for n in range(400)]
    speakers = ["odd" if n % 2 else "even" for n in range(400)]
    domain = column_statistics(frames)
    moved = standardise_speakers(frames, all_of(frames), speakers, domain, SOURCE, 5.0)
    for place in (0, 1):
        found = column_statistics(moved[place::2])
        np.testing.assert_allclose(found.mean, SOURCE.mean, atol=0.2)
        np.testing.assert_allclose(found.deviation, SOURCE.deviation, rtol=0.1)


def test_a_large_weight_leaves_the_speaker_and_the_reference_alone_counts() -> None:
    frames = [np.random.default_rng(0).normal(size=(9, 2)) * SOURCE.deviation + SOURCE.mean + 1]
    (found,) = standardise_speakers(frames, all_of(frames), ["a"], SOURCE, SOURCE, 1e12)
    np.testing.assert_allclose(found, frames[0], rtol=1e-5)


def test_neither_the_order_of_clips_nor_the_names_of_speakers_count() -> None:
    draw = np.random.default_rng(3)
    frames = [draw.normal(size=(3, 2)) + n for n in range(8)]
    speakers, order = list("aabbabba"), [5, 2, 7, 0, 1, 6, 3, 4]
    found = standardise_speakers(frames, all_of(frames), speakers, SOURCE, SOURCE, 5.0)
    again = standardise_speakers(
        [frames[n] for n in order], all_of(frames), [speakers[n].upper() for n in order], SOURCE, SOURCE, 5.0
    )
    for place, n in enumerate(order):
        np.testing.assert_allclose(again[place], found[n], rtol=1e-5)


def test_frames_that_do_not_count_are_moved_with_the_others() -> None:
    frames = [np.array([[1.0, 1], [3, 1], [99, 99]])]
    counted = [np.array([True, True, False])]
    (found,) = standardise_speakers(frames, counted, ["a"], SOURCE, SOURCE, 5.0)
    (without,) = standardise_speakers([frames[0][:2]], [counted[0][:2]], ["a"], SOURCE, SOURCE, 5.0)
    np.testing.assert_allclose(found[:2], without)
    assert np.isfinite(found).all()


def test_clips_without_frames_pass_and_a_constant_column_stays_finite() -> None:
    frames = [np.zeros((0, 2)), np.array([[1.0, 7], [1, 7]])]
    source = Columns(np.zeros(2), np.zeros(2))
    empty, found = standardise_speakers(frames, all_of(frames), ["a", "b"], source, source, 5.0)
    assert empty.shape == (0, 2)
    assert np.isfinite(found).all()


def test_distance_by_hand_and_of_what_goes_wrong() -> None:
    assert distance(SOURCE, SOURCE) == 0
    moved = Columns(SOURCE.mean + np.array([2, 0]), SOURCE.deviation * [1, 3])
    assert distance(moved, SOURCE) == pytest.approx((1 + 4) / 2)
    draw = np.random.default_rng(0)
    mean, deviation = 3 * draw.normal(size=64), draw.uniform(0.5, 1.5, 64)
    frames = draw.normal(size=(4000, 64)) * deviation + mean
    source = column_statistics([frames])
    other = column_statistics([draw.normal(size=(4000, 64)) * deviation + mean])
    # Zeroed frames lie (mean / deviation)^2 + 1 away, scaled ones 4 of it, and shuffled ones twice its variance.
    small = distance(other, source)
    shuffled = distance(column_statistics([frames[:, draw.permutation(64)]]), source)
    scaled, zeroed = (distance(column_statistics([frames * by]), source) for by in (3, 0))
    assert small < 0.01 < 5 < zeroed < min(shuffled, scaled)
