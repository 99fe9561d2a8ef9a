"""How the people of a corpus act, whatever they feel: how strongly it shows, and the class that all they do leans to.

A corpus that is louder, faster or more smiling than another looks happy or angry to a classifier of the other. A shift
that leans so moves the predictions, which a shift of light and microphones alone does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extractors.shared.clip import MODALITIES


@dataclass(frozen=True, slots=True)
class Manner:
    """The manner of a corpus.

    ``leans`` is the class that everybody leans to, and ``lean`` how far in each modality, 0 to 1: at 1 face and voice
    are moved by all that tells this class from neutral, and half of the words are of it. ``vigour`` is a factor of how
    strongly a class shows: actors show more than people who forget the camera.
    """

    leans: str
    lean: Mapping[str, float]
    vigour: float


_LEANS = {"iemocap": ("sad", 0.7), "meld": ("happy", 0.9), "mosei": ("angry", 1.9), "msp_improv": ("angry", 1.0)}
"""The class and the factor: quiet scenes between two; a comedy; complaints told to a camera; improvised quarrels."""

_VIGOUR = {"iemocap": 1.0, "meld": 0.9, "mosei": 0.95, "msp_improv": 1.05}

PLAIN = Manner("neutral", dict.fromkeys(MODALITIES, 0.0), 1.0)
"""The manner of nobody in particular, which leans nowhere."""


def manner_of(corpus: str, lean: Mapping[str, float]) -> Manner:
    """The manner of a corpus where all lean so far in each modality, 0 to 1, but for its own factor."""
    leans, factor = _LEANS[corpus]
    return Manner(leans, {modality: factor * amount for modality, amount in lean.items()}, _VIGOUR[corpus])
