"""CDAN and CDAN+E for each modality: the discriminator sees the prediction together with the representation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from amanda.algorithms.adversarial import RandomisedMap, certainty, domain_loss, multilinear, reverse
from amanda.algorithms.dann import Dann, DannSettings
from amanda.network.model import Outputs
from extractors.shared.settings import key


class CdanSettings(DannSettings):
    """Conditional adversarial training (Long et al. 2018) of each modality."""

    certainty: Literal["none", "authors", "library"] = key(
        "none: CDAN; CDAN+E weights clips by 1 + exp(-entropy), authors: as the authors' code, library: as the"
        " Transfer-Learning-Library"
    )
    randomised: Annotated[int, Field(ge=1)] | None = key(
        "size of the random map that replaces the outer product of prediction and representation, or null for the"
        " product itself"
    )


class Cdan(Dann):
    """Conditional adversarial training (Long et al., 2018) of every unimodal representation (paper, section 4.1).

    Minimises L_IB + trade_off Σ_m BCE(D_m(R(p_m ⊗ Z_m)), domain). The discriminator's input is the outer product of
    the modality's own prediction, detached, and its representation, or a random map of the two. ``certainty: none``
    is CDAN. CDAN+E weights the clips by 1 + exp(-entropy): ``library`` as in the Transfer-Learning-Library (constant
    weights with mean 1 over both domains together), ``authors`` as in the authors' code (each domain has half of the
    total weight, and the entropy gets a reversed gradient).
    """

    Settings = CdanSettings
    settings: CdanSettings

    def __init__(self, dims: Mapping[str, int], settings: CdanSettings, prior: Tensor, stream: torch.Generator) -> None:
        super().__init__(dims, settings, prior, stream)
        size, modalities = settings.randomised, self.network.modalities
        maps = {name: RandomisedMap(settings.representation, len(prior), size) for name in modalities if size}
        self.maps = nn.ModuleDict(maps)

    def make_discriminator(self, stream: torch.Generator) -> nn.Module:
        """The domain discriminator of one modality, whose input is the conditioned representation."""
        return self.discriminator(self.settings.randomised or self.settings.representation * len(self.prior), stream)

    def domain_loss(self, name: str, source: Outputs, target: Outputs, coefficient: Tensor) -> Tensor:
        """The domain loss of one modality, weighted for CDAN+E."""
        logits = source.prediction(name), target.prediction(name)
        sizes = [len(each) for each in logits]
        predictions = torch.cat(logits).softmax(dim=1)
        representations = torch.cat([source.representation(name), target.representation(name)])
        condition = self.maps[name] if self.settings.randomised else multilinear
        inputs = reverse(condition(predictions.detach(), representations), coefficient)
        weights = self.clip_weights(predictions, sizes, coefficient)
        ours, theirs = self.discriminators[name](inputs).split(sizes)
        return domain_loss(ours, theirs, weights)

    def clip_weights(self, predictions: Tensor, sizes: list[int], coefficient: Tensor) -> Tensor | None:
        """Weights of the clips, source first, with mean 1; ``None`` for CDAN without E."""
        kind = self.settings.certainty
        if kind == "none":
            return None
        if kind == "library":
            certain = certainty(predictions, None)
            return certain / certain.mean()
        halves = certainty(predictions, coefficient).split(sizes)
        return torch.cat([half / half.detach().sum() for half in halves]) * sum(sizes) / 2
