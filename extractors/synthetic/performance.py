"""The expression of a mood: face, voice and words of one synthetic person in one clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from extractors.shared.clip import CLASSES
from extractors.synthetic.manner import Manner

FACES = {
    #          curve  open  wide raise slant  eye flush tilt   nod sway
    "neutral": (0.05, 0.00, 0.0, 0.00, 0.00, 1.00, 0.0, 0.0, 0.0, 0.0),
    "happy": (1.10, 0.35, 0.8, 0.35, 0.00, 0.80, 0.3, 1.5, -1.0, 0.0),
    "sad": (-1.00, 0.00, -0.3, 0.15, -1.10, 0.50, -1.0, -3.0, 5.0, 0.0),
    "angry": (-0.50, 0.45, 0.2, -0.60, 1.10, 1.25, 1.0, 0.0, -1.5, 0.0),
}
"""Class -> its mean expression at full strength, in the order of ``face.EXPRESSION``."""

_FACE_SPREAD = np.array([0.22, 0.06, 0.12, 0.15, 0.2, 0.1, 0.25, 1.5, 1.5, 1.0])

VOICES = {
    #         pitch lively energy rate tilt breath bound abrupt
    "neutral": (0.00, 0.50, 0.0, 4.4, 0.0, 0.08, 0.80, 0.0),
    "happy": (0.40, 1.60, 3.0, 6.0, -0.5, 0.12, 0.85, -0.3),
    "sad": (-0.20, 0.20, -6.0, 2.8, 1.0, 0.45, 0.98, -1.0),
    "angry": (0.20, 0.90, 6.0, 5.4, -1.3, 0.02, 0.50, 1.0),
}
"""Class -> pitch in octaves from rest, liveliness of the melody, energy in dB, syllables per second, spectral tilt,
breath, voiced share of a syllable's time, and abruptness of its beginning (negative: it swells)."""

_VOICE_SPREAD = np.array([0.08, 0.2, 1.5, 0.35, 0.25, 0.04, 0.05, 0.2])

MISLEADING = {"text": 0.1, "audio": 0.1, "visual": 0.1}
"""Probability that a modality shows another class than the clip's, so that no single modality is sufficient."""

BLENDS = {"surprise": ("happy", "angry"), "disgust": ("sad", "angry"), "fear": ("neutral", "sad")}
"""Moods beyond the four classes -> the two classes of which each is an equal mixture."""

MOODS = (*CLASSES, *BLENDS)
"""Moods that an order of a twin can contain, in the order in which they are distributed."""

OTHER = "other"
"""The mood of clips beyond the order."""


@dataclass(frozen=True, slots=True)
class Performance:
    """The content of one clip: its duration in seconds, and the expression in each modality.

    ``face`` is the expression vector at its peak; ``voice`` a row as in :data:`VOICES`; ``words`` the class of the
    words; ``strength`` its strength; ``syllables`` [n, 2] the start and duration in seconds of each syllable.
    """

    seconds: float
    face: np.ndarray
    voice: np.ndarray
    words: str
    strength: float
    syllables: np.ndarray


def perform(rng: np.random.Generator, mood: str, manner: Manner, seconds: float | None = None) -> Performance:
    """Draw one performance of a mood, with a given or a drawn duration. ``other`` mixes two random classes."""
    strengths = manner.vigour * rng.uniform(0.7, 1.1, 3)
    words, said, shown = (_shown(rng, mood, modality) for modality in MISLEADING)
    voice = (
        _towards(VOICES, said, strengths[1])
        + _leaning(VOICES, manner, "audio")
        + rng.normal(0, 1, len(_VOICE_SPREAD)) * _VOICE_SPREAD
    )
    seconds = float(rng.uniform(1.2, 2.4)) if seconds is None else seconds
    face = _towards(FACES, shown, strengths[2]) + _leaning(FACES, manner, "visual")
    return Performance(
        seconds=seconds,
        face=face + rng.normal(0, 1, len(_FACE_SPREAD)) * _FACE_SPREAD,
        voice=voice,
        words=words[0],
        strength=float(strengths[0]),
        syllables=_syllables(rng, seconds, float(np.clip(voice[3], 2.2, 7)), float(np.clip(voice[6], 0.35, 1))),
    )


def _shown(rng: np.random.Generator, mood: str, modality: str) -> tuple[str, str]:
    """The two classes that a modality mixes: usually twice the clip's own, sometimes another one, two for ``other``.

    A blend is never misleading: it always mixes its own two classes.
    """
    if mood in BLENDS:
        return BLENDS[mood]
    if mood == OTHER:
        first, second = rng.choice(CLASSES, 2, replace=False)
        return str(first), str(second)
    if rng.random() < MISLEADING[modality]:
        mood = str(rng.choice([name for name in CLASSES if name != mood]))
    return mood, mood


def _leaning(means: Mapping[str, tuple[float, ...]], manner: Manner, modality: str) -> np.ndarray:
    return manner.lean[modality] * (np.array(means[manner.leans]) - np.array(means["neutral"]))


def _towards(means: Mapping[str, tuple[float, ...]], shown: tuple[str, str], strength: float) -> np.ndarray:
    rest = np.array(means["neutral"])
    full = (np.array(means[shown[0]]) + np.array(means[shown[1]])) / 2
    return rest + strength * (full - rest)


def expression_track(rng: np.random.Generator, performance: Performance, rate: float, hold: int) -> np.ndarray:
    """The expression in each frame, [frames, 10]: it rises from rest, varies, blinks, and the mouth follows speech.

    Args:
        rng: random generator for variation and blinks.
        performance: its face, duration and syllables.
        rate: frames per second.
        hold: number of frames for which an expression is held, as in animated films.
    """
    frames = max(1, round(performance.seconds * rate))
    times = (np.arange(0, frames, hold) + 0.5) / rate
    rest = np.array(FACES["neutral"])
    rise = np.clip(0.65 + times / 0.5, 0, 1)[:, None]
    track = rest + rise * (performance.face - rest)
    phases, speeds = rng.uniform(0, 2 * np.pi, 10), rng.uniform(0.3, 1.1, 10)
    track += 0.4 * _FACE_SPREAD * np.sin(2 * np.pi * speeds * times[:, None] + phases)
    for start, length in performance.syllables:
        track[:, 1] += 0.5 * np.exp(-(((times - start - length / 2) / (0.4 * length)) ** 2))
    blink = rng.uniform(0, 3)
    track[np.abs(times - blink) < 0.07, 5] = 0.15
    return np.repeat(track, hold, axis=0)[:frames]


def idle_track(rng: np.random.Generator, frames: int, hold: int) -> np.ndarray:
    """The expressions of a listening person, [frames, 10]: neutral, with a small change every ``hold`` frames."""
    poses = np.array(FACES["neutral"]) + 0.3 * _FACE_SPREAD * rng.normal(0, 1, (frames // hold + 1, 10))
    return np.repeat(poses, hold, axis=0)[:frames]


def _syllables(rng: np.random.Generator, seconds: float, rate: float, bound: float) -> np.ndarray:
    lead = min(0.12, 0.1 * seconds)
    count = max(1, round((seconds - 2 * lead) * rate))
    lengths = rng.uniform(0.7, 1.3, count)
    lengths *= (seconds - 2 * lead) / lengths.sum()
    starts = lead + np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    return np.stack([starts, bound * lengths], axis=1)
