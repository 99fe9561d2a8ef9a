"""Gradients of the outputs of two batches."""

from __future__ import annotations

import torch
from torch import Tensor

from amanda.network.model import Outputs
from helpers.baselines import grad


def both(source: Outputs, target: Outputs, kind: str) -> Tensor:
    """Gradients of the source's and the target's representations or logits, one after the other."""
    return torch.cat([grad(getattr(each, kind)["text"]) for each in (source, target)])
