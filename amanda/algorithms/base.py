"""The interface of an algorithm: a network, named loss terms, and the weights of the terms that are minimised."""

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
    """An algorithm of Table 1.

    A subclass sets ``Settings`` to the class of its settings if it has more than the common ones. It sets ``weights``
    to the terms that it minimises, with their coefficients. Every other term that ``losses`` returns is only recorded.
    """

    Settings: ClassVar[type[TrainingSettings]] = TrainingSettings
    settings: TrainingSettings
    weights: Mapping[str, float]
    prior: Tensor
    waits: ClassVar[bool] = False
    """Whether an operation in ``losses`` makes the host wait for a GPU."""

    def __init__(
        self, dims: Mapping[str, int], settings: TrainingSettings, prior: Tensor, stream: torch.Generator
    ) -> None:
        """Build the networks; their weights are drawn later, all from one stream.

        Args:
            dims: width of a frame in each modality.
            settings: an instance of the class ``Settings``.
            prior: label distribution of the source's train split, [classes]; it sets the number of classes.
            stream: the random stream of dropout.
        """
        super().__init__()
        self.settings = settings
        self.network = Network(dims, settings, len(prior), stream)
        self.register_buffer("prior", prior, persistent=False)

    @abstractmethod
    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """Named, unweighted scalar terms of one batch; ``progress`` goes from 0 to 1 over the training."""

    def check(self, means: Mapping[str, float]) -> None:
        """Check the means of an epoch's terms; an algorithm that has a condition on them raises an error here."""

    def parts(self) -> list[nn.Module]:
        """The networks whose gradients are clipped separately."""
        return self.network.parts()

    def objective(self, terms: Mapping[str, Tensor]) -> Tensor:
        """The minimised sum (Eq. 10) of the weighted terms; a term of weight 0 is not part of the graph."""
        return reduce(add, (weight * terms[name] for name, weight in self.weights.items() if weight))

    def bottleneck(self, outputs: Outputs, label: Tensor) -> dict[str, Tensor]:
        """The information-bottleneck loss of a source batch (Eq. 5), its parts, and the mean length of each Z_m.

        Each term uses the clips that count, see :class:`amanda.network.outputs.Outputs`. A modality that fewer than two
        clips have is left out.
        """
        settings, known = self.settings, outputs.known()
        weight = settings.cross_entropy_weights
        weights = {name: weight.joint if name == JOINT else weight.unimodal for name in outputs.logits}
        cross_entropies = {
            name: functional.cross_entropy(outputs.prediction(name), outputs.of(name, label)) for name in known
        }
        entropies = self.entropies(outputs)
        loss = losses.information_bottleneck(cross_entropies, entropies, settings.gamma, weights)
        terms = {"information_bottleneck": loss}
        terms |= {f"cross_entropy_{name}": value for name, value in cross_entropies.items()}
        terms |= {f"entropy_{name}": value for name, value in entropies.items()}
        norms = {f"norm_{name}": outputs.representation(name).detach().norm(dim=1).mean() for name in known}
        return terms | norms

    def entropies(self, outputs: Outputs) -> dict[str, Tensor]:
        """The entropies that the information bottleneck minimises: Eq. 3, the published code's form, or none.

        Each variance of the joint representation uses the clips that have its modality. If some clips lack a modality,
        the joint entropy is the sum of the entropies of the modalities, which Eq. 3 implies in any case.
        """
        settings = self.settings
        if settings.entropy == "none":
            return {}
        unimodal = {name: outputs.representation(name) for name in outputs.known() if name != JOINT}
        if settings.entropy == "log_determinant_published_code":
            return {name: losses.log_determinant(z) for name, z in unimodal.items()}
        variance, floor = settings.variance, settings.variance_floor
        each = {name: losses.entropy(z, variance, floor) for name, z in unimodal.items()}
        if not outputs.counted:
            each[JOINT] = losses.entropy(outputs.representations[JOINT], variance, floor)
        elif each:
            each[JOINT] = reduce(add, each.values())
        return each


def load_algorithm(name: str) -> type[Algorithm]:
    """The class of an algorithm, by its name in ``ALGORITHMS``; no other algorithm's module is imported."""
    module, kind = ALGORITHMS[name]
    return getattr(import_module(module), kind)
