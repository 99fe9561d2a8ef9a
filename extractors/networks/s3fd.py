"""S3FD: pictures -> face boxes, in the layout and with the numbers of the face-alignment package, for whole batches.

Zhang et al., "S3FD: Single Shot Scale-Invariant Face Detector", ICCV 2017. The package (1adrianb/face-alignment, BSD)
decodes every image's candidates for every image of the batch, in a Python loop; the boxes here are those of its
single-image ``detect`` and filter, each image for itself.
"""

from __future__ import annotations

import urllib.error
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from extractors.networks.weights import check_sha256, load_strictly, read_state
from extractors.shared.compute import inference
from extractors.shared.program import UserError

URL = "https://www.adrianbulat.com/downloads/python-fan/s3fd-619a316812.pth"
"""Where the face-alignment package gets its weights; torch.hub's names end in the first digits of the SHA-256."""

MIN_SCORE = 0.5
"""A box counts as a face above this score."""

MAX_OVERLAP = 0.3
"""A box that overlaps a better one by more than this is suppressed."""

MEAN_BGR = (104.0, 117.0, 123.0)
VARIANCES = (np.float32(0.1), np.float32(0.2))

# name: channels in, channels out, kernel, stride, padding; POOLED layers are halved.
BACKBONE = {
    "conv1_1": (3, 64, 3, 1, 1),
    "conv1_2": (64, 64, 3, 1, 1),
    "conv2_1": (64, 128, 3, 1, 1),
    "conv2_2": (128, 128, 3, 1, 1),
    "conv3_1": (128, 256, 3, 1, 1),
    "conv3_2": (256, 256, 3, 1, 1),
    "conv3_3": (256, 256, 3, 1, 1),
    "conv4_1": (256, 512, 3, 1, 1),
    "conv4_2": (512, 512, 3, 1, 1),
    "conv4_3": (512, 512, 3, 1, 1),
    "conv5_1": (512, 512, 3, 1, 1),
    "conv5_2": (512, 512, 3, 1, 1),
    "conv5_3": (512, 512, 3, 1, 1),
    "fc6": (512, 1024, 3, 1, 3),
    "fc7": (1024, 1024, 1, 1, 0),
    "conv6_1": (1024, 256, 1, 1, 0),
    "conv6_2": (256, 512, 3, 2, 1),
    "conv7_1": (512, 128, 1, 1, 0),
    "conv7_2": (128, 256, 3, 2, 1),
}
POOLED = ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3")
# Where each level of detection looks, from fine to coarse: layer, prefix in the checkpoint, channels of confidence.
LEVELS = (
    ("conv3_3", "conv3_3_norm", 4),
    ("conv4_3", "conv4_3_norm", 2),
    ("conv5_3", "conv5_3_norm", 2),
    ("fc7", "fc7", 2),
    ("conv6_2", "conv6_2", 2),
    ("conv7_2", "conv7_2", 2),
)


class ChannelNorm(nn.Module):
    """Scale each position's channels to unit length, then each channel by its weight."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, maps: Tensor) -> Tensor:
        """Maps [B, C, H, W] -> maps of the same shape."""
        length = maps.pow(2).sum(dim=1, keepdim=True).sqrt() + 1e-10
        return maps / length * self.weight.view(1, -1, 1, 1)


class S3fd(nn.Module):
    """Pictures [B, 3, H, W], BGR with the mean subtracted -> for each level, class logits and box offsets."""

    def __init__(self) -> None:
        super().__init__()
        for name, (channels_in, channels_out, kernel, stride, padding) in BACKBONE.items():
            self.add_module(name, nn.Conv2d(channels_in, channels_out, kernel, stride, padding))
        for layer, prefix, classes in LEVELS:
            channels = BACKBONE[layer][1]
            if prefix.endswith("_norm"):
                self.add_module(prefix, ChannelNorm(channels))
            self.add_module(f"{prefix}_mbox_conf", nn.Conv2d(channels, classes, 3, padding=1))
            self.add_module(f"{prefix}_mbox_loc", nn.Conv2d(channels, 4, 3, padding=1))

    def forward(self, pictures: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return six pairs of maps, logits [B, 2, h, w] (background, face) and offsets [B, 4, h, w]."""
        prefixes = {layer: prefix for layer, prefix, _ in LEVELS}
        maps = pictures
        levels = []
        for name in BACKBONE:
            maps = functional.relu(self.get_submodule(name)(maps))
            if name in prefixes:
                levels.append(self._level(maps, prefixes[name]))
            if name in POOLED:
                maps = functional.max_pool2d(maps, 2, 2)
        return levels

    def _level(self, maps: Tensor, prefix: str) -> tuple[Tensor, Tensor]:
        if prefix.endswith("_norm"):
            maps = self.get_submodule(prefix)(maps)
        logits = self.get_submodule(f"{prefix}_mbox_conf")(maps)
        # The finest level has three kinds of background; the likeliest speaks for all.
        background = logits[:, :-1].amax(dim=1, keepdim=True)
        return torch.cat([background, logits[:, -1:]], dim=1), self.get_submodule(f"{prefix}_mbox_loc")(maps)


def decode(levels: Sequence[tuple[Tensor, Tensor]], min_score: float) -> list[np.ndarray]:
    """Boxes of all positions above ``min_score``, image by image.

    Args:
        levels: what :class:`S3fd` returns for a batch of B pictures.
        min_score: probability of a face that a box must exceed.

    Returns:
        B arrays float64 [K, 5]: x1, y1, x2, y2 in pixels (not clipped to the picture) and the score; ordered by level,
        row and column. Offsets are scaled in float32 and placed in float64, as the package does it.
    """
    found: list[list[np.ndarray]] = [[] for _ in range(len(levels[0][0]))]
    for level, (logits, offsets) in enumerate(levels):
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
        max_overlap: intersection over union (a pixel wide where they touch) above which the lower score goes.

    Returns:
        Indices of the boxes that stay, from the highest score to the lowest.
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


def detect(network: S3fd, pictures: np.ndarray, device: torch.device, compute: str) -> list[np.ndarray]:
    """Find the faces of a batch of equally large pictures.

    Args:
        network: the detector, on ``device``.
        pictures: uint8 RGB [B, H, W, 3].
        device: where to compute.
        compute: the number format, a name of :data:`extractors.shared.compute.COMPUTE`.

    Returns:
        B arrays float64 [K, 5], corners in pixels and score, from the highest score to the lowest. A box is only ever
        suppressed by a better one, so filtering by score before the suppression gives the boxes of filtering after it.
    """
    with inference(device, compute):
        levels = network(_centred(pictures, device))
        return [boxes[suppress(boxes, MAX_OVERLAP)] for boxes in decode(levels, MIN_SCORE)]


def maps(network: S3fd, pictures: np.ndarray, device: torch.device, compute: str) -> list[np.ndarray]:
    """The maps behind the boxes of :func:`detect`, which has the same arguments: float32 [B, 2 or 4, h, w] each."""
    with inference(device, compute):
        return [part.float().cpu().numpy() for level in network(_centred(pictures, device)) for part in level]


def _centred(pictures: np.ndarray, device: torch.device) -> Tensor:
    """Pictures uint8 RGB [B, H, W, 3] as the network takes them, float32 [B, 3, H, W]."""
    batch = torch.from_numpy(np.ascontiguousarray(pictures)).to(device).permute(0, 3, 1, 2).flip(1).float()
    return batch - torch.tensor(MEAN_BGR, device=device).view(1, 3, 1, 1)


def load(weights: str, sha256: str, device: torch.device) -> S3fd:
    """Load the published weights.

    Args:
        weights: path of the file; empty fetches it from :data:`URL` into torch.hub's cache, once.
        sha256: the digits that the file's SHA-256 must begin with, at least 8.
        device: where the network will compute.

    Raises:
        UserError: the file cannot be had, has another SHA-256, or does not fit the network.
    """
    path = Path(weights) if weights else fetch()
    check_sha256(path, sha256)
    network = S3fd()
    load_strictly(network, read_state(path), path)
    return network.eval().requires_grad_(False).to(device)


def fetch() -> Path:
    """The published weights in torch.hub's cache, downloaded if they are not there."""
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(URL).name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(URL, str(path), progress=False)
        except (urllib.error.URLError, OSError) as error:
            raise UserError(f"{path}: cannot fetch {URL} ({error}); fetch it elsewhere and name its path") from None
    return path
