"""S3FD: pictures -> face boxes, by the network of the face-alignment package and with its results, for whole batches.

Zhang et al., "S3FD: Single Shot Scale-Invariant Face Detector", ICCV 2017. Network and weights are those of the package
(1adrianb/face-alignment, BSD). Decoding and suppression are our own code, which is faster (docs/extraction.md has the
numbers): the package decodes candidates one by one in a Python loop, and decodes the whole batch again for each of its
images. The boxes here equal those of the package's single-image detection.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from extractors.networks.weights import load_published
from extractors.shared.compute import inference

URL = "https://www.adrianbulat.com/downloads/python-fan/s3fd-619a316812.pth"
"""The package's address of the weights. File names of torch.hub end with the first digits of the SHA-256."""

MIN_SCORE = 0.5
"""A box with a higher score counts as a face."""

MAX_OVERLAP = 0.3
"""A box is suppressed if its overlap with a better box is larger than this."""

MEAN_BGR = (104.0, 117.0, 123.0)
VARIANCES = (np.float32(0.1), np.float32(0.2))


def make_network() -> nn.Module:
    """The package's network without weights.

    Its input is pictures [B, 3, H, W], BGR with the mean subtracted. Its output is twelve maps: for each of six levels,
    from fine to coarse, logits [B, 2, h, w] (background, face) and offsets [B, 4, h, w].
    """
    # This slow import, with numba and scikit-image, is only needed for S3FD.
    from face_alignment.detection.sfd.net_s3fd import s3fd

    return s3fd()


def decode(output: Sequence[Tensor], min_score: float) -> list[np.ndarray]:
    """Boxes of all positions with a score above ``min_score``, for each image.

    Args:
        output: the twelve maps of :func:`make_network` for a batch of B pictures.
        min_score: lower limit of a box's probability of a face.

    Returns:
        B arrays float64 [K, 5]: x1, y1, x2, y2 in pixels (not clipped to the picture) and the score; ordered by level,
        row and column. Offsets are scaled in float32 and added in float64, as in the package.
    """
    found: list[list[np.ndarray]] = [[] for _ in range(len(output[0]))]
    for level, (logits, offsets) in enumerate(zip(output[::2], output[1::2], strict=True)):
        stride = 2 ** (level + 2)
        scores = logits.float().softmax(dim=1)[:, 1]
        image, row, column = torch.nonzero(scores > min_score, as_tuple=True)
        score, offset = (
            values.float().cpu().numpy() for values in (scores[image, row, column], offsets[image, :, row, column])
        )
        side = 4.0 * stride
        cell = torch.stack([column, row], dim=1).cpu().numpy()
        centre = stride / 2 + cell * stride + (offset[:, :2] * VARIANCES[0]).astype(np.float64) * side
        size = np.exp(offset[:, 2:] * VARIANCES[1]).astype(np.float64) * side
        corner = centre - size / 2
        boxes = np.concatenate([corner, corner + size, score[:, None].astype(np.float64)], axis=1)
        owner = image.cpu().numpy()
        for index, kept in enumerate(found):
            kept.append(boxes[owner == index])
    return [np.concatenate(boxes) for boxes in found]


def suppress(boxes: np.ndarray, max_overlap: float) -> np.ndarray:
    """Greedy non-maximum suppression.

    Args:
        boxes: float64 [K, 5], corners and score.
        max_overlap: intersection over union above which the box with the lower score is removed. Boxes that touch
            overlap by one pixel.

    Returns:
        Indices of the kept boxes, from the highest score to the lowest.
    """
    left, top, right, bottom, scores = boxes.T
    areas = (right - left + 1) * (bottom - top + 1)
    order = np.argsort(-scores, kind="stable")
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        width = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest]) + 1
        height = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest]) + 1
        shared = np.maximum(0.0, width) * np.maximum(0.0, height)
        order = rest[shared / (areas[best] + areas[rest] - shared) <= max_overlap]
    return np.array(kept, dtype=np.int64)


def detect(network: nn.Module, pictures: np.ndarray, device: torch.device, compute: str) -> list[np.ndarray]:
    """Find the faces in a batch of pictures of equal size.

    Args:
        network: the detector, on ``device``.
        pictures: uint8 RGB [B, H, W, 3].
        device: device of the computation.
        compute: the number format, a name of :data:`extractors.shared.compute.COMPUTE`.

    Returns:
        B arrays float64 [K, 5], corners in pixels and score, from the highest score to the lowest. Boxes are only
        suppressed by better ones, so filtering by score gives the same boxes before and after the suppression.
    """
    with inference(device, compute):
        output = network(_centred(pictures, device))
        return [boxes[suppress(boxes, MAX_OVERLAP)] for boxes in decode(output, MIN_SCORE)]


def maps(network: nn.Module, pictures: np.ndarray, device: torch.device, compute: str) -> list[np.ndarray]:
    """The maps from which :func:`detect`, with the same arguments, decodes boxes: float32 [B, 2 or 4, h, w] each."""
    with inference(device, compute):
        return [part.float().cpu().numpy() for part in network(_centred(pictures, device))]


def _centred(pictures: np.ndarray, device: torch.device) -> Tensor:
    """Pictures uint8 RGB [B, H, W, 3] as the network's input, float32 [B, 3, H, W]."""
    batch = torch.from_numpy(np.ascontiguousarray(pictures)).to(device).permute(0, 3, 1, 2).flip(1).float()
    return batch - torch.tensor(MEAN_BGR, device=device).view(1, 3, 1, 1)


def load(weights: str, sha256: str, device: torch.device) -> nn.Module:
    """The network with published weights, on ``device``. See :func:`extractors.networks.weights.load_published`."""
    return load_published(make_network(), weights, URL, sha256).to(device)
