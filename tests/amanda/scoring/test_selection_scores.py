"""Label-free scores of an epoch: the numbers of their originals, numbers by hand, and what fools each of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers import places

from amanda.scoring import selection_scores
from amanda.scoring.metrics import information_maximisation, probabilities
from amanda.scoring.selection_scores import (
    batch_nuclear_norm,
    certainty,
    deep_embedded_validation,
    label_prior,
    soft_neighbourhood_density,
    weighted_risk,
)

GOLDEN = np.load(places.GOLDEN / "validators.npz")
SCORES = {
    "entropy_score": certainty,
    "IM_score": information_maximisation,
    "BNM_score": batch_nuclear_norm,
    "SND_score_preds_T0.05": soft_neighbourhood_density,
}


@pytest.mark.parametrize("name", SCORES)
def test_scores_agree_with_pytorch_adapt(name: str) -> None:
    assert SCORES[name](GOLDEN["in/logits_t"]) == pytest.approx(float(GOLDEN[f"pytorch_adapt/{name}"]), abs=1e-9)


@pytest.mark.parametrize("case", ["collapsed_one_class", "uniform", "confident_balanced"])
def test_degenerate_predictions(case: str) -> None:
    entropy, _, *expected = GOLDEN[f"degenerate/{case}/entropy_diversity_IM_BNM_SND"]
    logits = GOLDEN[f"degenerate/{case}/logits"]
    assert certainty(logits) == pytest.approx(entropy, abs=1e-9)
    found = [information_maximisation(logits), batch_nuclear_norm(logits), soft_neighbourhood_density(logits)]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_weighted_risk_agrees_with_pytorch_adapt() -> None:
    weights, errors = GOLDEN["in/dev_weights"][:, 0], GOLDEN["in/dev_errors"][:, 0]
    assert weighted_risk(weights, errors) == pytest.approx(float(GOLDEN["pytorch_adapt/DEV_risk_norm_None"]), abs=1e-12)


EVEN = np.zeros((4, 2))
SURE = 50.0 * np.array([[1.0, 0.0], [0.0, 1.0]])
"""Two clips, each wholly sure of its own of two classes."""


def test_certainty_by_hand() -> None:
    assert certainty(EVEN) == pytest.approx(-math.log(2))
    assert certainty(SURE) == pytest.approx(0.0)


def test_information_maximisation_by_hand() -> None:
    assert information_maximisation(EVEN) == pytest.approx(0.0)
    assert information_maximisation(SURE) == pytest.approx(math.log(2))


def test_the_nuclear_norm_by_hand() -> None:
    """The identity of size 2 has norm 2; a 4 x 2 matrix of halves has rank 1 and norm sqrt(4 · 2) / 2."""
    assert batch_nuclear_norm(SURE) == pytest.approx(2 / 2)
    assert batch_nuclear_norm(EVEN) == pytest.approx(math.sqrt(8) / 2 / 4)


def test_neighbourhood_density_by_hand() -> None:
    """Of three clips, two alike and one at right angles: similarities 1/T and 0 for the two, 0 and 0 for the third."""
    logits = 500.0 * np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    near = 1 / (1 + math.exp(-1 / 0.05))
    pair = -near * math.log(near) - (1 - near) * math.log(1 - near)
    assert soft_neighbourhood_density(logits) == pytest.approx((2 * pair + math.log(2)) / 3, abs=1e-12)
    assert soft_neighbourhood_density(logits[:1]) == 0.0


def test_neighbours_are_looked_for_among_a_sample_of_many_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    logits = np.random.default_rng(0).standard_normal((9, 4))
    monkeypatch.setattr(selection_scores, "NEIGHBOURS", 5)
    assert soft_neighbourhood_density(logits) == soft_neighbourhood_density(logits[[0, 2, 4, 6, 8]])


def test_the_label_prior_by_hand() -> None:
    prior = np.array([0.75, 0.25])
    divergence = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)
    assert label_prior(EVEN, prior) == pytest.approx(-divergence)
    assert label_prior(np.log(np.tile(prior, (3, 1))), prior) == pytest.approx(0.0)
    assert np.isfinite(label_prior(np.array([[3000.0, 0.0]]), prior))


def test_the_label_prior_is_eq_8_above_its_minimum() -> None:
    logits, prior = GOLDEN["in/logits_t"], np.array([0.4, 0.3, 0.2, 0.1])
    alignment = -(prior * np.log(probabilities(logits).mean(axis=0))).sum()
    assert label_prior(logits, prior) == pytest.approx(-(alignment + (prior * np.log(prior)).sum()))


def test_deep_embedded_validation_by_hand() -> None:
    """Weights 1 and 3, losses ln 2 and 2 ln 2: η = -Cov(w l, w) / Var(w) = -2.5 ln 2."""
    logits = np.array([[0.0, 0.0], [math.log(3), 0.0]])
    log_ratio = np.log([1.0, 3.0])
    risk = 3.5 * math.log(2) - 2.5 * math.log(2) * 2 + 2.5 * math.log(2)
    found = deep_embedded_validation(logits, np.array([0, 1]), log_ratio)
    assert found == pytest.approx(-risk)


def test_without_shift_deep_embedded_validation_is_the_validation_loss() -> None:
    logits = GOLDEN["in/logits_t"]
    label = np.arange(60) % 4
    losses = -np.log(probabilities(logits)[np.arange(60), label])
    assert deep_embedded_validation(logits, label, np.zeros(60)) == pytest.approx(-losses.mean())


def test_a_clip_far_outside_the_source_does_not_overflow() -> None:
    value = deep_embedded_validation(GOLDEN["in/logits_t"], np.zeros(60, int), np.linspace(-900, 900, 60))
    assert np.isfinite(value)


def test_the_control_variate_lowers_the_variance_of_the_estimate() -> None:
    """Losses that hardly depend on the clip, weights of mean 1: the estimate then hardly depends on the weights."""
    draw = np.random.default_rng(0)
    plain, controlled = [], []
    for _ in range(200):
        weights, losses = draw.exponential(1, 50), 1 + 0.01 * draw.standard_normal(50)
        plain.append((weights * losses).mean())
        controlled.append(weighted_risk(weights, losses))
    assert np.std(controlled) < 0.1 * np.std(plain)
    assert np.mean(controlled) == pytest.approx(1.0, abs=0.01)
