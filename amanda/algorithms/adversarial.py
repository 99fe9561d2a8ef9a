"""Parts of the adversarial baselines: gradient reversal, domain loss, conditioning, nuclear-norm discrepancy."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from amanda.network.model import JOINT, Outputs
from amanda.shared.settings import TrainingSettings
from extractors.shared.settings import Settings, key


class ProgressReversal(Settings):
    """A coefficient that grows with the progress of the training."""

    kind: Literal["progress"] = key("2/(1 + exp(-slope p)) - 1 with p from 0 to 1 over the training")
    slope: float = key("steepness over the training, 10 in Ganin et al. (2016)", gt=0)


class FixedReversal(Settings):
    """A coefficient that grows with the number of steps."""

    kind: Literal["fixed"] = key("2/(1 + exp(-i/steps)) - 1 after i steps")
    steps: float = key("steps after which the coefficient is 0.46, 1000 in the Transfer-Learning-Library", gt=0)


class ConstantReversal(Settings):
    """A constant coefficient."""

    kind: Literal["constant"] = key("a constant value")
    value: float = key("the constant coefficient", gt=-1)


AnyReversal = ProgressReversal | FixedReversal | ConstantReversal


class AdversarialSettings(TrainingSettings):
    """Additional settings of every adversarial baseline: the weight of its loss, the schedule of gradient reversal."""

    trade_off: float = key("weight of the adversarial loss", ge=0)
    reversal: Annotated[AnyReversal, Field(discriminator="kind")] = key(
        "the coefficient of gradient reversal during training"
    )


class _Reverse(torch.autograd.Function):
    """The identity; its gradient is multiplied by minus a coefficient."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, coefficient: Tensor) -> Tensor:
        ctx.save_for_backward(coefficient)
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (coefficient,) = ctx.saved_tensors
        return -coefficient * gradient, None


def reverse(values: Tensor, coefficient: Tensor) -> Tensor:
    """Gradient reversal layer (Ganin et al., 2016): layers before it get the gradient with the opposite sign.

    Args:
        values: any shape; returned unchanged.
        coefficient: scalar; with 0, layers before it get no gradient and layers after it still train.
    """
    return _Reverse.apply(values, coefficient)


class Reversal(nn.Module):
    """The coefficient of gradient reversal during training.

    ``progress``: 2/(1 + exp(-slope p)) - 1 with p from 0 to 1 (Ganin et al., 2016; slope 10). ``fixed``: the same curve
    over the number i of finished steps, 2/(1 + exp(-i/steps)) - 1, independent of the length of the training (1000
    steps in the Transfer-Learning-Library). ``constant``: one value. The count of steps is saved with the weights, so
    that a resumed run continues with it.
    """

    step: Tensor

    def __init__(self, settings: AnyReversal) -> None:
        super().__init__()
        self.settings = settings
        self.register_buffer("step", torch.zeros((), dtype=torch.int64))

    def forward(self, progress: float | Tensor) -> Tensor:
        """The coefficient of this step, a scalar; each call is one step."""
        step = self.step.double()
        self.step += 1
        settings = self.settings
        if isinstance(settings, ConstantReversal):
            return torch.full_like(step, settings.value)
        if isinstance(settings, FixedReversal):
            return torch.tanh(step / (2 * settings.steps))
        return torch.tanh(torch.full_like(step, settings.slope / 2) * progress)


def domain_loss(source: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """Binary cross-entropy of the domain prediction, source 1 and target 0, averaged over the clips of both domains.

    -1/(n_s + n_t) [Σ_source w log D(z) + Σ_target w log(1 - D(z))] with D the sigmoid of the logit: the domain loss of
    Ganin et al. (2016) with w = 1, that of CDAN+E (Long et al., 2018) with its weights.

    Args:
        source: the discriminator's logits, [source clips, 1].
        target: the same for the target, [target clips, 1]; the numbers of clips may differ.
        weights: weights of the clips, source first, [source and target clips]; with mean 1 for a weighted average.
    """
    logits = torch.cat([source, target]).squeeze(1)
    truth = torch.cat([torch.ones_like(source), torch.zeros_like(target)]).squeeze(1)
    each = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return each.mean() if weights is None else (weights * each).mean()


def most_certain(outputs: Outputs, share: float) -> Outputs:
    """The clips whose joint predictions have the least entropy: a share (0 to 1) of the batch, at least one clip."""
    if share == 1:
        return outputs
    entropies = torch.special.entr(outputs.logits[JOINT].detach().softmax(dim=1)).sum(dim=1)
    chosen = entropies.topk(max(1, round(share * len(entropies))), largest=False).indices
    return outputs.take(chosen)


def multilinear(predictions: Tensor, representations: Tensor) -> Tensor:
    """Multilinear map T(f, p) = p ⊗ f, class by class, [clips, classes x d] (CDAN; Long et al., 2018)."""
    return (predictions[:, :, None] * representations[:, None, :]).flatten(1)


class RandomisedMap(nn.Module):
    """A random map that replaces the outer product, (f R_f) * (p R_g) / sqrt(d), for wide representations (CDAN).

    Both matrices are constant. They are drawn with the run's weights and saved with them.
    """

    of_representations: Tensor
    of_predictions: Tensor

    def __init__(self, inputs: int, classes: int, size: int) -> None:
        super().__init__()
        self.register_buffer("of_representations", torch.zeros(inputs, size))
        self.register_buffer("of_predictions", torch.zeros(classes, size))

    def draw(self, kind: str, stream: torch.Generator) -> None:
        """Draw standard normal numbers, for every kind of initialisation."""
        for matrix in (self.of_representations, self.of_predictions):
            matrix.copy_(torch.randn(matrix.shape, generator=stream))

    def forward(self, predictions: Tensor, representations: Tensor) -> Tensor:
        """Map [clips, classes] and [clips, d] to [clips, size]."""
        size = self.of_predictions.shape[1]
        return (representations @ self.of_representations) * (predictions @ self.of_predictions) / math.sqrt(size)


def certainty(predictions: Tensor, coefficient: Tensor | None) -> Tensor:
    """Weight w = 1 + exp(-H(p)) of each prediction, [clips], from 1 + 1/classes (uniform) to 2 (certain) (CDAN+E).

    Args:
        predictions: probabilities, [clips, classes].
        coefficient: factor of the reversed gradient of the entropy, as in the authors' code; ``None`` for no gradient.
    """
    entropy = -(predictions * (predictions + 1e-5).log()).sum(dim=1)
    entropy = entropy.detach() if coefficient is None else reverse(entropy, coefficient)
    return 1 + torch.exp(-entropy)


def nuclear_norm_discrepancy(source: Tensor, target: Tensor) -> Tensor:
    """(‖P_s‖_* - ‖P_t‖_*) / N_t of two sets of predictions (DALN, Chen et al., 2022).

    The nuclear norm grows with the square root of the number of clips, so only sets of equal size can be compared.

    Args:
        source: probabilities, [clips, classes].
        target: probabilities, [clips, classes].
    """
    difference = torch.linalg.matrix_norm(source, "nuc") - torch.linalg.matrix_norm(target, "nuc")
    return difference / len(target)
