"""``corpora.<name>.reading``: the config's choices about a corpus, with one class per reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from extractors.shared.settings import Kind, Settings, Share, key, optional, settings_of

Reading = Mapping[str, Any]
"""The choices as they are in the config."""

Name = Annotated[str, Field(min_length=1)]
"""A non-empty text, such as a path."""


class AnyReading(Settings):
    """Optional choices of every corpus. :mod:`extractors.read_release` applies them."""

    extra_defects: Name = optional(
        "your own table of known defects (TSV: clip, symptom, source, action), relative to the working directory",
        absent="",
    )
    face_choices: Name = optional(
        "your word on whose face is the speaker's (CSV: clip_id, x, y), relative to the working directory", absent=""
    )


class ReleaseReading(AnyReading):
    """Choices of every corpus of the paper."""

    accept_missing_media: Share = key(
        "with expected_counts published, the share of labelled clips that may lack a file"
    )


def check_reading(kind: type[Kind], corpus: str, reading: Reading) -> Kind:
    """Check the choices.

    Args:
        kind: the reader's class of choices.
        corpus: name of the corpus in the config, for the error message.
        reading: the choices of the config.

    Raises:
        UserError: a key is missing or unknown, or a value is wrong.
    """
    return settings_of(kind, reading, f"config: corpora.{corpus}.reading")
