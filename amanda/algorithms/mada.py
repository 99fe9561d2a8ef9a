"""MADA for each modality: one discriminator per class, each clip shared out among them by its prediction."""

from __future__ import annotations

from functools import reduce
from operator import add

import torch
from torch import Tensor, nn

from amanda.algorithms.adversarial import domain_loss, multilinear, reverse
from amanda.algorithms.dann import Dann, DannSettings
from amanda.network.model import Outputs


class MadaSettings(DannSettings):
    """Multi-adversarial domain adaptation (Pei et al. 2018) of each modality."""


class Mada(Dann):
    """Multi-adversarial domain adaptation (Pei et al., 2018) of every unimodal representation (paper, section 4.1).

    Minimises L_IB + trade_off Σ_m Σ_k BCE(D_mk(R(p_mk Z_m)), domain). The discriminator of class k sees p_k Z_m, with
    the modality's own prediction detached, as in the authors' code: a clip that is not of class k still counts, with
    an input near zero. The class losses are summed; source is labelled 0. The authors' weight of each is 0.3
    (``trade_off``).
    """

    Settings = MadaSettings

    def make_discriminator(self, stream: torch.Generator) -> nn.Module:
        """One discriminator for each class."""
        return nn.ModuleList([self.discriminator(self.settings.representation, stream) for _ in self.prior])

    def domain_loss(self, name: str, source: Outputs, target: Outputs, coefficient: Tensor) -> Tensor:
        """The sum of the class losses of one modality."""
        sizes = [len(source.logits[name]), len(target.logits[name])]
        predictions = torch.cat([source.logits[name], target.logits[name]]).softmax(dim=1).detach()
        representations = torch.cat([source.representations[name], target.representations[name]])
        shares = reverse(multilinear(predictions, representations), coefficient).chunk(len(self.prior), dim=1)
        losses = []
        for discriminator, share in zip(self.discriminators[name].children(), shares, strict=True):
            ours, theirs = discriminator(share).split(sizes)
            losses.append(domain_loss(theirs, ours))
        return reduce(add, losses)
