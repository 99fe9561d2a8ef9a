"""How models are shared and adapted: the sections ``sharing`` and ``adaptation`` of the config."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from extractors.shared.settings import Positive, Settings, Share, Size, key

LEAST_CLIPS = 100
"""The model card warns if a statistic was computed from fewer clips."""


class SharingSettings(Settings):
    """How models are shared."""

    least_clips: Size = key(
        "a model is not shared if one of its statistics was computed from fewer clips, because statistics of few clips"
        f" reveal who was among them; the model card warns below {LEAST_CLIPS}",
        unit="clips",
    )
    licence: Annotated[str, Field(pattern="^[a-z0-9.-]+$")] = key(
        "the model's licence, by its name on the model hub; `other` if only `licence_note` can describe it"
    )
    licence_note: str = key("text for the model card: what the licences of corpora and backbones allow", min_length=1)


class AlignmentSettings(Settings):
    """How encoders are trained without the source, if this is requested."""

    steps: Size = key("steps of Adam")
    learning_rate: Positive = key("Adam's step size")
    batch_size: Size = key("clips in a step", unit="clips")
    seed: int = key("seed of the order of clips", ge=0)


class AdaptationSettings(Settings):
    """How a shared model is adapted without its source; docs/sharing.md describes the benefit of each step."""

    rounds: Size = key("rounds in which the four numbers on the logits are fitted")
    step: float = key("share of the remaining difference of logarithms that a round removes", gt=0, le=1)
    speaker_weight: Positive = key(
        "k: a speaker's own n clips have the weight n / (n + k), and the clips of all speakers the rest", unit="clips"
    )
    enough: float = key(
        "nothing is changed if each class is already predicted for at least this share of the clips, unless expected"
        " shares or labels are given",
        ge=0,
        le=0.25,
    )
    most: Share = key("expected shares are moved half-way to equal ones if one class has more than this")
    alarm: Positive = key(
        "frames are called wrong, like those of another backbone, if the distance of a modality's inputs from the"
        " source's is at least this"
    )
    alignment: AlignmentSettings = key("training of the encoders, if this is requested")
