"""A rehearsal for random backbones: a few clips on which their features are centred and scaled.

Features of a random deep network are nearly the same for all inputs, while those of a trained network differ. Setting
the layer norms on sample inputs corrects this without training, as in data-dependent initialisation (Mishkin and Matas,
2016, "All you need is a good init").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from extractors.shared.clip import CLASSES
from extractors.synthetic.plan import Order
from extractors.synthetic.studio import Studio

CLIPS = 24
FACE = slice(28, 132)
"""Rows and columns of the face in a picture of 160 by 160 pixels, without domain shift."""


class Sample(NamedTuple):
    """The content of one clip: a sentence, a sound float32 [samples] at 16 kHz, a face uint8 RGB [104, 104, 3]."""

    text: str
    sound: np.ndarray
    face: np.ndarray


def rehearse(seed: int) -> list[Sample]:
    """Clips of all classes by people who are in no twin, without domain shift. Equal seeds give equal clips."""
    still = dict.fromkeys(("text", "audio", "visual"), 0.0)
    studio = Studio(Order("iemocap", {}, still, still, seed, False), (160, 160), 15.0)
    samples = []
    for number in range(CLIPS):
        name = f"rehearsal {number}"
        person = studio.person(name, "FM"[number % 2])
        performance = studio.perform(name, CLASSES[number % len(CLASSES)])
        sound = studio.record(name, studio.speak(name, person, performance))
        pictures = list(studio.film(name, person, performance))
        samples.append(Sample(studio.text(name, performance), sound, pictures[len(pictures) // 2][FACE, FACE]))
    return samples


@torch.no_grad()
def standardise(norm: nn.LayerNorm, forward: Callable[[], object]) -> None:
    """Set a layer norm so that each of its outputs has mean 0 and variance 1 over the inputs in ``forward``."""
    seen: list[torch.Tensor] = []
    hook = norm.register_forward_hook(lambda module, given, out: seen.append(out.flatten(0, -2)))
    forward()
    hook.remove()
    rows = torch.cat(seen)
    spread = rows.std(dim=0).clamp(min=1e-3)
    norm.bias.copy_((norm.bias - rows.mean(dim=0)) / spread)
    norm.weight.div_(spread)
