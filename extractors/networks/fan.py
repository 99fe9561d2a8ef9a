"""FAN: face boxes in pictures -> 68 landmarks of each face, by the network of the face-alignment package.

Bulat and Tzimiropoulos, "How far are we from solving the 2D & 3D face alignment problem?", ICCV 2017. Network, weights
and crop are those of the package (1adrianb/face-alignment, BSD). Its class ``FaceAlignment`` is not used, because it
opens weights without a checksum. Our own code finds the landmarks in the heat maps: the package's code is compiled
again in each process and truncates to whole pixels (docs/extraction.md has the numbers).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from extractors.networks.weights import load_published
from extractors.shared.compute import inference

URL = "https://www.adrianbulat.com/downloads/python-fan/2DFAN4-11f355bf06.pth.tar"
"""The package's address of the weights for two dimensions. The file is a state dict and contains no code."""

HOURGLASSES = 4
"""Number of hourglasses in the published network. The last one gives the landmarks."""

UNIT = 200.0
"""Pixels of a frame that a crop of size 1 shows."""


def load(weights: str, sha256: str, device: torch.device) -> nn.Module:
    """The network with published weights, on ``device``. See :func:`extractors.networks.weights.load_published`."""
    from face_alignment.models import FAN

    return load_published(FAN(HOURGLASSES), weights, URL, sha256).to(device)


def find_landmarks(
    network: nn.Module, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray], device: torch.device
) -> list[np.ndarray]:
    """Find the landmarks of one face in each frame, in float32. Heat maps are averaged with those of the mirrored face.

    Args:
        network: maps pictures [B, 3, 256, 256] to a list whose last entry is the heat maps [B, 68, 64, 64].
        frames: uint8 RGB [H, W, 3], of any sizes, at least one.
        boxes: for each frame, x1, y1, x2, y2 in pixels as in S3FD (more columns are ignored).
        device: device of the network.

    Returns:
        For each frame, float64 [68, 2]: x and y in pixels of the frame, in the order of the 300-W annotations (iBUG).
    """
    from face_alignment import utils

    places = [_place(box) for box in boxes]
    crops = [utils.crop(frame, *place) for frame, place in zip(frames, places, strict=True)]
    batch = torch.from_numpy(np.stack(crops)).to(device).permute(0, 3, 1, 2).float() / 255
    with inference(device, "float32"):
        heat = network(batch)[-1] + utils.flip(network(utils.flip(batch))[-1], is_label=True)
    points = find_peaks(heat.cpu().numpy()) - 0.5
    return [centre + UNIT * size * shares for (centre, size), shares in zip(places, points, strict=True)]


def find_peaks(heat: np.ndarray) -> np.ndarray:
    """The maximum of each heat map, moved by a quarter of a cell towards the larger neighbour in x and in y.

    Args:
        heat: float32 [B, K, side, side].

    Returns:
        float64 [B, K, 2]: x and y in shares of the side. A cell on the border lacks a neighbour and is not moved.
    """
    count, kinds, side, _ = heat.shape
    row, column = np.divmod(heat.reshape(count, kinds, -1).argmax(axis=2), side)
    inside = (row > 0) & (row < side - 1) & (column > 0) & (column < side - 1)
    around = np.pad(heat, ((0, 0), (0, 0), (1, 1), (1, 1)))
    maps = np.ogrid[:count, :kinds]
    across = around[(*maps, row + 1, column + 2)] - around[(*maps, row + 1, column)]
    down = around[(*maps, row + 2, column + 1)] - around[(*maps, row, column + 1)]
    hotter = np.sign(np.stack([across, down], axis=2)) * inside[..., None]
    return (np.stack([column, row], axis=2) + 0.5 + 0.25 * hotter) / side


def _place(box: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (x, y), and size in units of :data:`UNIT`, of the network's crop around a face box."""
    from face_alignment.utils import CENTER_Y_OFFSET, REFERENCE_SCALE

    left, top, right, bottom = box[:4]
    width, height = right - left, bottom - top
    centre = np.array([right - width / 2, bottom - height / 2 - height * CENTER_Y_OFFSET])
    return centre, (right - left + bottom - top) / REFERENCE_SCALE
