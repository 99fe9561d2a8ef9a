"""The modality-balanced alignment loss (MBAL) h(a) of Eq. 11 and its weights psi, in the two families of section 3.2.

``a`` holds the M+1 alignment losses, [M+1], each >= 0. For every family d h / d a_m = psi_m (Eq. 12), and autograd
returns these derivatives. The closed forms here are used only to record psi.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from extractors.shared.settings import Settings, key


class Norm(Settings):
    """The p-norm (Eq. 14)."""

    family: Literal["norm"] = key("the p-norm (Eq. 14)")
    p: Annotated[float, Field(ge=1)] | Literal["inf"] = key("at least 1; 1 is the plain sum, inf the largest loss")


class LogExp(Settings):
    """The log-exp function (Eq. 15)."""

    family: Literal["log_exp", "log_exp_published_code"] = key(
        "the log-exp function (Eq. 15); log_exp_published_code: without 1/t, as in the published code"
    )
    t: float = key("the larger, the closer to the largest loss", gt=0)


Surrogate = Annotated[Norm | LogExp, Field(discriminator="family")]


def norm(a: Tensor, p: float) -> Tensor:
    """The p-norm of ``a``, phi(a) = a^p, for p in [1, inf].

    Losses are divided by the largest before the power, so that small losses do not underflow and large ones do not
    overflow. If all losses are zero the value is 0; the gradient is then 1 for p = 1, shared evenly for p = inf, and 0
    for other p.
    """
    if p == 1:
        return a.sum()
    if math.isinf(p):
        return a.amax()
    largest = a.detach().amax()
    positive = largest > 0
    scale = torch.where(positive, largest, 1)
    total = (a / scale).pow(p).sum()
    return largest * torch.where(positive, total, 1).pow(1 / p)


def norm_weights(a: Tensor, p: float) -> Tensor:
    """Weights psi of the p-norm, (a_m / ‖a‖_p)^(p-1) (Eq. 14), without gradient; its q-norm is 1 (Lemma 1).

    At p = inf the weight is shared evenly by all losses that equal the largest.
    """
    a = a.detach()
    if p == 1:
        return torch.ones_like(a)
    if math.isinf(p):
        largest = (a == a.amax()).to(a.dtype)
        return largest / largest.sum()
    value = norm(a, p)
    return (a / torch.where(value > 0, value, 1)).pow(p - 1)


def log_exp(a: Tensor, t: float) -> Tensor:
    """(1/t) ln Σ exp(t a_m), phi(a) = exp(t a), for t > 0; ln(M+1)/t, not 0, if everything is aligned.

    The largest loss is subtracted first, so that large losses do not overflow and the gradient stays precise.
    """
    largest = a.detach().amax()
    return largest + (t * (a - largest)).logsumexp(dim=0) / t


def log_exp_weights(a: Tensor, t: float) -> Tensor:
    """Weights psi of log-exp, softmax(t a), without gradient; it sums to 1 (Lemma 1).

    Eq. 15 as printed sums its denominator to M; with M+1 it is the gradient of h.
    """
    return (t * a.detach()).softmax(dim=0)


def surrogate(a: Tensor, settings: Norm | LogExp) -> tuple[Tensor, Tensor]:
    """The value h(a) and the weights psi [M+1] of the family in ``settings``.

    Args:
        a: the alignment losses, [M+1].
        settings: the family and its parameter.
    """
    if isinstance(settings, Norm):
        p = float(settings.p)
        return norm(a, p), norm_weights(a, p)
    factor = settings.t if settings.family == "log_exp_published_code" else 1.0
    return factor * log_exp(a, settings.t), factor * log_exp_weights(a, settings.t)


def violations(a: Tensor, value: Tensor, psi: Tensor, settings: Norm | LogExp) -> tuple[Tensor, Tensor]:
    """The amounts by which Lemma 1 and Theorem 1 are violated, two scalars; 0 up to rounding.

    Lemma 1: the q-norm (norms, 1/p + 1/q = 1) or 1-norm (log-exp) of psi is 1. Theorem 1: Σ psi_m a_m <= h(a). The
    exact gap is 0 for norms (Euler: h is homogeneous of degree 1) and H(psi)/t for log-exp. The second amount is
    relative to h, or to 1 + h. If all losses are 0, a norm with 1 < p < inf has no gradient and both amounts are 0.

    Args:
        a: the alignment losses, [M+1].
        value: h(a).
        psi: the gradient of h that training applies, [M+1].
        settings: those of :func:`surrogate`.
    """
    a, value = a.detach(), value.detach()
    gap = value - (psi * a).sum()
    if isinstance(settings, Norm):
        p = float(settings.p)
        q = math.inf if p == 1 else 1.0 if math.isinf(p) else p / (p - 1)
        positive = value > 0
        lemma = torch.where(positive, torch.linalg.vector_norm(psi, q) - 1, 0)
        return lemma.abs(), torch.where(positive, gap / torch.where(positive, value, 1), 0).abs()
    entropy = torch.special.entr(psi).sum() / settings.t
    return (psi.abs().sum() - 1).abs(), (gap - entropy).abs() / (1 + value)
