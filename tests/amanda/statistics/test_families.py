"""Among many differences between methods, false alarms are as rare as Holm's correction promises."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from amanda.statistics.noise import BORROWED, Estimate, estimate, estimate_family, holm, p_value

COMPARED, REDRAWS, EXPERIMENTS = 10, 40, 300
PAIRS = np.array(list(combinations(range(COMPARED), 2)))


def draw(generator: np.random.Generator, seeds: int, of_seeds: float, unlike: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores of methods that are all the same but for noise: observed [methods, seeds], and on redrawn clips.

    The variances of a difference are 0.3 of clips that seeds share, 1 of clips that they do not, and ``of_seeds``,
    which differs between methods where ``unlike`` is above 0.
    """
    shape = COMPARED, 1, 1 + REDRAWS
    clips = generator.normal(0, np.sqrt(0.3 / 2), shape) + generator.normal(
        0, np.sqrt(1 / 2), (COMPARED, seeds, 1 + REDRAWS)
    )
    spread = np.exp(generator.normal(0, unlike, COMPARED))
    luck = generator.normal(0, 1, (COMPARED, seeds)) * np.sqrt(of_seeds / 2 * spread / spread.mean())[:, None]
    observed = clips[..., 0] + luck
    return observed, observed[..., None] + clips[..., 1:]


def alarms(family: bool, seeds: int, of_seeds: float, unlike: float) -> float:
    """The share of experiments in which some difference is beyond noise, though there is none."""
    generator, found = np.random.default_rng(0), 0
    for _ in range(EXPERIMENTS):
        observed, redrawn = draw(generator, seeds, of_seeds, unlike)
        one, other = PAIRS.T
        differences = observed[one] - observed[other], redrawn[one] - redrawn[other]
        found += (
            holm(p_value(estimate_family(*differences, COMPARED) if family else estimate(*differences))).min() < 0.05
        )
    return found / EXPERIMENTS


@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize(("of_seeds", "unlike"), [(0.0, 0.0), (5.0, 0.0), (5.0, 1.0), (20.0, 1.5)])
def test_a_family_without_differences_has_a_false_alarm_in_one_of_twenty_at_most(
    seeds: int, of_seeds: float, unlike: float
) -> None:
    """5 %, and three standard errors of 300 experiments."""
    assert alarms(True, seeds, of_seeds, unlike) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / EXPERIMENTS)


def test_each_difference_by_itself_would_raise_false_alarms_in_a_third_of_all_families() -> None:
    assert alarms(False, 3, 5.0, 0.0) > 0.3


def test_a_variance_is_averaged_with_that_of_its_family() -> None:
    """By hand: three methods and three seeds borrow 2 degrees to their own 2; there is no noise of clips."""
    observed = np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 3.0], [0.0, 3.0, 6.0]])  # s² is 1, 0 and 9, their mean 10 / 3
    still = np.repeat(observed[..., None], 5, axis=-1)
    found = estimate_family(observed, still, 3)
    expected = [(1 / 2 + 5 / 3) / 3, 0.0, (9 / 2 + 5 / 3) / 3]
    assert found.standard_error**2 == pytest.approx(expected)
    assert found.freedom[[0, 2]].tolist() == pytest.approx([4.0, 4.0])
    assert BORROWED == 4


def test_two_methods_have_nothing_to_borrow_from() -> None:
    generator = np.random.default_rng(0)
    observed, redrawn = draw(generator, 3, 5.0, 0.0)
    difference = observed[:1] - observed[1:2], redrawn[:1] - redrawn[1:2]
    alone, together = estimate(*difference), estimate_family(*difference, 2)
    for name in Estimate.__slots__:
        assert getattr(alone, name) == pytest.approx(getattr(together, name))
