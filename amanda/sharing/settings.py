"""How models are shared and adapted: the sections ``sharing`` and ``adaptation`` of the config."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from extractors.shared.settings import Settings, Size, key

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
