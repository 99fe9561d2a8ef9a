"""DALN on the joint head: the classifier is also the discriminator, through the nuclear norm of its predictions."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from amanda.algorithms.adversarial import AdversarialSettings, Reversal, nuclear_norm_discrepancy, reverse
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.network.model import JOINT


class DalnSettings(AdversarialSettings):
    """Discriminator-free adversarial learning (Chen et al. 2022) of the joint head."""


class Daln(Algorithm):
    """Discriminator-free adversarial learning (Chen et al., 2022), with the joint head reused (paper, section 4.1).

    Minimises L_IB - trade_off D, with D = (‖P_s‖_* - ‖P_t‖_*) / N of the joint predictions and a reversed gradient of
    Z_{M+1}: the head increases the discrepancy of the domains, the encoders reduce it. If the batches are unequal, only
    the first clips of the larger one are used, because nuclear norms of sets of different size cannot be compared.
    """

    Settings = DalnSettings
    settings: DalnSettings
    waits = True  # CUDA's singular value decomposition checks on the host whether it converged

    def __init__(self, dims: Mapping[str, int], settings: DalnSettings, prior: Tensor, stream: torch.Generator) -> None:
        super().__init__(dims, settings, prior, stream)
        self.weights = {"information_bottleneck": 1.0, "discrepancy": settings.trade_off}
        self.reversal = Reversal(settings.reversal)

    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """The information-bottleneck loss and minus the nuclear-norm discrepancy."""
        of_source, of_target = self.network(source.frames), self.network(target.frames)
        coefficient = self.reversal(progress)
        ours, theirs = of_source.representations[JOINT], of_target.representations[JOINT]
        clips = min(len(ours), len(theirs))
        both = reverse(torch.cat([ours[:clips], theirs[:clips]]), coefficient)
        predictions = self.network.heads[JOINT](both).softmax(dim=1)
        terms = self.bottleneck(of_source, source.label)
        return terms | {
            "discrepancy": -nuclear_norm_discrepancy(*predictions.chunk(2)),
            "reversal": coefficient,
        }
