"""A film of a drawn person who talks in a synthesised voice: pictures and sound in one file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from extractors.shared.clip import CLASSES, MODALITIES
from extractors.synthetic.media import write_video
from extractors.synthetic.plan import Order
from extractors.synthetic.studio import Studio


def write_film(path: Path, mood: str = "happy", seconds: float = 1.5, size: tuple[int, int] = (200, 320)) -> str:
    """Write the film, of this height and width, and return the words that are said in it."""
    even = dict.fromkeys(MODALITIES, 0.0)
    order = Order("meld", dict.fromkeys(CLASSES, 1), shift=even, lean=even, seed=0, oddities=False)
    studio = Studio(order, size, 15)
    person, performance = studio.person("someone", "F"), studio.perform(path.stem, mood, seconds)
    voice = studio.record(path.stem, studio.speak(path.stem, person, performance))
    pictures = studio.film(path.stem, person, performance)
    write_video(path, pictures, Fraction(15), "libx264", voice[None], 16_000)
    return studio.text(path.stem, performance)
