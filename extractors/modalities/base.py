"""What an extractor gives back for one clip, and how it says that a clip cannot be extracted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from extractors.shared.clip import ClipError
from extractors.shared.compute import Compute
from extractors.shared.settings import Settings, key

TOO_LARGE = "needs more memory than the device has"
"""The reason of a clip that does not fit the device even alone."""


class ExtractionSettings(Settings):
    """What every modality is told."""

    precision: Literal["float16", "float32"] = key("the number format of stored frames")
    compute: Compute = key(
        "number format that the network computes in; the 16-bit ones need hardware that is fast at them"
    )
    window: int = key("clips that are read ahead and embedded together", unit="clips", counts=False, ge=1)


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces in the sampled frames of one clip.

    Attributes:
        count: frames that show the speaker's face.
        rivalry: how close the runner-up came, its rank over that of the face chosen, 0 where there is only one.
        found: every face found, a row each: ``frame``, ``track`` (0 is the one that the policy ranks highest), the box
            ``x1, y1, x2, y2`` in pixels of the speaker's part of the picture, and the detector's ``score``.
        track: the track that stands for the speaker, -1 where there is none.
    """

    count: int
    rivalry: float
    found: list[dict[str, Any]]
    track: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """The frames of one clip.

    Attributes:
        frames: float32 [T, dim], T >= 1, every value finite.
        valid: bool [T], or None where every row is a measurement; False marks a filled row (no face there).
        duration: seconds of the clip, as measured on its media; None for text.
        faces: the faces of a video; None for text and audio.
        warning: empty, or what makes the clip ``degraded``.
    """

    frames: np.ndarray
    valid: np.ndarray | None = None
    duration: float | None = None
    faces: Faces | None = None
    warning: str = ""


Outcome = Extraction | ClipError
"""What became of one clip."""


class Extractor(Protocol):
    """A clip in, frames out, in two steps; ``extractors.modalities.EXTRACTORS`` names the classes.

    They are built as (backbone, settings, device), the settings being of their own class. Reading runs in several
    threads while the device embeds other clips.
    """

    preprocessing: int
    """Version of everything that happens to a clip before the backbone; a new one re-extracts every clip."""
    dim: int
    """Columns of the frames."""
    provenance: dict[str, Any]
    """``weights`` (name), ``weights_sha256``, ``config_sha256`` (files read beside them, empty for none), ``revision``,
    ``blocks`` (list of int)."""
    libraries: tuple[str, ...]
    """Packages whose versions the numbers may depend on."""

    def read(self, clip: Mapping[str, Any], release: Path) -> Any:
        """Read the input of one manifest row, with paths relative to ``release``; :class:`ClipError` if it cannot be.

        Only the CPU is used, and nothing of the extractor is changed.
        """
        ...

    def embed(self, inputs: Sequence[Any]) -> list[Outcome]:
        """Frames of some clips, each (to the rounding of the number format) what it would be alone."""
        ...


def extract(extractor: Extractor, clip: Mapping[str, Any], release: Path) -> Extraction:
    """Extract one clip by itself.

    Raises:
        ClipError: it cannot be extracted.
    """
    (outcome,) = extractor.embed([extractor.read(clip, release)])
    if isinstance(outcome, ClipError):
        raise outcome
    return outcome
