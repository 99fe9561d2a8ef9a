"""The interval of a claim, and the word that follows from it."""

from __future__ import annotations

import numpy as np
import pytest

from amanda.statistics.claims.interval import interval, verdict


def test_the_interval_is_that_of_a_paired_t_test() -> None:
    """Mean 2, deviation 1, n = 3: 2 ± 4.302653 / √3."""
    free = interval(np.array([1.0, 2.0, 3.0]), 0.05, 1e6)
    assert free == pytest.approx((2 - 2.484138, 2 + 2.484138), abs=1e-6)
    assert interval(np.array([0.5, 0.5]), 0.05, 100.0) == (0.5, 0.5)
    assert np.isnan(interval(np.array([3.0]), 0.05, 100.0)).all()


def test_no_interval_goes_beyond_what_an_advantage_can_be() -> None:
    """Two seeds, 20 and 60: Student's t alone would say -214 to 294."""
    low, high = interval(np.array([20.0, 60.0]), 0.05, 100.0)
    assert -100 <= low < 0
    assert 40 < high <= 100
    assert 100 < interval(np.array([20.0, 60.0]), 0.05, 200.0)[1] <= 200


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.1, 3, "shown"),
        (-3, -0.1, "contradicted"),
        (-1, 9, "not told apart"),
        (0, 1, "not told apart"),
        (np.nan, np.nan, "not told apart"),
    ],
)
def test_the_interval_alone_decides(low: float, high: float, word: str) -> None:
    assert verdict(low, high) == word
