"""How far apart the domains lie in a run's representations after an epoch; no label is looked at.

All of it is measured on an evenly spaced sample of both train splits, in evaluation, and for every algorithm alike. The
tool is Fisher's linear discriminant between the domains: the paper takes each Z_m for Gaussian (section 3.1 B), and
between two Gaussians of one covariance the logarithm of the density ratio is linear. It has a closed form, so it costs
milliseconds an epoch where a trained domain classifier would cost seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor


def sample(clips: Tensor, most: int) -> Tensor:
    """At most so many of the clips, evenly spaced, the first and the last among them."""
    return clips[torch.linspace(0, len(clips) - 1, min(most, len(clips))).round().long()]


def discriminant(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    """Direction [d] and offset of the log density ratio of target to source at z, direction·z + offset (Fisher).

    The correlation within the domains, [d, d], is drawn towards the identity by the oracle-approximating shrinkage of
    Chen et al. (2010, "Shrinkage algorithms for MMSE covariance estimation", Eq. 23), since clips may be fewer than d.
    """
    means = source.mean(axis=0), target.mean(axis=0)
    within = np.concatenate([source - means[0], target - means[1]])
    scale = within.std(axis=0)
    scale[scale == 0] = 1.0
    count, size = within.shape
    correlation = (within / scale).T @ (within / scale) / count
    squares, square = (correlation**2).sum(), np.trace(correlation) ** 2
    spread = (count + 1 - 2 / size) * (squares - square / size)
    shrinkage = min(1.0, ((1 - 2 / size) * squares + square) / spread) if spread > 0 else 1.0
    shrunk = (1 - shrinkage) * correlation + shrinkage * np.eye(size)
    direction = np.linalg.solve(shrunk, (means[1] - means[0]) / scale) / scale
    return direction, float(-direction @ (means[0] + means[1]) / 2)


def log_density_ratio(source: Tensor, target: Tensor, at: Tensor) -> np.ndarray:
    """Logarithm of p_target(z) / p_source(z) at each row of ``at``, float32 [clips], by a sample [clips, d] of each.

    A discriminant of many dimensions and few clips is far too sure of itself. So it is made from every other clip, and
    what it says of the rest, one number a clip, is calibrated by a discriminant of its own.
    """
    ours, theirs, wanted = (z.double().numpy() for z in (source, target, at))
    direction, offset = discriminant(ours[::2], theirs[::2])
    unseen = (z[1::2] @ direction[:, None] + offset for z in (ours, theirs))
    slope, shift = discriminant(*unseen)
    return (slope * (wanted @ direction + offset) + shift).astype(np.float32)


def proxy_a_distance(source: np.ndarray, target: np.ndarray) -> float:
    """Proxy A-distance 2 (1 - 2 ε) (Ben-David et al., 2007): 2 for domains wholly apart, about 0 for the same.

    ε is the discriminant's error, averaged over the two domains, on every other clip; it is made from the rest.
    """
    direction, offset = discriminant(source[::2], target[::2])
    of_source = np.mean(source[1::2] @ direction + offset >= 0)
    of_target = np.mean(target[1::2] @ direction + offset < 0)
    return float(2 - 2 * (of_source + of_target))


def covariance_gap(source: np.ndarray, target: np.ndarray) -> float:
    """‖C_t - C_s‖_F² of the sample (Eq. 9), whatever an algorithm aligns and however it scales."""
    gap = np.cov(target, rowvar=False) - np.cov(source, rowvar=False)
    return float((gap**2).sum())


def gaps(source: Mapping[str, Tensor], target: Mapping[str, Tensor]) -> dict[str, float]:
    """Named gaps of each Z_m that both domains have, of modalities and ``joint``: samples [clips, d] on the host."""
    values = {}
    for name in (each for each in source if each in target):
        ours, theirs = (z[name].double().numpy() for z in (source, target))
        values[f"a_distance_{name}"] = proxy_a_distance(ours, theirs)
        values[f"covariance_gap_{name}"] = covariance_gap(ours, theirs)
        values[f"norm_target_{name}"] = float(np.linalg.norm(theirs, axis=1).mean())
    return values
