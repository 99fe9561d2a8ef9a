"""What an algorithm is: a network, named loss terms, and the weights of those that training minimises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import reduce
from importlib import import_module
from operator import add
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from amanda.algorithms import ALGORITHMS
from amanda.losses import paper as losses
from amanda.network.frames import Frames
from amanda.network.model import JOINT, Network, Outputs
from amanda.shared.settings import TrainingSettings


class Labelled(NamedTuple):
    """A batch of the source domain: frames by modality, and the class of each clip, [clips]."""

    frames: Mapping[str, Frames]
    label: Tensor


class Unlabelled(NamedTuple):
    """A batch of the target domain. It has no labels field, so no algorithm can read them."""

    frames: Mapping[str, Frames]


class Algorithm(nn.Module, ABC):
    """One row of Table 1.

    A subclass names in ``Settings`` the class of its settings, if it has more than the common ones, and in ``weights``
    the terms it minimises with their coefficients; every other term that ``losses`` returns is only recorded.
    """

    Settings: ClassVar[type[TrainingSettings]] = TrainingSettings
    settings: TrainingSettings
    weights: Mapping[str, float]
    prior: Tensor
    waits: ClassVar[bool] = False
    """Whether something in ``losses`` makes the host wait for a GPU."""

    def __init__(
        self, dims: Mapping[str, int], settings: TrainingSettings, prior: Tensor, stream: torch.Generator
    ) -> None:
        """Build the networks; their weights are drawn later, all from one stream.

        Args:
            dims: width of a frame in each modality.
            settings: of the class ``Settings``.
            prior: label distribution of the source's train split, [classes]; as many classes are told apart.
            stream: where dropout draws from.
        """
        super().__init__()
        self.settings = settings
        self.network = Network(dims, settings, len(prior), stream)
        self.register_buffer("prior", prior, persistent=False)

    @abstractmethod
    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """Named, unweighted scalar terms of one batch; ``progress`` goes from 0 to 1 over the training."""

    def check(self, means: Mapping[str, float]) -> None:
        """Look at the means of an epoch's terms; an algorithm that asserts something about them raises here."""

    def parts(self) -> list[nn.Module]:
        """The networks whose gradients are clipped separately."""
        return self.network.parts()

    def objective(self, terms: Mapping[str, Tensor]) -> Tensor:
        """What training minimises (Eq. 10): the weighted sum of the terms; a term of weight 0 takes no part."""
        return reduce(add, (weight * terms[name] for name, weight in self.weights.items() if weight))

    def bottleneck(self, outputs: Outputs, label: Tensor) -> dict[str, Tensor]:
        """The information-bottleneck loss of a source batch (Eq. 5), its parts, and the mean length of each Z_m."""
        settings = self.settings
        weight = settings.cross_entropy_weights
        weights = {name: weight.joint if name == JOINT else weight.unimodal for name in outputs.logits}
        cross_entropies = {name: functional.cross_entropy(logits, label) for name, logits in outputs.logits.items()}
        entropies = self.entropies(outputs.representations)
        loss = losses.information_bottleneck(cross_entropies, entropies, settings.gamma, weights)
        terms = {"information_bottleneck": loss}
        terms |= {f"cross_entropy_{name}": value for name, value in cross_entropies.items()}
        terms |= {f"entropy_{name}": value for name, value in entropies.items()}
        norms = {f"norm_{name}": z.detach().norm(dim=1).mean() for name, z in outputs.representations.items()}
        return terms | norms

    def entropies(self, representations: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What the information bottleneck presses down: Eq. 3, or what the published code has instead, or nothing."""
        settings = self.settings
        if settings.entropy == "none":
            return {}
        if settings.entropy == "log_determinant_published_code":
            return {name: losses.log_determinant(z) for name, z in representations.items() if name != JOINT}
        variance, floor = settings.variance, settings.variance_floor
        return {name: losses.entropy(z, variance, floor) for name, z in representations.items()}


def load_algorithm(name: str) -> type[Algorithm]:
    """The class that ``ALGORITHMS`` names; no other algorithm's module is imported."""
    module, kind = ALGORITHMS[name]
    return getattr(import_module(module), kind)
