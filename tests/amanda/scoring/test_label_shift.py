"""The estimate of the target's label shares: exact where its assumption holds, and not given where it cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from amanda.scoring.label_shift import estimate_shares, total_variation
from amanda.shared.tables.scores import SHARES, UNEXPLAINED
from amanda.shared.tables.table import per_class
from extractors.shared.clip import CLASSES

COLUMNS = per_class(SHARES, CLASSES)
LABEL = np.repeat(np.arange(4), 10)
PREDICTED = np.concatenate([[0] * 8 + [1] * 2, [1] * 7 + [2] * 3, [2] * 9 + [0], [3] * 6 + [0] * 4])
"""Ten clips of each class, of which 8, 7, 9 and 6 are told; the mistakes are not symmetric."""


def clips(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(4), counts)


def test_another_mixture_of_the_same_mistakes_is_found_exactly() -> None:
    """Shares 0.5, 0.2, 0, 0.3: predictions 0.4 + 0.12, 0.1 + 0.14, 0.06 and 0.18 of each class."""
    found = estimate_shares(PREDICTED, LABEL, clips(52, 24, 6, 18), CLASSES)
    assert [found[name] for name in COLUMNS] == pytest.approx([0.5, 0.2, 0.0, 0.3], abs=1e-6)
    assert found[UNEXPLAINED] == pytest.approx(0, abs=1e-6)


def test_how_many_clips_of_a_class_the_source_has_does_not_matter() -> None:
    twice = LABEL == 3
    label, predicted = (np.concatenate([values, values[twice]]) for values in (LABEL, PREDICTED))
    one, other = (
        estimate_shares(p, y, clips(30, 30, 20, 20), CLASSES) for p, y in ((PREDICTED, LABEL), (predicted, label))
    )
    assert one == pytest.approx(other, abs=1e-9)


def test_shares_are_a_distribution_and_what_none_explains_is_told() -> None:
    """No mixture predicts nothing but the last class: of those of the last class, four tenths go elsewhere."""
    found = estimate_shares(PREDICTED, LABEL, clips(0, 0, 0, 50), CLASSES)
    shares = np.array([found[name] for name in COLUMNS])
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1)
    assert shares[3] == pytest.approx(1, abs=1e-3)
    assert found[UNEXPLAINED] == pytest.approx(0.4, abs=1e-3)


@pytest.mark.parametrize("predicted", [np.zeros(40, int), np.where(LABEL == 3, 2, LABEL)], ids=["all", "two"])
def test_classes_that_are_not_told_apart_have_no_estimate(predicted: np.ndarray) -> None:
    assert np.isnan(list(estimate_shares(predicted, LABEL, clips(5, 5, 5, 5), CLASSES).values())).all()


def test_a_class_without_a_clip_of_the_source_has_no_estimate() -> None:
    kept = LABEL != 2
    assert np.isnan(list(estimate_shares(PREDICTED[kept], LABEL[kept], clips(5, 5, 5, 5), CLASSES).values())).all()


def test_total_variation_is_the_least_share_that_would_have_to_move() -> None:
    assert total_variation([0.5, 0.5, 0], [0.25, 0.5, 0.25]) == pytest.approx(0.25)
    assert total_variation([1, 0], [0, 1]) == 1.0
