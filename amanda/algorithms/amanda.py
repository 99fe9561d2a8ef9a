"""Amanda: information bottleneck, label alignment, and correlation alignment balanced between modalities (Eq. 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.losses import paper as losses
from amanda.losses.surrogates import surrogate, violations
from amanda.network.model import JOINT, Outputs
from amanda.shared.settings import ALIGNMENT, Key

ROUNDING = 1e-4
"""How far Lemma 1 and Theorem 1 may fail on average over an epoch, in float32."""


class Amanda(Algorithm):
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

    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """The three terms of Eq. 10, each with its parts."""
        of_source, of_target = self.network(source.frames), self.network(target.frames)
        terms = self.bottleneck(of_source, source.label)
        terms["label_alignment"] = losses.label_alignment(of_target.logits["joint"], self.prior)
        return terms | self.alignment(of_source, of_target)

    def check(self, means: Mapping[str, float]) -> None:
        """With ``assert_theory``, make sure of Lemma 1 and Theorem 1 in the epoch.

        Raises:
            AssertionError: what training minimised is not what section 3.2 speaks of.
        """
        for claim in ("lemma_1", "theorem_1"):
            if means.get(f"violation_{claim}", 0.0) > ROUNDING:
                raise AssertionError(f"{claim} fails by {means[f'violation_{claim}']:.2g} on average over an epoch")

    def alignment(self, source: Outputs, target: Outputs) -> dict[str, Tensor]:
        """The surrogate h of the M+1 alignment losses, those losses, their weights psi, and the shares of Figure 3."""
        ours, theirs = self._aligned(source), self._aligned(target)
        kind, scale = self.settings["covariance"], self.settings["alignment_scale"]
        each = [scale * losses.correlation_alignment(ours[name], theirs[name], kind) for name in ours]
        stacked = torch.stack(each)
        balanced, psi = surrogate(stacked, self.settings["surrogate"])
        modalities = [name for name in ours if name != JOINT]
        shares = losses.normalised(stacked[: len(modalities)].detach())
        terms = {"correlation_alignment": balanced}
        terms |= {f"alignment_{name}": value for name, value in zip(ours, each, strict=True)}
        terms |= {f"psi_{name}": value for name, value in zip(ours, psi, strict=True)}
        if self.settings["assert_theory"]:
            (applied,) = torch.autograd.grad(balanced, stacked, retain_graph=True)
            failing = violations(stacked, balanced, applied, self.settings["surrogate"])
            terms |= dict(zip(("violation_lemma_1", "violation_theorem_1"), failing, strict=True))
        return terms | {f"normalised_alignment_{name}": x for name, x in zip(modalities, shares, strict=True)}

    def _aligned(self, outputs: Outputs) -> dict[str, Tensor]:
        """What the covariances are of: the representations (paper), or the predictions (published code)."""
        names = [name for name in outputs.representations if name != JOINT or self.settings["align_joint"]]
        if self.settings["aligned"] == "representations":
            return {name: outputs.representations[name] for name in names}
        return {name: outputs.logits[name].softmax(dim=1) for name in names}
