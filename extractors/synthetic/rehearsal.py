"""A rehearsal before random backbones: a few clips of nobody, on which their features are centred and scaled.

Features of a random deep network hardly differ between clips: nearly all of each is the same for any input, whereas a
trained network's are spread out. Layer norms that are set on sample inputs, as in data-dependent initialisation
(Mishkin and Matas, 2016, "All you need is a good init"), put this right without training anything.
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
"""Rows and columns of the face in a picture of 160 by 160 pixels without shift."""


class Sample(NamedTuple):
    """What one clip shows: a sentence, a sound float32 [samples] at 16 kHz, a face uint8 RGB [104, 104, 3]."""

    text: str
    sound: np.ndarray
    face: np.ndarray


def rehearse(seed: int) -> list[Sample]:
    """Clips of every class by people who are in no twin, without domain shift; equal seeds give equal clips."""
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
    """Set a layer norm so that each of its outputs has mean 0 and variance 1 over all that ``forward`` passes it."""
    seen: list[torch.Tensor] = []
    hook = norm.register_forward_hook(lambda module, given, out: seen.append(out.flatten(0, -2)))
    forward()
    hook.remove()
    rows = torch.cat(seen)
    spread = rows.std(dim=0).clamp(min=1e-3)
    norm.bias.copy_((norm.bias - rows.mean(dim=0)) / spread)
    norm.weight.div_(spread)
