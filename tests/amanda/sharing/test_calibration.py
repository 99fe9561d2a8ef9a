"""Temperature and calibration error, worked out by hand and on predictions whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from amanda.scoring.metrics import probabilities
from amanda.sharing.calibration import calibration_error, fit_temperature, log_probabilities
from amanda.sharing.prediction import combine


def test_the_mean_of_softmaxes() -> None:
    logits = np.random.default_rng(0).normal(size=(3, 5, 4)) * 9
    wanted = np.mean([probabilities(each / 2.5) for each in logits], axis=0)
    np.testing.assert_allclose(np.exp(log_probabilities(logits, 2.5)), wanted, atol=1e-12)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.1])
def test_a_temperature_that_labels_were_drawn_with_is_found(temperature: float) -> None:
    draw = np.random.default_rng(0)
    logits = draw.normal(size=(20000, 4)) * 2 * temperature
    chances = probabilities(logits / temperature).cumsum(axis=1)
    label = (draw.random((20000, 1)) > chances).sum(axis=1)
    assert fit_temperature(logits[None], label) == pytest.approx(temperature, rel=0.05)


def test_one_network_by_hand() -> None:
    """Right in 3 of 4 clips with logits (1, 0): the likeliest probability is 3/4, so T = 1 / log 3."""
    logits = np.zeros((1, 4, 4))
    logits[..., 2:] = -1e9
    logits[..., 0] = 1
    assert fit_temperature(logits, np.array([0, 0, 0, 1])) == pytest.approx(1 / np.log(3), rel=1e-3)


def test_calibration_error_by_hand() -> None:
    """Two clips at .9, one of them right, and two at .6, both right: (|1 - 1.8| + |2 - 1.2|) / 4."""
    sure, unsure = [0.9, 0.1, 0, 0], [0.6, 0.4, 0, 0]
    found = calibration_error(np.array([sure, sure, unsure, unsure]), np.array([0, 1, 0, 0]))
    assert found == pytest.approx((0.8 + 0.8) / 4)
    assert calibration_error(np.array([[1.0, 0, 0, 0]]), np.array([0])) == 0


def test_networks_that_disagree() -> None:
    joint = np.array([[[2.0, 0, 0, 0]], [[0.0, 1, 0, 0]], [[2.0, 0, 0, 0]]])
    found = combine(("a", "b", "c", "d"), {"joint": joint, "text": joint}, {"joint": 2.0, "text": 1.0})
    assert found.agreement.tolist() == [2 / 3]
    assert found.predicted == ["a"]
    wanted = np.mean([probabilities(each / 2) for each in joint], axis=0)
    np.testing.assert_allclose(found.probabilities, wanted, atol=1e-12)
