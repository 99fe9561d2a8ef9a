"""Changes of a recipe that do nothing: how often the comparison and the claims take one for more than noise."""

from __future__ import annotations

import numpy as np
import pytest

from amanda.scoring.metrics import weighted_f1_of
from amanda.statistics.claims.interval import UNTOLD, interval, verdict
from amanda.statistics.noise import BORROWED, Estimate, estimate_changes, holm, p_value
from extractors.shared.clip import CLASSES

EXPERIMENTS, CHANGES = 300, 15
FEW, ALL = np.full(CHANGES, 0.01), np.ones(CHANGES)
UNLIKE = np.geomspace(0.003, 1, CHANGES)
ONE_IN_TWENTY = 0.05 + 3 * np.sqrt(0.05 * 0.95 / EXPERIMENTS)
"""5 %, and three standard errors of so many experiments."""


def predict(generator: np.random.Generator, label: np.ndarray, runs: tuple[int, ...]) -> np.ndarray:
    """Predictions of runs that differ by luck alone, [*runs, clips]; six clips in ten are easy."""
    right = generator.random((*runs, len(label))) < np.where(np.arange(len(label)) % 10 < 6, 0.9, 0.1)
    return np.where(right, label, generator.integers(0, len(CLASSES), right.shape))


def score(label: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Weighted F1 in percent, [...], of predictions [..., clips]."""
    runs, cells = predicted.shape[:-1], len(CLASSES) ** 2
    flat = (label * len(CLASSES) + predicted).reshape(-1, len(label)) + cells * np.arange(np.prod(runs))[:, None]
    confusion = np.bincount(flat.ravel(), minlength=cells * len(flat)).reshape(*runs, len(CLASSES), len(CLASSES))
    return 100 * weighted_f1_of(confusion.astype(float))


def draw(clips: int, seeds: int, replaced: np.ndarray) -> np.ndarray:
    """Changes of the score, [experiments, changes, seeds]: each change predicts a share of the clips anew, by luck."""
    generator, label = np.random.default_rng(0), np.arange(clips) % len(CLASSES)
    found = []
    for _ in range(EXPERIMENTS):
        before = predict(generator, label, (seeds,))
        anew = generator.random((CHANGES, seeds, clips)) < replaced[:, None, None]
        after = np.where(anew, predict(generator, label, (CHANGES, seeds)), before)
        found.append(score(label, after) - score(label, before))
    return np.stack(found)


def by_itself(changes: np.ndarray) -> Estimate:
    """A paired t test of each change alone."""
    seeds = changes.shape[1]
    error = changes.std(axis=1, ddof=1) / np.sqrt(seeds)
    return Estimate(changes.mean(axis=1), error, np.full(len(changes), seeds - 1.0))


@pytest.mark.parametrize("clips", [40, 400])
@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize("replaced", [FEW, ALL, UNLIKE], ids=["few clips", "all clips", "unlike changes"])
def test_changes_that_do_nothing_raise_a_false_alarm_in_one_of_twenty_recipes(
    clips: int, seeds: int, replaced: np.ndarray
) -> None:
    experiments = draw(clips, seeds, replaced)
    assert np.mean([holm(p_value(estimate_changes(each))).min() < 0.05 for each in experiments]) < ONE_IN_TWENTY


def test_each_change_by_itself_would_raise_one_in_a_fifth_of_all_recipes() -> None:
    experiments = draw(400, 3, FEW)
    assert np.mean([holm(p_value(by_itself(each))).min() < 0.05 for each in experiments]) > 0.2


@pytest.mark.parametrize("replaced", [FEW, ALL, UNLIKE], ids=["few clips", "all clips", "unlike changes"])
def test_a_claim_about_nothing_is_decided_in_one_of_twenty_cases(replaced: np.ndarray) -> None:
    """With fifteen seeds, as many as the config asks for; the changes of an experiment count as so many claims."""
    decided = [verdict(*interval(each, 0.05, 100.0)) != UNTOLD for each in draw(40, 15, replaced).reshape(-1, 15)]
    assert np.mean(decided) < ONE_IN_TWENTY


def test_a_small_variance_is_averaged_with_the_others_and_a_large_one_is_kept() -> None:
    """By hand: three seeds have 2 degrees of their own, and three changes lend 4."""
    found = estimate_changes(np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 3.0], [0.0, 3.0, 6.0]]))  # s² is 1, 0 and 9
    assert found.mean.tolist() == [1.0, 3.0, 3.0]
    mean = (1 + 0 + 9) / 3 / 3  # of s² / 3
    expected = [(2 * 1 / 3 + 4 * mean) / 6, 4 * mean / 6, 9 / 3]
    assert found.standard_error**2 == pytest.approx(expected)
    assert found.freedom.tolist() == [6, 6, 2]
    assert BORROWED == 4


def test_one_change_has_nothing_to_borrow_from_and_one_seed_tells_nothing() -> None:
    change = np.array([[0.0, 1.0, 5.0]])
    alone, found = by_itself(change), estimate_changes(change)
    assert found.standard_error == pytest.approx(alone.standard_error)
    assert found.freedom.tolist() == [2]
    assert np.isnan(p_value(estimate_changes(np.array([[1.0], [2.0]])))).all()
