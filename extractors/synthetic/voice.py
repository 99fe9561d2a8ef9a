"""The synthesised voice: a glottal source with a melody, filtered by formants, with one vowel per syllable."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from extractors.synthetic.performance import Performance
from extractors.synthetic.person import Person

RATE = 16_000
"""Samples per second of every synthesised voice."""

VOWELS = np.array([[730, 1090, 2440], [530, 1840, 2480], [390, 1990, 2550], [570, 840, 2410], [300, 870, 2240]], float)
"""The first three formants of five vowels, in Hz (Peterson and Barney, 1952, mean of the men)."""

_WIDTHS = (80.0, 110.0, 160.0)


def speak(rng: np.random.Generator, person: Person, performance: Performance, octaves: float) -> np.ndarray:
    """The waveform of a performance, float32 [seconds * 16000], quiet speech near an amplitude of 0.05.

    Args:
        rng: random generator for the melody, the vowels and the breath.
        person: the speaker, for the pitch and the vocal tract.
        performance: its voice row and syllables.
        octaves: shift of all voices' pitch in the corpus.
    """
    pitch, lively, energy, _, tilt, breath, _, abrupt = (float(value) for value in performance.voice)
    samples = round(performance.seconds * RATE)
    melody = _melody(rng, performance, max(lively, 0.1), samples)
    frequency = person.pitch * 2 ** (pitch + octaves + melody / 12)
    source = _buzz(np.cumsum(frequency) / RATE, tilt)
    source += max(breath, 0.0) * rng.normal(0, 0.35, samples)
    spoken = np.zeros(samples)
    for start, length in performance.syllables:
        first, last = round(start * RATE), min(round((start + length) * RATE), samples)
        if last - first < 32:
            continue
        formants = VOWELS[rng.integers(len(VOWELS))] * person.tract
        rise = np.sin(np.pi * np.linspace(0, 1, last - first) ** 2.0 ** -max(min(abrupt, 1.5), -1)) ** 0.6
        spoken[first:last] += rise * _resonate(source[first:last], formants)
        hiss = min(round(0.04 * RATE), last - first)
        spoken[first : first + hiss] += np.hanning(hiss) * np.diff(rng.normal(0, 0.12, hiss + 1))
    return (0.05 * 10 ** (energy / 20) * spoken).astype(np.float32)


def _melody(rng: np.random.Generator, performance: Performance, lively: float, samples: int) -> np.ndarray:
    """Semitones from the clip's mean pitch for each sample: a falling line with one accent per syllable."""
    accents = rng.normal(0, 2.2 * lively, len(performance.syllables) + 2)
    accents += np.linspace(1.5, -1.5, len(accents))
    middles = (performance.syllables[:, 0] + performance.syllables[:, 1] / 2) * RATE
    knots = np.concatenate([[0.0], middles, [float(samples)]])
    return np.clip(np.interp(np.arange(samples), knots, accents), -9, 12)


def _buzz(phase: np.ndarray, tilt: float) -> np.ndarray:
    """A sawtooth-like glottal pulse from its phase in cycles. A positive tilt weakens the high harmonics."""
    saw = 1 - 2 * (phase % 1.0)
    pole = float(np.clip(0.72 + 0.16 * tilt, 0.35, 0.95))
    return lfilter([1 - pole], [1, -pole], saw)


def _resonate(source: np.ndarray, formants: np.ndarray) -> np.ndarray:
    """Three parallel resonators, each with a gain of about 1 at its formant."""
    out = np.zeros_like(source)
    for centre, width, gain in zip(formants, _WIDTHS, (1.0, 0.7, 0.45), strict=True):
        radius = np.exp(-np.pi * width / RATE)
        angle = 2 * np.pi * centre / RATE
        scale = (1 - radius) * np.sqrt(1 - 2 * radius * np.cos(2 * angle) + radius**2)
        out += gain * 4 * lfilter([scale], [1, -2 * radius * np.cos(angle), radius**2], source)
    return out
