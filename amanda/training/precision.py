"""Training in a reduced number format: the test of the encoders before the first step."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor

from amanda.network.frames import Packed
from amanda.network.model import Encoder, Network
from amanda.training.data import Corpus
from extractors.shared.compute import AGREEMENT, check_agreement

CLIPS = 8
"""Clips of the probe."""

GRADIENTS = {"bfloat16": 0.4}
"""Number format -> the largest accepted difference between a gradient and that of float32, relative to its norm.

It is larger than the bound for outputs: if two windows or frames nearly tie, rounding decides which of them is the
maximum over time and gets the gradient. Differences up to 0.08 occurred at the paper's sizes on random frames.
"""


def check_precision(network: Network, corpus: Corpus, compute: str, device: torch.device) -> None:
    """Check that each encoder gives in ``compute`` nearly the same representations and gradients as in float32.

    Args:
        network: the network to train, on ``device``; it is left in evaluation mode.
        corpus: the corpus whose first train clips are used.
        compute: the setting ``compute``.
        device: the device that computes.

    Raises:
        UserError: the results of an encoder differ too much.
    """
    network.eval()
    train = corpus.clips("train")
    for modality in network.modalities:
        clips = train[corpus.has(modality, train)][:CLIPS]
        encoder = network.encoder_of(modality)
        for part, what, bounds in ((0, "encoder", AGREEMENT), (1, "encoder's gradient", GRADIENTS)):

            def probe(
                each: str,
                encoder: Encoder = encoder,
                modality: str = modality,
                part: int = part,
                clips: Tensor = clips,
            ) -> list:
                return [_represent(encoder, corpus.frames(clips)[modality], each)[part]]

            check_agreement(f"the {modality} {what}", compute, device, probe, bounds)


def _represent(encoder: Encoder, frames: Packed, compute: str) -> tuple[np.ndarray, np.ndarray]:
    """Representations [clips, d] in ``compute``, and the gradient of half their squares, [weights]."""
    alike = copy.copy(encoder)  # shares the weights
    alike.compute = compute
    representations = alike(frames)
    gradients = torch.autograd.grad(representations.square().sum() / 2, list(alike.parameters()))
    row = torch.cat([gradient.flatten() for gradient in gradients])
    return representations.detach().float().cpu().numpy(), row.float().cpu().numpy()
