"""The paired bootstrap of two prediction vectors against scikit-learn, exact cases, and data without a difference."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from amanda.statistics import paired
from amanda.statistics.paired import compare_predictions
from extractors.shared.program import UserError

NAMES = np.array(["sad", "happy", "angry"])
DRAWN = {"resamples": 2000, "alpha": 0.05, "seed": 0}


def vectors(clips: int, right: tuple[float, float], seed: int) -> list[list[str]]:
    """Labels, and two predictions that are right with these probabilities."""
    draw = np.random.default_rng(seed)
    label = draw.integers(3, size=clips)
    said = [np.where(draw.random(clips) < share, label, draw.integers(3, size=clips)) for share in right]
    return [NAMES[each].tolist() for each in (label, *said)]


def test_scores_are_those_of_scikit_learn() -> None:
    label, first, second = vectors(150, (0.3, 0.7), 1)
    found = compare_predictions(label, first, second, **DRAWN)
    expected = [100 * f1_score(label, said, average="weighted") for said in (first, second)]
    assert [found.first, found.second] == pytest.approx(expected)
    assert found.difference == pytest.approx(expected[1] - expected[0])


def test_the_interval_is_that_of_a_plain_bootstrap() -> None:
    label, first, second = (np.array(each) for each in vectors(80, (0.4, 0.6), 2))
    draw, plain = np.random.default_rng(5), []
    for _ in range(2000):
        chosen = draw.integers(80, size=80)
        scores = [f1_score(label[chosen], said[chosen], average="weighted") for said in (first, second)]
        plain.append(100 * (scores[1] - scores[0]))
    found = compare_predictions(label.tolist(), first.tolist(), second.tolist(), **DRAWN)
    assert [found.low, found.high] == pytest.approx(np.quantile(plain, [0.025, 0.975]).tolist(), abs=1.5)


def test_equal_vectors_and_a_clear_difference() -> None:
    label, first, second = vectors(300, (0.3, 0.9), 3)
    same = compare_predictions(label, first, first, **DRAWN)
    assert (same.difference, same.low, same.high, same.p_value) == (0, 0, 0, 1)
    clear = compare_predictions(label, first, second, **DRAWN)
    assert clear.p_value == pytest.approx(2 / 2001)
    assert 0 < clear.low < clear.difference < clear.high
    back = compare_predictions(label, second, first, **DRAWN)
    assert (back.difference, back.low, back.high) == pytest.approx((-clear.difference, -clear.high, -clear.low))


def test_no_difference_is_rarely_called_one() -> None:
    p = [
        compare_predictions(*vectors(100, (0.5, 0.5), seed), **DRAWN | {"resamples": 400}).p_value
        for seed in range(200)
    ]
    share = np.mean(np.array(p) < 0.05)
    assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_pieces_do_not_matter_but_for_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    label, first, second = vectors(60, (0.4, 0.6), 4)
    whole = compare_predictions(label, first, second, **DRAWN)
    monkeypatch.setattr(paired, "MOST_CELLS", 60 * 7)
    assert compare_predictions(label, first, second, **DRAWN) == whole


@pytest.mark.parametrize(
    "changes", [{"first": ["sad"]}, {"label": [], "first": [], "second": []}, {"resamples": 0}, {"alpha": 1.0}]
)
def test_refused(changes: dict) -> None:
    given = {"label": ["sad", "happy"], "first": ["sad"] * 2, "second": ["happy"] * 2} | DRAWN | changes
    with pytest.raises(UserError, match=r"give one of each|at least 1"):
        compare_predictions(**given)
