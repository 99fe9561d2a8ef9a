"""Amanda: information bottleneck, label alignment, and correlation alignment balanced between modalities (Eq. 10)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Annotated, Literal

import torch
from pydantic import AfterValidator, Field
from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.losses import paper as losses
from amanda.losses.surrogates import Surrogate, surrogate, violations
from amanda.network.model import JOINT, Outputs
from amanda.shared.settings import TrainingSettings
from extractors.shared.program import UserError
from extractors.shared.settings import key

ROUNDING = 1e-4
"""Largest accepted violation of Lemma 1 and Theorem 1, averaged over an epoch in float32."""


def _has_sum_1(shares: tuple[float, ...]) -> tuple[float, ...]:
    if not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise ValueError("shares with the sum 1")
    return shares


Prior = Annotated[
    tuple[Annotated[float, Field(gt=0, lt=1)], ...],
    Field(min_length=2),
    AfterValidator(_has_sum_1),
]


class AmandaSettings(TrainingSettings):
    """The paper's method: label alignment (Eq. 8), and the surrogate of correlation alignment (Eqs. 9-15)."""

    alpha1: float = key("weight of label alignment (Eq. 10)", ge=0)
    prior: Literal["source"] | Prior = key(
        "label distribution that the target's predictions are aligned to (Eq. 6): the source's, or a share per class"
    )
    alpha2: float = key("weight of correlation alignment (Eq. 10); 0 is the paper's A. w/o CA", ge=0)
    aligned: Literal["representations", "predictions"] = key("the outputs whose covariances Eq. 9 compares")
    covariance: Literal["centred", "uncentred_published_code"] = key(
        "centred: Eq. 9; uncentred_published_code: the published code's, without the factor n before the mean"
    )
    alignment_scale: float = key("factor of each alignment loss before the surrogate", gt=0)
    align_joint: bool = key("whether the joint representation is aligned too")
    assert_theory: bool = key(
        "stop training if Lemma 1 or Theorem 1 is violated; costs a little time and changes no weight"
    )
    surrogate: Surrogate = key("the function h that balances the modalities (section 3.2)")


class Amanda(Algorithm):
    """Minimise L_IB + alpha1 L_LA + alpha2 h(L_CA) (Eq. 10) with a surrogate h of Eq. 11."""

    Settings = AmandaSettings
    settings: AmandaSettings

    def __init__(
        self, dims: Mapping[str, int], settings: AmandaSettings, prior: Tensor, stream: torch.Generator
    ) -> None:
        if settings.prior != "source":
            if len(settings.prior) != len(prior):
                raise UserError(
                    f"--settings: prior has {len(settings.prior)} shares and there are {len(prior)} classes; give a"
                    " share of each class, in their order"
                )
            prior = torch.tensor(settings.prior, dtype=prior.dtype)
        super().__init__(dims, settings, prior, stream)
        self.weights = {
            "information_bottleneck": 1.0,
            "label_alignment": settings.alpha1,
            "correlation_alignment": settings.alpha2,
        }

    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """The three terms of Eq. 10, each with its parts."""
        of_source, of_target = self.network(source.frames), self.network(target.frames)
        terms = self.bottleneck(of_source, source.label)
        terms["label_alignment"] = losses.label_alignment(of_target.logits["joint"], self.prior)
        return terms | self.alignment(of_source, of_target)

    def check(self, means: Mapping[str, float]) -> None:
        """With ``assert_theory``, check Lemma 1 and Theorem 1 in the epoch.

        Raises:
            AssertionError: the minimised function violates section 3.2.
        """
        for claim in ("lemma_1", "theorem_1"):
            if means.get(f"violation_{claim}", 0.0) > ROUNDING:
                raise AssertionError(f"{claim} fails by {means[f'violation_{claim}']:.2g} on average over an epoch")

    def alignment(self, source: Outputs, target: Outputs) -> dict[str, Tensor]:
        """The surrogate h of the M+1 alignment losses, these losses, their weights psi, and the shares of Figure 3."""
        ours = [name for name in source.known() if name in target.known()]
        if not self.settings.align_joint or ours == [JOINT]:  # without any modality, the joint one is zero
            ours.remove(JOINT)
        if not ours:
            return {"correlation_alignment": source.logits[JOINT].new_zeros(())}
        each = [self.settings.alignment_scale * self._distance(name, source, target) for name in ours]
        stacked = torch.stack(each)
        balanced, psi = surrogate(stacked, self.settings.surrogate)
        modalities = [name for name in ours if name != JOINT]
        shares = losses.normalised(stacked[: len(modalities)].detach())
        terms = {"correlation_alignment": balanced}
        terms |= {f"alignment_{name}": value for name, value in zip(ours, each, strict=True)}
        terms |= {f"psi_{name}": value for name, value in zip(ours, psi, strict=True)}
        if self.settings.assert_theory:
            (applied,) = torch.autograd.grad(balanced, stacked, retain_graph=True)
            failing = violations(stacked, balanced, applied, self.settings.surrogate)
            terms |= dict(zip(("violation_lemma_1", "violation_theorem_1"), failing, strict=True))
        return terms | {f"normalised_alignment_{name}": x for name, x in zip(modalities, shares, strict=True)}

    def _distance(self, name: str, source: Outputs, target: Outputs) -> Tensor:
        """The alignment loss of one modality or of the joint one; parts of the joint one may use different clips.

        The covariances are of the representations (paper), or of the predictions (published code).
        """
        kind = self.settings.covariance
        if self.settings.aligned == "predictions":
            ours, theirs = (outputs.prediction(name).softmax(dim=1) for outputs in (source, target))
            return losses.correlation_alignment(ours, theirs, kind)
        if name != JOINT or not (source.counted or target.counted):
            return losses.correlation_alignment(source.representation(name), target.representation(name), kind)
        pairs = product(self.network.modalities, repeat=2)
        parts = [(source.both(one, other), target.both(one, other)) for one, other in pairs]
        known = [(ours, theirs) for ours, theirs in parts if min(len(ours[0]), len(theirs[0])) > 1]
        return torch.stack([losses.block_alignment(ours, theirs, kind) for ours, theirs in known]).sum()
