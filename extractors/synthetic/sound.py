"""The sound of a corpus: bandwidth, noise, reverberation, loudness and pitch range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

from extractors.synthetic.voice import RATE


@dataclass(frozen=True, slots=True)
class Sound:
    """The microphone and the room of a corpus.

    ``low`` and ``high`` are the limits of the band in Hz; ``noise`` is the level of the noise and ``gain`` the
    loudness, both in dB; ``colour`` is the spectrum of the noise (0 white .. 1 brown); ``echo`` is the share of
    reverberation and ``decay`` its time constant in seconds; ``octaves`` shifts the pitch of all voices.
    """

    low: float
    high: float
    noise: float
    colour: float
    gain: float
    echo: float
    decay: float
    octaves: float


PLAIN = Sound(low=60, high=7600, noise=-64, colour=0.0, gain=0.0, echo=0.0, decay=0.05, octaves=0.0)
"""The sound of every corpus if the shift is 0."""

SOUNDS = {
    "iemocap": Sound(low=90, high=6800, noise=-50, colour=0.3, gain=-4, echo=0.35, decay=0.12, octaves=-0.05),
    "meld": Sound(low=70, high=6000, noise=-38, colour=0.85, gain=4, echo=0.15, decay=0.05, octaves=0.18),
    "mosei": Sound(low=260, high=3400, noise=-46, colour=0.0, gain=0, echo=0.25, decay=0.03, octaves=-0.15),
    "msp_improv": Sound(low=60, high=7600, noise=-62, colour=0.1, gain=-8, echo=0.05, decay=0.02, octaves=0.08),
}
"""The full shift of each corpus: a lab room; a noisy studio; a laptop microphone; a close headset."""


def sound_of(corpus: str, amount: float) -> Sound:
    """The interpolation from :data:`PLAIN` (``amount`` 0) to the corpus's own sound (``amount`` 1)."""
    own = SOUNDS[corpus]
    names = Sound.__dataclass_fields__
    return Sound(**{name: (1 - amount) * getattr(PLAIN, name) + amount * getattr(own, name) for name in names})


def record(rng: np.random.Generator, voice: np.ndarray, sound: Sound) -> np.ndarray:
    """The microphone's recording of a clean voice: float32 of the same length, within -1..1, at 16 kHz."""
    heard = voice.astype(np.float64)
    if sound.echo > 0:
        length = round(4 * sound.decay * RATE)
        tail = np.exp(-np.arange(length) / (sound.decay * RATE)) * np.random.default_rng(1).normal(0, 1, length)
        tail /= np.sqrt((tail**2).sum())
        heard = (1 - sound.echo) * heard + sound.echo * fftconvolve(heard, tail)[: len(heard)]
    hiss = rng.normal(0, 1, len(heard))
    rumble = sosfilt(butter(1, 120, fs=RATE, output="sos"), rng.normal(0, 1, len(heard))) * 8
    heard += 10 ** (sound.noise / 20) * ((1 - sound.colour) * hiss + sound.colour * rumble)
    band = butter(3, (sound.low, sound.high), "bandpass", fs=RATE, output="sos")
    return np.clip(10 ** (sound.gain / 20) * sosfilt(band, heard), -0.99, 0.99).astype(np.float32)
