"""Scores of predictions are those of scikit-learn."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from amanda import score_pair
from amanda.scoring.metrics import weighted_f1, without_training
from extractors.shared.clip import CLASSES


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_uar_is_scikit_learns_balanced_accuracy_and_averages_stay_within_the_classes(
    pairs: list[tuple[int, int]],
) -> None:
    label, predicted = np.array(pairs).T
    found = score_pair.score(label, predicted, CLASSES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a class is predicted and absent
        assert found["uar"] == pytest.approx(100 * balanced_accuracy_score(label, predicted))
    assert found["accuracy"] == pytest.approx(100 * accuracy_score(label, predicted))
    present = np.unique(label)
    each = f1_score(label, predicted, labels=present, average=None, zero_division=0)
    assert [found[f"f1_{CLASSES[place]}"] for place in present] == pytest.approx(100 * each)
    weighted = f1_score(label, predicted, labels=present, average="weighted", zero_division=0)
    assert found["weighted_f1"] == pytest.approx(100 * weighted)
    of_classes = [found[f"f1_{name}"] for name in CLASSES]
    assert found["macro_f1"] == pytest.approx(np.nanmean(of_classes))
    assert [math.isnan(value) for value in of_classes] == [place not in label for place in range(4)]
    assert all(0 <= value <= 100 + 1e-9 for value in found.values() if not math.isnan(value))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_the_f1_of_training_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    label, predicted = np.array(pairs).T
    expected = f1_score(label, predicted, labels=range(4), average="weighted", zero_division=0)
    assert weighted_f1(label, predicted, 4) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_the_lines_without_training_are_scikit_learns(labels: list[int]) -> None:
    """The best of all constant predictions; chance is a crowd that calls each clip each class once."""
    label = np.array(labels)
    found = without_training(label, 4)
    options = {"labels": range(4), "average": "weighted", "zero_division": 0}
    constant = [f1_score(label, np.full_like(label, place), **options) for place in range(4)]
    assert found["majority"] == pytest.approx(max(constant), abs=1e-12)
    crowd = f1_score(np.repeat(label, 4), np.tile(np.arange(4), len(label)), **options)
    assert found["chance"] == pytest.approx(crowd, abs=1e-12)
