"""``corpora.<name>.reading``: the choices about a corpus that the config makes, a class for each reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from extractors.shared.settings import Kind, Settings, Share, key, optional, settings_of

Reading = Mapping[str, Any]
"""The choices as the config has them."""

Name = Annotated[str, Field(min_length=1)]
"""A text that is not empty, such as a path."""


class AnyReading(Settings):
    """What every corpus may have, which :mod:`extractors.read_release` applies."""

    extra_defects: Name = optional(
        "your own table of known defects (TSV: clip, symptom, source, action), relative to the working directory",
        absent="",
    )
    face_choices: Name = optional(
        "your word on whose face is the speaker's (CSV: clip_id, x, y), relative to the working directory", absent=""
    )


class ReleaseReading(AnyReading):
    """What every corpus of the paper has."""

    accept_missing_media: Share = key(
        "with expected_counts published, the share of labelled clips that may lack a file"
    )


def check_reading(kind: type[Kind], corpus: str, reading: Reading) -> Kind:
    """The choices, checked.

    Args:
        kind: the reader's class.
        corpus: name in the config, for the error message.
        reading: the choices of the config.

    Raises:
        UserError: a key is missing, unknown or wrong.
    """
    return settings_of(kind, reading, f"config: corpora.{corpus}.reading")
