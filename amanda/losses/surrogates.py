"""The modality-balanced alignment loss (MBAL) h(a) of Eq. 11 and its weights psi, in the two families of section 3.2.

``a`` holds the M+1 alignment losses, [M+1], each >= 0. For every family d h / d a_m = psi_m (Eq. 12), which is what
autograd returns; the closed forms here are for the record.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def norm(a: Tensor, p: float) -> Tensor:
    """The p-norm of ``a``, phi(a) = a^p, for p in [1, inf].

    Scaled by the largest loss before the power, so that neither tiny nor huge losses under- or overflow. Where all
    losses are zero the value is 0; its gradient there is 1 for p = 1, shared evenly for p = inf, and 0 in between.
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
    """(1/t) ln Σ exp(t a_m), phi(a) = exp(t a), for t > 0; ln(M+1)/t, not 0, where everything is aligned.

    Shifted by the largest loss, so that large losses neither overflow nor cost the gradient its precision.
    """
    largest = a.detach().amax()
    return largest + (t * (a - largest)).logsumexp(dim=0) / t


def log_exp_weights(a: Tensor, t: float) -> Tensor:
    """Weights psi of log-exp, softmax(t a), without gradient; it sums to 1 (Lemma 1).

    Eq. 15 as printed sums its denominator to M; with M+1 it is the gradient of h.
    """
    return (t * a.detach()).softmax(dim=0)


def surrogate(a: Tensor, settings: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """The value h(a) and the weights psi [M+1] of the family in ``settings``.

    Args:
        a: the alignment losses, [M+1].
        settings: ``{"family": "norm", "p": number or "inf"}`` or ``{"family": "log_exp", "t": number}``;
            ``log_exp_published_code`` is the latter without 1/t, as in the authors' published code.
    """
    if settings["family"] == "norm":
        p = float(settings["p"])
        return norm(a, p), norm_weights(a, p)
    t = float(settings["t"])
    factor = t if settings["family"] == "log_exp_published_code" else 1.0
    return factor * log_exp(a, t), factor * log_exp_weights(a, t)


def violations(a: Tensor, value: Tensor, psi: Tensor, settings: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """By how much Lemma 1 and Theorem 1 fail, two scalars; 0 up to rounding.

    Lemma 1: the q-norm (norms, 1/p + 1/q = 1) or 1-norm (log-exp) of psi is 1. Theorem 1: Σ psi_m a_m <= h(a), where
    the exact gap is 0 for norms (Euler: h is homogeneous of degree 1) and H(psi)/t for log-exp. The second is relative
    to h, or to 1 + h. Where all losses are 0 a norm with 1 < p < inf has no gradient, and nothing is claimed.

    Args:
        a: the alignment losses, [M+1].
        value: h(a).
        psi: the gradient of h that training applies, [M+1].
        settings: those of :func:`surrogate`.
    """
    a, value = a.detach(), value.detach()
    gap = value - (psi * a).sum()
    if settings["family"] == "norm":
        p = float(settings["p"])
        q = math.inf if p == 1 else 1.0 if math.isinf(p) else p / (p - 1)
        positive = value > 0
        lemma = torch.where(positive, torch.linalg.vector_norm(psi, q) - 1, 0)
        return lemma.abs(), torch.where(positive, gap / torch.where(positive, value, 1), 0).abs()
    entropy = torch.special.entr(psi).sum() / float(settings["t"])
    return (psi.abs().sum() - 1).abs(), (gap - entropy).abs() / (1 + value)
