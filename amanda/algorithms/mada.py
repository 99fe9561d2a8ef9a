"""MADA for each modality: one discriminator per class; a clip's prediction weighs its input to each of them."""

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
    the modality's own prediction detached, as in the authors' code. A clip of another class still counts, with an
    input near zero. The class losses are summed; the source has the label 0. The authors' weight of each class loss is
    0.3 (``trade_off``).
    """

    Settings = MadaSettings

    def make_discriminator(self, stream: torch.Generator) -> nn.Module:
        """One discriminator for each class."""
        return nn.ModuleList([self.discriminator(self.settings.representation, stream) for _ in self.prior])

    def domain_loss(self, name: str, source: Outputs, target: Outputs, coefficient: Tensor) -> Tensor:
        """The sum of the class losses of one modality."""
        logits = source.prediction(name), target.prediction(name)
        sizes = [len(each) for each in logits]
        predictions = torch.cat(logits).softmax(dim=1).detach()
        representations = torch.cat([source.representation(name), target.representation(name)])
        shares = reverse(multilinear(predictions, representations), coefficient).chunk(len(self.prior), dim=1)
        losses = []
        for discriminator, share in zip(self.discriminators[name].children(), shares, strict=True):
            ours, theirs = discriminator(share).split(sizes)
            losses.append(domain_loss(theirs, ours))
        return reduce(add, losses)
