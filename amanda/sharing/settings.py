"""How models are shared and adapted: the sections ``sharing`` and ``adaptation`` of the config."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from extractors.shared.settings import Positive, Settings, Share, Size, key

LEAST_CLIPS = 100
"""Fewer clips behind a statistic than this are said loudly on the model card."""


class SharingSettings(Settings):
    """How models are shared."""

    least_clips: Size = key(
        "a model is not shared if fewer clips stand behind a statistic that would leave with it, since statistics of"
        f" few clips tell who was among them; the model card warns below {LEAST_CLIPS}",
        unit="clips",
    )
    licence: Annotated[str, Field(pattern="^[a-z0-9.-]+$")] = key(
        "the model's licence, as the model hub names it; `other` where only `licence_note` can say it"
    )
    licence_note: str = key("what the licences of corpora and backbones allow, for the model card", min_length=1)


class AlignmentSettings(Settings):
    """How encoders are trained without the source, where that is asked for."""

    steps: Size = key("steps of Adam")
    learning_rate: Positive = key("Adam's step size")
    batch_size: Size = key("clips in a step", unit="clips")
    seed: int = key("seed of the order of clips", ge=0)


class AdaptationSettings(Settings):
    """How a shared model is adapted without its source; docs/sharing.md says what each step is worth."""

    rounds: Size = key("rounds that the four numbers on the logits are fitted in")
    step: float = key("how much of the remaining difference of logarithms a round takes", gt=0, le=1)
    speaker_weight: Positive = key(
        "k: a speaker's own n clips count n / (n + k), and what all speakers share the rest", unit="clips"
    )
    enough: float = key(
        "nothing is changed where each class is predicted for this share of the clips already, unless shares or labels"
        " of the lab say what to change",
        ge=0,
        le=0.25,
    )
    most: Share = key("expected shares are moved half-way to equal ones if one class has more than this")
    alarm: Positive = key(
        "distance of a modality's inputs from the source's from which on the frames are called wrong, as those of"
        " another backbone are"
    )
    alignment: AlignmentSettings = key("training of the encoders, where it is asked for")
