"""A film of a drawn person who talks in a synthesised voice: pictures and sound in one file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from extractors.shared.clip import CLASSES, MODALITIES
from extractors.synthetic.media import write_video
from extractors.synthetic.plan import Order
from extractors.synthetic.studio import Studio


def studio(size: tuple[int, int] = (200, 320)) -> Studio:
    """Where the person is filmed, in pictures of this height and width."""
    even = dict.fromkeys(MODALITIES, 0.0)
    order = Order("meld", dict.fromkeys(CLASSES, 1), shift=even, lean=even, seed=0, oddities=False)
    return Studio(order, size, 15)


def voice(name: str, mood: str, seconds: float) -> np.ndarray:
    """What the person says for so long, float32 [n] at 16 kHz."""
    place = studio()
    return place.record(name, place.speak(name, place.person("someone", "F"), place.perform(name, mood, seconds)))


def write_film(path: Path, mood: str = "happy", seconds: float = 1.5, size: tuple[int, int] = (200, 320)) -> str:
    """Write the film, of this height and width, and return the words that are said in it."""
    place = studio(size)
    person, performance = place.person("someone", "F"), place.perform(path.stem, mood, seconds)
    said = place.record(path.stem, place.speak(path.stem, person, performance))
    pictures = place.film(path.stem, person, performance)
    write_video(path, pictures, Fraction(15), "libx264", said[None], 16_000)
    return place.text(path.stem, performance)


def write_talk(path: Path, seconds: float = 2.0, rest: float = 1.5, turns: int = 2) -> list[tuple[float, float]]:
    """Write a film in which the person speaks some times, with a rest before each, and return the seconds of speech."""
    place = studio()
    person = place.person("someone", "F")
    quiet = np.zeros(round(16_000 * rest), np.float32)
    said = [np.concatenate([quiet, voice(f"turn {turn}", CLASSES[turn % 4], seconds)]) for turn in range(turns)]
    length = rest + seconds
    performance = place.perform(path.stem, "neutral", turns * length)
    write_video(
        path, place.film(path.stem, person, performance), Fraction(15), "libx264", np.concatenate(said)[None], 16_000
    )
    return [(turn * length + rest, (turn + 1) * length) for turn in range(turns)]
