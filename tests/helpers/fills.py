"""Parameters by formula, with which the golden arrays of APViT and S3FD were computed (see golden/README.md)."""

from __future__ import annotations

import math
import re
import zlib

import numpy as np
import torch
from torch import nn

PRELU = re.compile(r"(input_layer|res_layer)\.2\.weight$")
NORM_SCALES = {"conv3_3_norm.weight": 10.0, "conv4_3_norm.weight": 8.0, "conv5_3_norm.weight": 5.0}
# Head of S3FD: gain of its confidences, gain of its offsets, logit added to the background.
HEADS = {
    "conv3_3_norm_mbox": (13.0, 3.0, 9.33),
    "conv4_3_norm_mbox": (22.0, 4.0, 9.19),
    "conv5_3_norm_mbox": (35.0, 5.0, 17.3),
    "fc7_mbox": (0.073, 0.015, 7.12),
    "conv6_2_mbox": (0.036, 0.01, 11.7),
    "conv7_2_mbox": (0.042, 0.01, 1.9),
}


def normal(key: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(key.encode())).standard_normal(shape, dtype=np.float32)


def apvit_array(key: str, shape: tuple[int, ...]) -> np.ndarray:
    if key.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    drawn = normal(key, shape)
    if key.endswith("running_var"):
        return np.float32(1) + np.float32(0.1) * np.abs(drawn)
    if "pos_embed" in key or key.endswith("cls_token"):
        return np.float32(0.02) * drawn
    if len(shape) > 1:
        return drawn / np.float32(math.sqrt(math.prod(shape[1:])))
    if key.endswith(("running_mean", ".bias")):
        return np.float32(0.1) * drawn
    centre, spread = (0.25, 0.05) if PRELU.search(key) else (1.0, 0.1)
    return np.float32(centre) + np.float32(spread) * drawn


def s3fd_array(key: str, shape: tuple[int, ...]) -> np.ndarray:
    drawn = normal(key, shape)
    if key in NORM_SCALES:
        return np.float32(NORM_SCALES[key]) * (np.float32(1) + np.float32(0.1) * drawn)
    head = next((gains for name, gains in HEADS.items() if key.startswith(f"{name}_")), None)
    if key.endswith(".bias"):
        bias = np.float32(0.1) * drawn
        if head and "_conf." in key:
            bias[:-1] += np.float32(head[2])
        return bias
    fan_in = math.prod(shape[1:])
    if head is None:
        return drawn * np.float32(math.sqrt(2 / fan_in))
    return drawn / np.float32(math.sqrt(fan_in)) * np.float32(head[0] if "_conf." in key else head[1])


def fill(network: nn.Module, array) -> nn.Module:
    state = network.state_dict()
    filled = {key: torch.from_numpy(array(key, tuple(value.shape))) for key, value in state.items()}
    network.load_state_dict(filled, strict=True)
    return network.eval().requires_grad_(False)
