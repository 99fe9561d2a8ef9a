"""DALN on the multimodal head: the classifier itself is the discriminator, by the nuclear norm of its predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from amanda.algorithms.adversarial import Reversal, nuclear_norm_discrepancy, reverse
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.network.model import JOINT
from amanda.shared.settings import ADVERSARIAL, Key


class Daln(Algorithm):
    """Discriminator-free adversarial learning (Chen et al., 2022), with the joint head reused (paper, section 4.1).

    Minimises L_IB - trade_off D, D = (‖P_s‖_* - ‖P_t‖_*) / N of the joint predictions, the gradient of Z_{M+1}
    reversed: the head drives the domains apart, the encoders bring them together. Of unequal batches only the first
    clips of the larger one count, since the norms of sets of different size do not compare.
    """

    keys: ClassVar[Mapping[str, Key]] = ADVERSARIAL
    waits = True  # CUDA's singular values come with a check whether they converged

    def __init__(self, dims: Mapping[str, int], settings: Mapping, prior: Tensor, stream: torch.Generator) -> None:
        super().__init__(dims, settings, prior, stream)
        self.weights = {"information_bottleneck": 1.0, "discrepancy": settings["trade_off"]}
        self.reversal = Reversal(settings["reversal"])

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
