"""The four numbers: worked out by hand, and what holds of them whatever the logits are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from amanda.scoring.metrics import probabilities
from amanda.sharing.numbers import ABSENT, expected_shares, four_numbers, halfway, shares_of_labels
from extractors.shared.clip import CLASSES
from extractors.shared.program import UserError

STORED = {"neutral": 0.4, "happy": 0.3, "sad": 0.2, "angry": 0.1}
LOGITS = arrays(np.float64, (12, 4), elements=st.floats(-5, 5))
SHARES = st.lists(st.floats(0.02, 1), min_size=4, max_size=4).map(lambda values: np.array(values) / sum(values))


def test_by_hand_of_one_round() -> None:
    """Two equal clips with p = (1/2, 1/4, 1/8, 1/8) and q = 1/4 each: b = step (log 1/2, 0, log 2, log 2), centred."""
    logits = np.log(np.array([[4.0, 2, 1, 1]] * 2))
    found = four_numbers(logits, np.full(4, 0.25), rounds=1, step=0.5)
    wanted = 0.5 * np.log([0.5, 1, 2, 2])
    np.testing.assert_allclose(found, wanted - wanted.mean(), atol=1e-12)


def test_of_one_clip_the_numbers_are_the_difference_of_the_logarithms() -> None:
    logits = np.array([[2.0, 0, -1, 1]])
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    found = four_numbers(logits, shares, 200, 0.5)
    wanted = np.log(shares) - logits[0]
    np.testing.assert_allclose(found, wanted - wanted.mean(), atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(LOGITS, SHARES)
def test_the_mean_prediction_has_the_expected_shares(logits: np.ndarray, shares: np.ndarray) -> None:
    found = four_numbers(logits, shares, 2000, 0.9)
    np.testing.assert_allclose(probabilities(logits + found).mean(axis=0), shares, atol=1e-3)


@settings(deadline=None, max_examples=40)
@given(LOGITS, SHARES, st.permutations(range(12)))
def test_neither_order_nor_a_constant_counts(logits: np.ndarray, shares: np.ndarray, order: list[int]) -> None:
    found = four_numbers(logits, shares, 200, 0.5)
    np.testing.assert_allclose(four_numbers(logits[order], shares, 200, 0.5), found, atol=1e-8)
    np.testing.assert_allclose(four_numbers(logits + 3, shares, 200, 0.5), found, atol=1e-8)


def test_a_second_time_changes_nothing() -> None:
    logits = np.random.default_rng(0).normal(size=(200, 4)) * 3 + [2, 0, 0, -1]
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    first = four_numbers(logits, shares, 200, 0.5)
    np.testing.assert_allclose(four_numbers(logits + first, shares, 200, 0.5), 0, atol=1e-8)


def test_known_shifts_are_found() -> None:
    """Logits of a calibrated classifier whose classes were reweighted: the numbers undo it."""
    draw = np.random.default_rng(1)
    logits = np.log(draw.dirichlet(np.ones(4), 4000))
    moved = logits + np.array([1.0, -1, 0.5, -0.5])
    found = four_numbers(moved, probabilities(logits).mean(axis=0), 200, 0.5)
    np.testing.assert_allclose(found, [-1, 1, -0.5, 0.5], atol=1e-6)


def test_a_class_that_is_not_expected_is_never_predicted() -> None:
    logits = np.random.default_rng(2).normal(size=(50, 4)) + np.array([0, 0, 0, 30])
    found = four_numbers(logits, np.array([0.5, 0.3, 0.2, 0]), 200, 0.5)
    assert found[3] == ABSENT
    np.testing.assert_allclose(probabilities(logits + found).mean(axis=0), [0.5, 0.3, 0.2, 0], atol=1e-9)


def test_without_clips_the_numbers_are_zero() -> None:
    np.testing.assert_array_equal(four_numbers(np.zeros((0, 4)), np.full(4, 0.25), 200, 0.5), np.zeros(4))


def test_expected_shares_leave_the_rest_to_the_stored_ones() -> None:
    found = expected_shares({"neutral": 0.7}, STORED)
    assert list(found) == list(CLASSES)
    np.testing.assert_allclose(list(found.values()), [0.7, 0.15, 0.1, 0.05])
    absent = expected_shares({"angry": 0.0}, STORED)
    np.testing.assert_allclose(list(absent.values()), [4 / 9, 3 / 9, 2 / 9, 0])
    everything = expected_shares(dict.fromkeys(CLASSES, 0.25), STORED)
    np.testing.assert_allclose(list(everything.values()), 0.25)


@pytest.mark.parametrize(
    ("given_shares", "message"),
    [
        ({"bored": 0.1}, "no class bored"),
        ({"sad": 1.2}, "no share"),
        ({"sad": float("nan")}, "no share"),
        ({"sad": 0.7, "angry": 0.5}, "sum to 1.2"),
        (dict.fromkeys(CLASSES, 0.2), "sum to 0.8"),
        (dict.fromkeys(CLASSES, 0.0), "sum to 0"),
    ],
)
def test_shares_that_are_none_are_refused(given_shares: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        expected_shares(given_shares, STORED)


def test_shares_of_few_labels_leave_no_class_out() -> None:
    np.testing.assert_allclose(list(shares_of_labels(["sad"] * 6, CLASSES).values()), [0.1, 0.1, 0.7, 0.1])


def test_one_class_above_most_is_moved_half_way_to_equal_shares() -> None:
    shares = {"neutral": 0.8, "happy": 0.1, "sad": 0.1, "angry": 0.0}
    found, moved = halfway(shares, 0.7)
    assert moved
    third = 1 / 3
    np.testing.assert_allclose(list(found.values()), [(0.8 + third) / 2, (0.1 + third) / 2, (0.1 + third) / 2, 0])
    assert halfway(STORED, 0.7) == (STORED, False)
