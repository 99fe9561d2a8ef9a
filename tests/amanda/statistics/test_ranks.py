"""Ranks of methods: Friedman's test, critical differences, the table."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from amanda.statistics.ranks import critical_difference, friedman, groups, rank_table


@pytest.mark.parametrize(("methods", "q"), [(2, 1.960), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_is_that_of_demsars_table(methods: int, q: float) -> None:
    """Table 5(a) of Demšar (2006), alpha 0.05."""
    expected = q * np.sqrt(methods * (methods + 1) / (6 * 7))
    assert critical_difference(methods, 7, 0.05) == pytest.approx(expected, rel=5e-4)


def test_friedman_by_hand_and_by_scipy() -> None:
    """Three methods that rank alike on four pairs: 12 · 4 / (3 · 4) · (1² + 0 + 1²) = 8."""
    scores = np.array([[4.0, 5, 6, 7], [3, 4, 5, 6], [1, 1, 1, 1]])
    chi2, p, p_of_f = friedman(scores)
    assert chi2 == pytest.approx(8)
    assert p == pytest.approx(stats.chi2.sf(8, 2))
    assert p_of_f == pytest.approx(1 / 6**3)  # that three more pairs rank as the first does; F is infinite
    random = np.random.default_rng(0).random((4, 6))
    chi2, p, p_of_f = friedman(random)
    assert (chi2, p) == pytest.approx(tuple(stats.friedmanchisquare(*random)))
    assert p_of_f == pytest.approx(stats.f.sf(5 * chi2 / (6 * 3 - chi2), 3, 15))
    assert np.isnan(friedman(random[:2])).all()
    assert np.isnan(friedman(random[:, :1])).all()


def test_bars_are_the_largest_sets_within_the_critical_difference() -> None:
    assert groups([3.0, 1.0, 2.0, 5.0], 1.5) == [[1, 2], [2, 0]]
    assert groups([1.0, 2.0, 3.0], 2.5) == [[0, 1, 2]]
    assert groups([1.0, 3.0, 5.0], 1.0) == []


def test_the_rank_table_is_best_first_and_ties_share_a_rank() -> None:
    table = rank_table(np.array([[50.0, 60.0], [70.0, 60.0], [80.0, 80.0]]), ["a", "b", "c"], 0.05)
    assert table["method"].tolist() == ["c", "b", "a"]
    assert table["mean_rank"].tolist() == [1.0, 2.25, 2.75]
    assert table["groups"].tolist() == ["1", "1", "1"]
