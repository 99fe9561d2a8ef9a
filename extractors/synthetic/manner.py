"""The manner of acting in a corpus, for all emotions: the strength of expression, and a bias towards one class.

If people in one corpus are louder, faster or smile more than in another, a classifier from the other corpus predicts
happy or angry more often. Such a bias changes the predictions. A shift of light and microphones alone does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extractors.shared.clip import MODALITIES


@dataclass(frozen=True, slots=True)
class Manner:
    """The manner of a corpus.

    ``leans`` is the class of the bias, and ``lean`` the bias in each modality, 0 to 1. At 1, face and voice move by the
    whole difference between this class and neutral, and half of the words belong to this class. ``vigour`` is a factor
    on the strength of expression: actors express more than people who forget the camera.
    """

    leans: str
    lean: Mapping[str, float]
    vigour: float


_LEANS = {"iemocap": ("sad", 0.7), "meld": ("happy", 0.9), "mosei": ("angry", 1.9), "msp_improv": ("angry", 1.0)}
"""Corpus -> class and factor of the bias. They fit quiet scenes of two people, a comedy, complaints to a camera, and
improvised quarrels."""

_VIGOUR = {"iemocap": 1.0, "meld": 0.9, "mosei": 0.95, "msp_improv": 1.05}

PLAIN = Manner("neutral", dict.fromkeys(MODALITIES, 0.0), 1.0)
"""The manner without a bias."""


def manner_of(corpus: str, lean: Mapping[str, float]) -> Manner:
    """The manner of a corpus with this bias in each modality, 0 to 1, multiplied by the factor of the corpus."""
    leans, factor = _LEANS[corpus]
    return Manner(leans, {modality: factor * amount for modality, amount in lean.items()}, _VIGOUR[corpus])
