"""Amanda: information bottleneck, label alignment, and correlation alignment balanced between modalities (Eq. 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from amanda import losses
from amanda.data import MODALITIES
from amanda.methods.base import Labelled, Method, Unlabelled
from amanda.model import Outputs
from amanda.settings import ALIGNMENT, Key
from amanda.surrogates import surrogate


class Amanda(Method):
    """Minimise L_IB + alpha1 L_LA + alpha2 h(L_CA) (Eq. 10) with a surrogate h of Eq. 11."""

    keys: ClassVar[Mapping[str, Key]] = ALIGNMENT

    def __init__(self, dims: Mapping[str, int], settings: Mapping, prior: Tensor, stream: torch.Generator) -> None:
        if settings["prior"] != "source":
            prior = torch.tensor(settings["prior"], dtype=prior.dtype)
        super().__init__(dims, settings, prior, stream)
        self.weights = {
            "information_bottleneck": 1.0,
            "label_alignment": settings["alpha1"],
            "correlation_alignment": settings["alpha2"],
        }

    def losses(self, source: Labelled, target: Unlabelled, progress: float) -> dict[str, Tensor]:
        """The three terms of Eq. 10, each with its parts."""
        of_source, of_target = self.network(source.frames), self.network(target.frames)
        terms = self.bottleneck(of_source, source.label)
        terms["label_alignment"] = losses.label_alignment(of_target.logits["joint"], self.prior)
        return terms | self.alignment(of_source, of_target)

    def alignment(self, source: Outputs, target: Outputs) -> dict[str, Tensor]:
        """The surrogate h of the M+1 alignment losses, those losses, their weights psi, and the shares of Figure 3."""
        ours, theirs = self._aligned(source), self._aligned(target)
        rule, scale = self.settings["covariance"], self.settings["alignment_scale"]
        each = [scale * losses.correlation_alignment(ours[name], theirs[name], rule) for name in ours]
        balanced, psi = surrogate(torch.stack(each), self.settings["surrogate"])
        shares = losses.normalised(torch.stack(each[: len(MODALITIES)]).detach())
        terms = {"correlation_alignment": balanced}
        terms |= {f"alignment_{name}": value for name, value in zip(ours, each, strict=True)}
        terms |= {f"psi_{name}": value for name, value in zip(ours, psi, strict=True)}
        return terms | {f"normalised_alignment_{name}": x for name, x in zip(MODALITIES, shares, strict=True)}

    def _aligned(self, outputs: Outputs) -> dict[str, Tensor]:
        """What the covariances are of: the representations (paper), or the predictions (released code)."""
        if self.settings["aligned"] == "representations":
            return outputs.representations
        return {name: logits.softmax(dim=1) for name, logits in outputs.logits.items()}
