"""DANN for each modality: a discriminator tells the domains apart, the encoder learns to prevent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from amanda.algorithms.adversarial import AdversarialSettings, Reversal, domain_loss, most_certain, reverse
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.losses.surrogates import Surrogate, surrogate
from amanda.network.model import Outputs, mlp
from amanda.shared.settings import Dropped
from extractors.shared.settings import Size, key


class DannSettings(AdversarialSettings):
    """Domain-adversarial training (Ganin et al. 2016) of each modality."""

    discriminator: tuple[Size, ...] = key("hidden sizes of a domain discriminator", min_length=1)
    leak_discriminator: Annotated[float, Field(ge=0, lt=1)] = key(
        "slope of the discriminator's activation below 0; 0 is ReLU"
    )
    dropout_discriminator: Dropped = key("share of the discriminator's values dropped in training")
    target_share: float = key(
        "share of a target batch that the discriminators see: the clips with the most confident joint prediction",
        gt=0,
        le=1,
    )
    domain_surrogate: Surrogate = key("the function that combines the domain losses of the modalities (section 3.2)")


class Dann(Algorithm):
    """Domain-adversarial training (Ganin et al., 2016) of every unimodal representation (paper, section 4.1).

    Minimises L_IB + trade_off Σ_m BCE(D_m(R(Z_m)), domain). R returns Z_m unchanged and reverses its gradient, so this
    is a minimum over the discriminators D_m and a maximum over the encoders. Source and target clips pass the
    discriminator together; the source has the label 1. ``domain_surrogate`` may replace the sum. With ``target_share``
    the discriminators see only the most confident clips of the target. Both are in the authors' byte code.
    """

    Settings = DannSettings
    settings: DannSettings

    def __init__(self, dims: Mapping[str, int], settings: DannSettings, prior: Tensor, stream: torch.Generator) -> None:
        super().__init__(dims, settings, prior, stream)
        self.weights = {"information_bottleneck": 1.0, "domain": settings.trade_off}
        self.reversal = Reversal(settings.reversal)
        discriminators = {name: self.make_discriminator(stream) for name in self.network.modalities}
        self.discriminators = nn.ModuleDict(discriminators)

    def discriminator(self, inputs: int, stream: torch.Generator) -> nn.Module:
        """An MLP from ``inputs`` numbers to the logit of `source`."""
        settings = self.settings
        network = mlp(inputs, settings.discriminator, 1, settings.dropout_discriminator, stream)
        leaky = nn.LeakyReLU(settings.leak_discriminator)
        return nn.Sequential(*(leaky if isinstance(layer, nn.ReLU) else layer for layer in network))

    def make_discriminator(self, stream: torch.Generator) -> nn.Module:
        """The domain discriminator of one modality."""
        return self.discriminator(self.settings.representation, stream)

    def parts(self) -> list[nn.Module]:
        """The networks and the discriminators."""
        return [*super().parts(), *self.discriminators.values()]

    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """The information-bottleneck loss, the domain loss of each modality and their combination."""
        of_source, of_target = self.network(source.frames), self.network(target.frames)
        coefficient = self.reversal(progress)
        seen = most_certain(of_target, self.settings.target_share)
        both = [name for name in self.network.modalities if name in of_source.known() and name in seen.known()]
        domain = {name: self.domain_loss(name, of_source, seen, coefficient) for name in both}
        together = coefficient.new_zeros(())
        if domain:
            together, _ = surrogate(torch.stack(list(domain.values())), self.settings.domain_surrogate)
        terms = self.bottleneck(of_source, source.label)
        terms |= {"domain": together, "reversal": coefficient}
        return terms | {f"domain_{name}": value for name, value in domain.items()}

    def domain_loss(self, name: str, source: Outputs, target: Outputs, coefficient: Tensor) -> Tensor:
        """The domain loss of one modality."""
        ours, theirs = source.representation(name), target.representation(name)
        both = reverse(torch.cat([ours, theirs]), coefficient)
        return domain_loss(*self.discriminators[name](both).split([len(ours), len(theirs)]))
