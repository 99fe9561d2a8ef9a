"""Put clips one after another into a longer recording: the expressions and the voice of one person over time."""

from __future__ import annotations

import numpy as np

from extractors.synthetic.performance import idle_track
from extractors.synthetic.voice import RATE


class Timeline:
    """One person's side of a recording. The person listens with a neutral face where no clip is placed.

    Args:
        rng: random generator for the listening face.
        seconds: duration of the recording.
        rate: frames per second.
    """

    def __init__(self, rng: np.random.Generator, seconds: float, rate: float) -> None:
        self.rate = rate
        self.track = idle_track(rng, round(seconds * rate), hold=6)
        self.sound = np.zeros(round(seconds * RATE), np.float32)

    def place(self, start: float, track: np.ndarray, sound: np.ndarray) -> None:
        """Put expressions [frames, 10] and a voice [samples] at ``start`` seconds."""
        frame, sample = round(start * self.rate), round(start * RATE)
        self.track[frame : frame + len(track)] = track[: len(self.track) - frame]
        self.sound[sample : sample + len(sound)] += sound[: len(self.sound) - sample]
