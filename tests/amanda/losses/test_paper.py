"""The losses on numbers worked out by hand, by their properties, and against the golden arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from helpers.normals import normal, tensor
from helpers.places import GOLDEN
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from amanda.losses.paper import (
    correlation_alignment,
    covariance,
    entropy,
    information_bottleneck,
    label_alignment,
    normalised,
)

PUBLISHED = np.load(GOLDEN / "amanda_release.npz")


def close(found: Tensor, expected: object) -> None:
    torch.testing.assert_close(found, tensor(expected), rtol=1e-9, atol=1e-12)


def test_entropy_by_hand() -> None:
    z = tensor([[1.0, 0.0], [3.0, 4.0]])  # variances 1 and 4, or 2 and 8 with n - 1
    close(entropy(z, "biased", 0.0), 0.5 * math.log(4))
    close(entropy(z, "unbiased", 0.0), 0.5 * math.log(16))
    close(entropy(z, "biased", 1.0), 0.5 * math.log(10))


@pytest.mark.parametrize("case", ["n128_d128", "n128_d4", "n128_d8", "n512_d128", "n96_d128", "n96_d4"])
@pytest.mark.parametrize("variance", ["biased", "unbiased"])
def test_entropy_agrees_with_the_golden_formula(case: str, variance: str) -> None:
    count, dim = (int(part[1:]) for part in case.split("_"))
    z = normal(f"logvar.{case}", (count, dim))
    close(entropy(z, variance, 0.0), PUBLISHED[f"logvar/{case}/EQ5_half_sum_log_var_{variance}_numpy"])


def test_entropy_survives_a_dead_unit() -> None:
    z = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z[:, 1] = 0
    z.requires_grad_()
    value = entropy(z, "biased", 1e-6)
    (gradient,) = torch.autograd.grad(value, z)
    assert value.isfinite()
    assert gradient.isfinite().all()
    assert gradient[:, 1].abs().max() == 0


def test_entropy_grows_by_the_logarithm_of_the_scale() -> None:
    z = normal("scale", (20, 5))
    close(entropy(3 * z, "biased", 0.0) - entropy(z, "biased", 0.0), 5 * math.log(3))


def test_information_bottleneck_adds_weighted_terms() -> None:
    cross_entropies = {"text": tensor(1.0), "joint": tensor(2.0)}
    entropies = {"text": tensor(-10.0), "joint": tensor(-30.0)}
    weights = {"text": 0.5, "joint": 1.0}
    close(information_bottleneck(cross_entropies, entropies, 0.01, weights), 0.5 + 2 - 0.4)


def test_information_bottleneck_leaves_a_term_of_weight_zero_without_gradient() -> None:
    head = torch.ones(2, requires_grad=True)
    other = torch.ones(2, requires_grad=True)
    loss = information_bottleneck({"text": head.sum(), "joint": other.sum()}, {}, 0.0, {"text": 0.0, "joint": 1.0})
    loss.backward()
    assert head.grad is None
    assert other.grad is not None


def test_label_alignment_by_hand() -> None:
    logits = tensor([[math.log(3), 0.0], [0.0, math.log(3)]])  # predictions (3/4, 1/4) and (1/4, 3/4), mean (1/2, 1/2)
    close(label_alignment(logits, tensor([0.25, 0.75])), math.log(2))


def test_label_alignment_is_least_at_the_prior_where_it_is_its_entropy() -> None:
    prior = tensor([2 / 9, 3 / 9, 2 / 9, 2 / 9])
    least = -(prior * prior.log()).sum()
    close(label_alignment(prior.log().expand(5, 4), prior), least)
    assert float(least) == pytest.approx(1.3689, abs=1e-4)
    assert label_alignment(normal("logits", (5, 4)), prior) > least


def test_label_alignment_is_finite_when_every_prediction_is_confident_and_wrong() -> None:
    logits = torch.tensor([[1000.0, 0.0, 0.0, 0.0]] * 3, requires_grad=True)
    value = label_alignment(logits, torch.tensor([0.1, 0.3, 0.3, 0.3]))
    value.backward()
    assert float(value.detach()) == pytest.approx(900.0)
    assert logits.grad.isfinite().all()
    torch.testing.assert_close(logits.grad.sum(dim=1), torch.zeros(3), atol=1e-6, rtol=0)


def test_covariance_by_hand() -> None:
    x = tensor([[0.0, 0.0], [2.0, 4.0]])  # mean (1, 2), deviations (-1, -2) and (1, 2)
    close(covariance(x, "centred"), [[2.0, 4.0], [4.0, 8.0]])
    close(covariance(x, "uncentred_published_code"), [[4.0 - 1, 8.0 - 2], [8.0 - 2, 16.0 - 4]])


def test_correlation_alignment_by_hand() -> None:
    source, target = tensor([[0.0], [2.0]]), tensor([[0.0], [4.0], [2.0]])  # variances 2 and 4
    close(correlation_alignment(source, target, "centred"), 4.0)


def golden_sets(case: str) -> tuple[Tensor, Tensor]:
    if case == "coral4":
        return tensor(PUBLISHED["coral4/S"]), tensor(PUBLISHED["coral4/T"])
    return normal("coral.Xs", (128, 128)), 1.3 * normal("coral.Xt", (96, 128)) + 0.2


def check_against(case: str, name: str, found: Tensor) -> None:
    """Compare with the whole golden array, or with its norm and the part of it that is stored."""
    if f"{case}/{name}" in PUBLISHED:
        close(found, PUBLISHED[f"{case}/{name}"])
        return
    close(found.norm(), PUBLISHED[f"{case}/{name}_fro"])
    part = found[:8, :8] if name.startswith("C_") else found[:8]
    close(part, PUBLISHED[f"{case}/{name}_{'8x8' if name.startswith('C_') else 'row0_8'}"])


@pytest.mark.parametrize("case", ["coral4", "coral128"])
def test_the_releases_covariance_and_loss(case: str) -> None:
    sets = dict(zip("ST", golden_sets(case), strict=True))
    for side, values in sets.items():
        check_against(case, f"C_{side.lower()}", covariance(values, "uncentred_published_code"))
        close(values.mean(0, keepdim=True), PUBLISHED[f"{case}/mean_{side.lower()}"])
        values.requires_grad_()
    value = correlation_alignment(sets["S"], sets["T"], "uncentred_published_code")
    close(value, PUBLISHED[f"{case}/value"])
    for side, gradient in zip("ST", torch.autograd.grad(value, list(sets.values())), strict=True):
        check_against(case, f"grad_{side}", gradient)
    centred = correlation_alignment(sets["S"], sets["T"], "centred")
    close(centred, PUBLISHED[f"{case}/CENTRED_value_numpy"])
    for side, gradient in zip("ST", torch.autograd.grad(centred, list(sets.values())), strict=True):
        close(gradient.norm(), PUBLISHED[f"{case}/CENTRED_grad_{side}_fro_numpy"])
        close(gradient[0], PUBLISHED[f"{case}/CENTRED_grad_{side}_row0_numpy"])


def test_correlation_alignment_sees_neither_means_nor_a_common_rotation() -> None:
    source, target = normal("source", (30, 4)), normal("target", (20, 4)) * 1.5
    rotation, _ = torch.linalg.qr(normal("rotation", (4, 4)))
    value = correlation_alignment(source, target, "centred")
    close(correlation_alignment(source + 3, target - 1, "centred"), value)
    close(correlation_alignment(source @ rotation, target @ rotation, "centred"), value)
    close(correlation_alignment(target, source, "centred"), value)
    close(correlation_alignment(2 * source, 2 * target, "centred"), 16 * value)
    close(correlation_alignment(source, source[torch.randperm(30)], "centred"), 0.0)


def test_the_joint_loss_exceeds_the_sum_of_the_unimodal_ones() -> None:
    sources = [normal(f"s{m}", (30, 3)) for m in range(3)]
    targets = [normal(f"t{m}", (25, 3)) for m in range(3)]
    each = [correlation_alignment(s, t, "centred") for s, t in zip(sources, targets, strict=True)]
    joint = correlation_alignment(torch.cat(sources, 1), torch.cat(targets, 1), "centred")
    assert joint >= sum(each)


def test_the_releases_loss_on_predictions_aligns_the_class_marginals() -> None:
    source, target = normal("ps", (40, 4)).softmax(1), normal("pt", (30, 4)).softmax(1)
    close(covariance(source, "uncentred_published_code").sum(1), source.mean(0))  # rows of probabilities sum to 1
    gap = (source.mean(0) - target.mean(0)).square().sum()
    assert correlation_alignment(source, target, "uncentred_published_code") >= gap / 4


def test_normalised_shares() -> None:
    close(normalised(tensor([1.0, 1.0, 2.0])), [0.25, 0.25, 0.5])
    close(normalised(tensor([0.0, 0.0, 0.0])), [1 / 3] * 3)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 5), st.integers(0, 1000))
def test_gradient_of_correlation_alignment(ours: int, theirs: int, dim: int, seed: int) -> None:
    """Equal to 4/(n-1) (S - mean)(C_s - C_t)."""
    stream = torch.Generator().manual_seed(seed)
    source = torch.randn(ours, dim, dtype=torch.float64, generator=stream).requires_grad_()
    target = torch.randn(theirs, dim, dtype=torch.float64, generator=stream)
    (found,) = torch.autograd.grad(correlation_alignment(source, target, "centred"), source)
    gap = covariance(source, "centred") - covariance(target, "centred")
    close(found, (4 / (ours - 1) * (source - source.mean(0)) @ gap).detach())
