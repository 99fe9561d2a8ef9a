"""Distances of the domains in a run's representations after an epoch, without labels.

They are measured on an evenly spaced sample of both train splits, in evaluation, in the same way for every algorithm.
The tool is Fisher's linear discriminant between the domains. The paper assumes that each Z_m is Gaussian (section
3.1 B), and the logarithm of the density ratio of two Gaussians with the same covariance is linear. The discriminant
has a closed form. It takes milliseconds per epoch; a trained domain classifier would take seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor


def sample(clips: Tensor, most: int) -> Tensor:
    """At most ``most`` of the clips, evenly spaced, with the first and the last."""
    return clips[torch.linspace(0, len(clips) - 1, min(most, len(clips))).round().long()]


def discriminant(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    """Direction [d] and offset of the log density ratio of target to source at z, direction·z + offset (Fisher).

    The correlation within the domains, [d, d], is shrunk towards the identity, because there may be fewer clips than d:
    oracle-approximating shrinkage of Chen et al. (2010, "Shrinkage algorithms for MMSE covariance estimation", Eq. 23).
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
    """Logarithm of p_target(z) / p_source(z) at each row of ``at``, float32 [clips], from samples [clips, d] of both.

    A discriminant of many dimensions and few clips gives far too extreme ratios. So it is fitted to every second clip.
    Its values for the other clips, one number per clip, are calibrated by a second discriminant.
    """
    ours, theirs, wanted = (z.double().numpy() for z in (source, target, at))
    direction, offset = discriminant(ours[::2], theirs[::2])
    unseen = (z[1::2] @ direction[:, None] + offset for z in (ours, theirs))
    slope, shift = discriminant(*unseen)
    return (slope * (wanted @ direction + offset) + shift).astype(np.float32)


def proxy_a_distance(source: np.ndarray, target: np.ndarray) -> float:
    """Proxy A-distance 2 (1 - 2 ε) (Ben-David et al., 2007): 2 for separate domains, about 0 for equal ones.

    ε is the discriminant's error on every second clip, averaged over the two domains; it is fitted to the other clips.
    """
    direction, offset = discriminant(source[::2], target[::2])
    of_source = np.mean(source[1::2] @ direction + offset >= 0)
    of_target = np.mean(target[1::2] @ direction + offset < 0)
    return float(2 - 2 * (of_source + of_target))


def covariance_gap(source: np.ndarray, target: np.ndarray) -> float:
    """‖C_t - C_s‖_F² of the sample (Eq. 9), independent of the quantity that an algorithm aligns and of its scale."""
    gap = np.cov(target, rowvar=False) - np.cov(source, rowvar=False)
    return float((gap**2).sum())


def gaps(source: Mapping[str, Tensor], target: Mapping[str, Tensor]) -> dict[str, float]:
    """Named distances for ``joint`` and every modality of both domains, from samples [clips, d] on the host."""
    values = {}
    for name in (each for each in source if each in target):
        ours, theirs = (z[name].double().numpy() for z in (source, target))
        values[f"a_distance_{name}"] = proxy_a_distance(ours, theirs)
        values[f"covariance_gap_{name}"] = covariance_gap(ours, theirs)
        values[f"norm_target_{name}"] = float(np.linalg.norm(theirs, axis=1).mean())
    return values
