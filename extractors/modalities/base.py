"""The interface of an extractor: its results for a clip, and its errors."""

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
"""The reason of a clip that does not fit into the device's memory even alone."""


class ExtractionSettings(Settings):
    """Settings of every modality."""

    precision: Literal["float16", "float32"] = key("the number format of stored frames")
    compute: Compute = key(
        "number format of the network's computation; the 16-bit formats need hardware that supports them"
    )
    window: int = key("clips that are read ahead and embedded together", unit="clips", counts=False, ge=1)


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces in the sampled frames of one clip.

    Attributes:
        count: frames that show the speaker's face.
        rivalry: rank of the runner-up divided by that of the chosen face, 0 if there is only one.
        found: every face found, a row each: ``frame``, ``track`` (0 is the one that the policy ranks highest), the box
            ``x1, y1, x2, y2`` in pixels of the speaker's part of the picture, and the detector's ``score``.
        track: the track of the speaker, -1 if there is none.
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
        valid: bool [T], or None if every row is a measurement; False marks a filled row (without a face).
        duration: seconds of the clip, as measured on its media; None for text.
        faces: the faces of a video; None for text and audio.
        warning: empty, or the reason why the clip is ``degraded``.
    """

    frames: np.ndarray
    valid: np.ndarray | None = None
    duration: float | None = None
    faces: Faces | None = None
    warning: str = ""


Outcome = Extraction | ClipError
"""The result for one clip: an extraction or an error."""


class Extractor(Protocol):
    """From clips to frames in two steps; ``extractors.modalities.EXTRACTORS`` names the classes.

    They are built as (backbone, settings, device), the settings being of their own class. Reading runs in several
    threads while the device embeds other clips.
    """

    preprocessing: int
    """Version of all processing before the backbone; a new version extracts every clip again."""
    dim: int
    """Columns of the frames."""
    provenance: dict[str, Any]
    """``weights`` (name), ``weights_sha256``, ``config_sha256`` (files read beside them, empty for none), ``revision``,
    ``blocks`` (list of int)."""
    libraries: tuple[str, ...]
    """Packages whose versions the numbers may depend on."""

    def read(self, clip: Mapping[str, Any], release: Path) -> Any:
        """Read the input of one manifest row, with paths relative to ``release``; raises :class:`ClipError`.

        It uses only the CPU, and does not change the extractor.
        """
        ...

    def embed(self, inputs: Sequence[Any]) -> list[Outcome]:
        """Frames of some clips; up to rounding, each result does not depend on the other clips."""
        ...


def extract(extractor: Extractor, clip: Mapping[str, Any], release: Path) -> Extraction:
    """Extract a single clip.

    Raises:
        ClipError: it cannot be extracted.
    """
    (outcome,) = extractor.embed([extractor.read(clip, release)])
    if isinstance(outcome, ClipError):
        raise outcome
    return outcome
