"""The losses of the paper as pure functions, one equation each, stable where the printed formula is not.

Shapes: ``representations`` and ``features`` are [clips, d], ``logits`` [clips, classes]. Source and target may differ
in their number of clips. Every loss is a scalar in the dtype and on the device of its input, and differentiable.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce
from operator import add

import torch
from torch import Tensor
from torch.nn import functional


def entropy(representations: Tensor, variance: str, floor: float) -> Tensor:
    """Entropy of the representations under a Gaussian of diagonal covariance, ½ Σ_j log(var_j + floor) (Eq. 3).

    The constant d/2 (1 + log 2π) is left out, as in Eq. 5. A unit with the same value for every clip (a dead ReLU) has
    variance 0. There the printed formula is minus infinity and its gradient is undefined, so a floor is added.

    Args:
        representations: [clips, d] with at least two clips.
        variance: ``biased`` divides by n (maximum likelihood), ``unbiased`` by n - 1.
        floor: added to each variance; 0 gives the formula as printed.
    """
    variances = representations.var(dim=0, correction={"biased": 0, "unbiased": 1}[variance])
    return 0.5 * (variances + floor).log().sum()


def log_determinant(representations: Tensor) -> Tensor:
    """The form of Eq. 3 in the authors' published code: log10(det(C)/d² + 1), C the covariance of rows of length 1.

    At d = 128 in a batch of 128, the determinant is exactly 0, and so are the value and the gradient: the term has no
    effect. The function exists to show this; do not train with it.
    """
    unit = functional.normalize(representations, dim=1)
    determinant = torch.linalg.det(covariance(unit, "centred"))
    return torch.log10(determinant / representations.shape[1] ** 2 + 1)


def information_bottleneck(
    cross_entropies: Mapping[str, Tensor],
    entropies: Mapping[str, Tensor],
    gamma: float,
    cross_entropy_weights: Mapping[str, float],
) -> Tensor:
    """Σ_m γ H(Z_m) + w_m CE_m over the M modalities and the joint one (Eqs. 1-5; there w_m = 1).

    A cross-entropy of weight 0 is not part of the graph. So its head gets no gradient; with gradients of 0, weight
    decay would still change the head.
    """
    terms = [
        cross_entropy_weights[name] * loss for name, loss in cross_entropies.items() if cross_entropy_weights[name]
    ]
    return reduce(add, terms + [gamma * value for value in entropies.values()])


def label_alignment(target_logits: Tensor, prior: Tensor) -> Tensor:
    """Cross-entropy of the source label distribution and the mean target prediction (Eqs. 6-8).

    The minimum is the entropy of the prior, reached if the mean prediction equals the prior. The logarithm of the mean
    is computed by log-sum-exp, which stays finite if the network is confident and wrong.

    Args:
        target_logits: [clips, classes].
        prior: [classes], positive, sum 1: the label distribution of the whole source training set.
    """
    log_mean = functional.log_softmax(target_logits, dim=1).logsumexp(dim=0) - math.log(len(target_logits))
    return -(prior * log_mean).sum()


def covariance(features: Tensor, kind: str) -> Tensor:
    """The second moment that correlation alignment compares, [d, d]; needs two or more clips.

    ``centred`` is the sample covariance (X'X - n µ'µ)/(n-1) of Deep CORAL (Sun and Saenko, 2016).
    ``uncentred_published_code`` is (X'X - µ'µ)/(n-1), as in the authors' published code. The factor n before the means
    is missing, so the features are hardly centred and the means are aligned as well.
    """
    count = len(features)
    if kind == "centred":
        centred = features - features.mean(dim=0)
        return centred.T @ centred / (count - 1)
    mean = features.mean(dim=0, keepdim=True)
    return (features.T @ features - mean.T @ mean) / (count - 1)


def correlation_alignment(source: Tensor, target: Tensor, kind: str) -> Tensor:
    """Squared Frobenius distance of the two domains' covariances (Eq. 9), without Deep CORAL's 1/(4 d²)."""
    return (covariance(target, kind) - covariance(source, kind)).square().sum()


def block_alignment(source: tuple[Tensor, Tensor], target: tuple[Tensor, Tensor], kind: str) -> Tensor:
    """Squared Frobenius distance of the two domains' covariances between two representations, a block of Eq. 9.

    The sum over all pairs of the parts of a concatenation is :func:`correlation_alignment` of that, where the clips are
    the same in all parts.

    Args:
        source: two representations of the same clips, [clips, d] each; two clips or more.
        target: the same of the target.
        kind: see :func:`covariance`.
    """
    blocks = []
    for one, other in (source, target):
        count = len(one)
        if kind == "centred":
            blocks.append((one - one.mean(dim=0)).T @ (other - other.mean(dim=0)) / (count - 1))
        else:
            means = one.mean(dim=0, keepdim=True).T @ other.mean(dim=0, keepdim=True)
            blocks.append((one.T @ other - means) / (count - 1))
    return (blocks[1] - blocks[0]).square().sum()


def normalised(alignments: Tensor) -> Tensor:
    """Alignment losses of the M unimodal representations divided by their sum; 1/M each is perfect balance (Figure 3).

    If all losses are zero they are balanced, and 1/M is returned.
    """
    total = alignments.sum()
    even = torch.full_like(alignments, 1 / len(alignments))
    return torch.where(total > 0, alignments / torch.where(total > 0, total, 1), even)
