"""The surrogates h and their weights psi: golden values, Lemma 1, Theorem 1, limits, zeros and extremes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from helpers.places import GOLDEN
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from amanda.losses.surrogates import log_exp, log_exp_weights, norm, norm_weights, surrogate

FORMULAS = np.load(GOLDEN / "paper_formulas.npz")
PUBLISHED = np.load(GOLDEN / "amanda_release.npz")

P = (1.0, 1.5, 2.0, 3.0, 10.0, 50.0, math.inf)
T = (0.001, 0.5, 1.0, 5.0, 100.0)
FAMILIES = [{"family": "norm", "p": "inf" if math.isinf(p) else p} for p in P]
FAMILIES += [{"family": "log_exp", "t": t} for t in T]

PROPERTY = settings(max_examples=25, deadline=None)
LOSSES = st.lists(st.floats(1e-6, 1e4), min_size=2, max_size=5)


def tensor(values: object) -> Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float64)


def gradient(a: Tensor, family: dict) -> Tensor:
    a = a.clone().requires_grad_()
    (found,) = torch.autograd.grad(surrogate(a, family)[0], a)
    return found


@pytest.mark.parametrize("row", range(9))
def test_norms_agree_with_the_golden_values(row: int) -> None:
    a = tensor(FORMULAS["mbal/a"][row])
    for place, p in enumerate(FORMULAS["mbal/p"]):
        expected, psi = FORMULAS["mbal/norm_h"][place, row], FORMULAS["mbal/norm_psi"][place, row]
        family = {"family": "norm", "p": float(p)}
        assert float(surrogate(a, family)[0]) == pytest.approx(expected, rel=1e-9)
        np.testing.assert_allclose(surrogate(a, family)[1], psi, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(gradient(a, family), psi, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("row", range(9))
def test_log_exps_agree_with_the_golden_values(row: int) -> None:
    a = tensor(FORMULAS["mbal/a"][row])
    for place, t in enumerate(FORMULAS["mbal/t"]):
        expected, psi = FORMULAS["mbal/logexp_h"][place, row], FORMULAS["mbal/logexp_psi"][place, row]
        family = {"family": "log_exp", "t": float(t)}
        assert float(surrogate(a, family)[0]) == pytest.approx(expected, rel=1e-9)
        np.testing.assert_allclose(surrogate(a, family)[1], psi, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(gradient(a, family), psi, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("case", "family"),
    [
        ("p1", {"family": "norm", "p": 1}),
        ("p1.5", {"family": "norm", "p": 1.5}),
        ("p2", {"family": "norm", "p": 2}),
        ("p3", {"family": "norm", "p": 3}),
        ("p10", {"family": "norm", "p": 10}),
        ("p50", {"family": "norm", "p": 50}),
        ("p100_is_max", {"family": "norm", "p": "inf"}),
        ("logexp_t1", {"family": "log_exp", "t": 1}),
    ],
)
def test_the_releases_combinations_where_they_are_finite(case: str, family: dict) -> None:
    for a, value, psi in zip(
        PUBLISHED["combo/a"], PUBLISHED[f"combo/{case}/value"], PUBLISHED[f"combo/{case}/grad"], strict=True
    ):
        underflowed = value == 0 and a.max() > 0  # the naive power of the published code gives up on small losses
        tie = case == "p100_is_max" and (a == a.max()).sum() > 1  # it gives the first of equals everything
        if not np.isfinite(value) or not np.isfinite(psi).all() or underflowed or tie or a.max() == 0:
            continue
        assert float(surrogate(tensor(a), family)[0]) == pytest.approx(value, rel=1e-9)
        np.testing.assert_allclose(gradient(tensor(a), family), psi, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("t", [0.5, 5.0])
def test_the_releases_other_log_exps_lack_one_over_t(t: float) -> None:
    case = {0.5: "p0.5_is_logexp_t0.5_without_1_over_t", 5.0: "p105_is_logexp_t5_without_1_over_t"}[t]
    for a, value in zip(PUBLISHED["combo/a"], PUBLISHED[f"combo/{case}/value"], strict=True):
        if np.isfinite(value):
            assert float(t * log_exp(tensor(a), t)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("family", FAMILIES, ids=str)
@PROPERTY
@given(a=LOSSES)
def test_gradient_is_psi(family: dict, a: list[float]) -> None:
    """Eq. 12: the gradient of h in the parameters is the psi-weighted sum of the gradients of the losses."""
    direction = torch.linspace(0.5, 2.0, len(a), dtype=torch.float64)
    theta = torch.zeros((), dtype=torch.float64, requires_grad=True)
    losses = tensor(a) + theta * direction
    value, psi = surrogate(losses, family)
    (through,) = torch.autograd.grad(value, theta, retain_graph=True)
    (weighted,) = torch.autograd.grad((psi * losses).sum(), theta)
    assert float(through) == pytest.approx(float(weighted), rel=1e-9)
    assert not psi.requires_grad


@pytest.mark.parametrize("p", P)
@PROPERTY
@given(a=LOSSES)
def test_lemma_1_and_theorem_1_of_norms(p: float, a: list[float]) -> None:
    a = tensor(a)
    psi, q = norm_weights(a, p), math.inf if p == 1 else 1.0 if math.isinf(p) else p / (p - 1)
    assert float(torch.linalg.vector_norm(psi, q)) == pytest.approx(1.0, rel=1e-9)
    assert float((psi * a).sum()) == pytest.approx(float(norm(a, p)), rel=1e-9)  # Euler: an equality


@pytest.mark.parametrize("t", T)
@PROPERTY
@given(a=LOSSES)
def test_lemma_1_and_theorem_1_of_log_exps(t: float, a: list[float]) -> None:
    a = tensor(a)
    psi = log_exp_weights(a, t)
    gap = float(log_exp(a, t) - (psi * a).sum())
    assert float(psi.sum()) == pytest.approx(1.0, rel=1e-9)
    assert gap == pytest.approx(float(torch.special.entr(psi).sum()) / t, abs=1e-9 * (1 + float(a.max())))
    assert gap <= math.log(len(a)) / t + 1e-9 * (1 + float(a.max()))


@pytest.mark.parametrize("family", FAMILIES, ids=str)
@PROPERTY
@given(a=LOSSES)
def test_larger_losses_have_larger_weights(family: dict, a: list[float]) -> None:
    a = tensor(sorted(a))
    psi = surrogate(a, family)[1]
    assert (psi.diff() >= -1e-12).all()


@PROPERTY
@given(a=LOSSES, factor=st.floats(0.01, 100))
def test_norms_scale_and_log_exps_shift(a: list[float], factor: float) -> None:
    a = tensor(a)
    assert float(norm(factor * a, 3)) == pytest.approx(factor * float(norm(a, 3)), rel=1e-9)
    torch.testing.assert_close(norm_weights(factor * a, 3), norm_weights(a, 3))
    assert float(log_exp(a + factor, 2)) == pytest.approx(float(log_exp(a, 2)) + factor, rel=1e-9)
    torch.testing.assert_close(log_exp_weights(a + factor, 2), log_exp_weights(a, 2))
    assert float(log_exp(factor * a, 2)) == pytest.approx(factor * float(log_exp(a, 2 * factor)), rel=1e-9)


@PROPERTY
@given(a=LOSSES)
def test_between_largest_and_sum_and_falling_with_p(a: list[float]) -> None:
    a = tensor(a)
    values = [float(norm(a, p)) for p in P]
    assert values == sorted(values, reverse=True) or np.allclose(values, sorted(values, reverse=True), rtol=1e-12)
    assert values[0] == pytest.approx(float(a.sum()))
    assert values[-1] == float(a.max())
    for p, value in zip(P, values, strict=True):
        assert value <= len(a) ** (1 / p) * float(a.max()) * (1 + 1e-12)


def test_limits() -> None:
    a = tensor([0.2, 1.0, 3.0, 0.7])
    assert float(norm(a, 1.000001)) == pytest.approx(float(a.sum()), rel=1e-4)
    assert float(norm(a, 1000)) == pytest.approx(3.0)
    np.testing.assert_allclose(norm_weights(a, 1000), [0, 0, 1, 0], atol=1e-12)
    assert float(log_exp(a, 1000)) == pytest.approx(3.0)
    t = 1e-6
    assert float(log_exp(a, t)) - math.log(4) / t == pytest.approx(float(a.mean()), abs=1e-4)
    np.testing.assert_allclose(log_exp_weights(a, t), [0.25] * 4, atol=1e-5)


@pytest.mark.parametrize("p", P)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_norms_of_zeros_are_zero_with_finite_gradient(p: float, dtype: torch.dtype) -> None:
    a = torch.zeros(4, dtype=dtype, requires_grad=True)
    value = norm(a, p)
    (found,) = torch.autograd.grad(value, a)
    assert float(value.detach()) == 0.0
    expected = 1.0 if p == 1 else 0.25 if math.isinf(p) else 0.0
    assert found.tolist() == [expected] * 4
    assert norm_weights(a, p).tolist() == [expected] * 4


def test_log_exp_of_zeros_is_not_zero() -> None:
    assert float(log_exp(torch.zeros(4), 1)) == pytest.approx(math.log(4))


@pytest.mark.parametrize("scale", [1e-12, 1e-5, 7.1e3, 1e12])
def test_norms_of_tiny_and_huge_losses_in_float32(scale: float) -> None:
    a = (torch.tensor([1.0, 2.0, 0.0, 4.0]) * scale).requires_grad_()
    for p in (1.5, 2.0, 10.0, 50.0):
        value = norm(a, p)
        (found,) = torch.autograd.grad(value, a)
        exact = norm(torch.tensor([1.0, 2.0, 0.0, 4.0], dtype=torch.float64), p)
        assert float(value.detach()) == pytest.approx(float(exact) * scale, rel=1e-5)
        torch.testing.assert_close(found, norm_weights(a, p), rtol=1e-4, atol=1e-6)


def test_log_exp_of_huge_losses_in_float32() -> None:
    a = torch.tensor([1e4, 2.0, 0.0, 1e4 - 1], requires_grad=True)
    value = log_exp(a, 1)
    (found,) = torch.autograd.grad(value, a)
    assert float(value.detach()) == pytest.approx(1e4, rel=1e-4)
    assert float(found.sum()) == pytest.approx(1.0)


def test_equal_largest_losses_share_the_weight_of_the_infinity_norm() -> None:
    a = tensor([1.0, 2.0, 2.0, 0.0])
    assert norm_weights(a, math.inf).tolist() == [0.0, 0.5, 0.5, 0.0]
    assert gradient(a, {"family": "norm", "p": "inf"}).tolist() == [0.0, 0.5, 0.5, 0.0]
