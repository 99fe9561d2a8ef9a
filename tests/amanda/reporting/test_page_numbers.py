"""Numbers that sections of the page compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from amanda.reporting.page.classes import confusion
from amanda.reporting.page.costs import duration
from amanda.reporting.page.parts import mean_and_spread, several
from amanda.scoring.label_shift import estimate_shares, total_variation
from amanda.shared.tables.scores import SHARES, UNEXPLAINED
from amanda.shared.tables.table import per_class
from extractors.shared.clip import CLASSES


def test_a_confusion_matrix_counts_true_by_row() -> None:
    told = pd.DataFrame({"label": ["sad", "sad", "happy"], "predicted": ["sad", "angry", "happy"]})
    expected = np.zeros((4, 4), int)
    expected[2, 2] = expected[2, 3] = expected[1, 1] = 1
    np.testing.assert_array_equal(confusion(told, CLASSES), expected)


def test_the_estimate_finds_the_shares_of_a_label_shift() -> None:
    """A classifier that is right in 3 of 4 of each class; on the target the shares are 0.4, 0.3, 0.2, 0.1."""
    label = np.repeat(np.arange(4), 4)
    predicted = label.copy()
    predicted[3::4] = (label[3::4] + 1) % 4
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    found = 0.75 * shares + 0.25 * np.roll(shares, 1)
    target = np.repeat(np.arange(4), np.round(found * 400).astype(int))
    estimate = estimate_shares(predicted, label, target, CLASSES)
    np.testing.assert_allclose([estimate[name] for name in per_class(SHARES, CLASSES)], shares, atol=1e-6)
    assert estimate[UNEXPLAINED] == pytest.approx(0, abs=1e-6)


def test_the_estimate_says_what_it_cannot_explain_or_tell() -> None:
    label = np.repeat(np.arange(4), 4)
    predicted = label.copy()
    predicted[3::4] = (label[3::4] + 1) % 4
    only = estimate_shares(
        predicted, label, np.zeros(10, int), CLASSES
    )  # 1, 0, 0, 0 predicted; 0.75, 0.25, 0, 0 is nearest
    assert only["estimated_share_neutral"] == pytest.approx(1, abs=0.1)
    assert only[UNEXPLAINED] == pytest.approx(0.25, abs=0.05)
    assert all(np.isnan(list(estimate_shares(np.zeros(16, int), label, predicted, CLASSES).values())))
    assert all(np.isnan(list(estimate_shares(predicted[:12], label[:12], predicted, CLASSES).values())))
    assert total_variation(np.array([1, 0, 0, 0]), np.array([0.5, 0.5, 0, 0])) == 0.5


def test_words_for_numbers() -> None:
    assert mean_and_spread([1.0, 3.0]) == "2.0 ± 1.4"
    assert mean_and_spread([float("nan")]) == "–"
    assert mean_and_spread([-1.0], 2) == "−1.00"
    assert [duration(value) for value in (None, 61.5, 3723)] == ["–", "1:02", "1:02:03"]
    assert several([Path("a/b/c.tsv"), Path("a/d/c.tsv")]) == "a/*/c.tsv"
