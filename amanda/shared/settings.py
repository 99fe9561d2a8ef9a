"""The settings that every algorithm has: network, optimiser, information bottleneck (Eq. 5). None has a default.

An algorithm adds its own in a class of its own file.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from extractors.shared.settings import EACH_ONCE, Modalities, Settings, Size, key

Dropped = Annotated[float, Field(ge=0, lt=1)]
"""A share of values that are dropped in training."""


class ConstantRate(Settings):
    """The same learning rate throughout."""

    kind: Literal["constant"] = key("the same rate throughout")


class LinearDecay(Settings):
    """A learning rate that is constant first and then falls linearly towards 0."""

    kind: Literal["linear_decay"] = key("constant first and then linearly towards 0")
    constant_epochs: int = key("epochs at the full rate", unit="epochs", ge=0)
    decay_epochs: int = key("epochs of decay", unit="epochs", ge=1)


Schedule = Annotated[ConstantRate | LinearDecay, Field(discriminator="kind")]


class CrossEntropyWeights(Settings):
    """Weights of the classification losses in Eq. 5, not both 0."""

    unimodal: float = key("weight of each modality's cross entropy", ge=0)
    joint: float = key("weight of the joint cross entropy", ge=0)

    @model_validator(mode="after")
    def _one_counts(self) -> Self:
        if not (self.unimodal or self.joint):
            raise ValueError("two weights that are not both 0")
        return self


class TrainingSettings(Settings):
    """Settings of every algorithm."""

    modalities: Modalities = key(
        "which of text, audio and visual the network has, each once and in this order, as far as both corpora of a pair"
        " have them; a clip needs features in those of all rows of Table 1, so that all rows have the same clips"
    )
    representation: int = key("size of each representation Z_m, and the LSTM's hidden size (section 4)", ge=1)
    filters: int = key("TextCNN filters per kernel height (Zhao et al. 2021)", ge=1)
    kernels: Annotated[tuple[Size, ...], *EACH_ONCE] = key("TextCNN kernel heights", unit="frames", min_length=1)
    textcnn_input: Literal["concatenated", "published_code_view"] = key(
        "concatenated: the frames of the blocks side by side; published_code_view: the published code's reshape, which"
        " mixes time and blocks and depends on the batch"
    )
    visual_pooling: Literal["faces", "all"] = key(
        "frames that the LSTM's maximum over time sees: those with a face, or all"
    )
    head_unimodal: tuple[Size, ...] = key("hidden sizes of each modality's classifier; none is one linear layer")
    head_joint: tuple[Size, ...] = key("hidden sizes of the joint classifier", min_length=1)
    dropout_encoder: Dropped = key("share of the TextCNN's pooled values dropped in training")
    dropout_head: Dropped = key("share of each classifier's values dropped in training")
    initialisation: Literal["torch", "kaiming"] = key("torch: PyTorch's own; kaiming: normal by fan-in, zero bias")
    compute: Literal["float32", "bfloat16"] = key(
        "number format of the encoders' products; bfloat16 is faster where the processor has it, and less exact"
    )
    epochs: int = key("passes over the source's train split", unit="epochs", ge=1)
    batch_size: int = key("clips of each domain in a step (section 4)", unit="clips", ge=2)
    learning_rate: float = key("Adam's step size (section 4)", gt=0)
    betas: tuple[Dropped, ...] = key("Adam's two momentum coefficients (section 4)", min_length=2, max_length=2)
    weight_decay: float = key("L2 penalty in Adam", ge=0)
    schedule: Schedule = key("the learning rate over the epochs")
    clip_norm: Annotated[float, Field(gt=0)] | None = key(
        "largest gradient norm of each network, or null for no clipping"
    )
    gamma: float = key("weight of the entropy in the information bottleneck (Eq. 1)", ge=0)
    entropy: Literal["gaussian_diagonal", "log_determinant_published_code", "none"] = key(
        "entropy of Z_m in Eq. 3, or none; log_determinant_published_code: the published code's, which is 0 with"
        " gradient 0 at the paper's sizes"
    )
    variance: Literal["biased", "unbiased"] = key("estimate of the variances of Eq. 3: divisor n or n - 1")
    variance_floor: float = key("added to each variance before its logarithm", ge=0)
    cross_entropy_weights: CrossEntropyWeights = key("weights of the classification losses in Eq. 5")
    probe_clips: int = key(
        "clips of each train split looked at after each epoch for the A-distance and the density ratio; changes no"
        " weight",
        unit="clips",
        ge=4,
    )
