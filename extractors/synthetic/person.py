"""The look and the voice of one synthetic person, and the source of all seeded random numbers."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

SKINS = ((236, 200, 176), (224, 182, 152), (212, 168, 136), (198, 152, 118), (186, 140, 108))
HAIRS = ((38, 30, 26), (70, 46, 30), (104, 72, 44), (60, 56, 54), (124, 92, 58))
CLOTHES = ((60, 76, 110), (110, 60, 60), (70, 100, 72), (92, 88, 84), (120, 104, 60))


def chance(seed: int, *names: object) -> np.random.Generator:
    """A random generator that depends only on the seed and on the names of its purpose, not on other draws."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


@dataclass(frozen=True, slots=True)
class Person:
    """One person. Colours are RGB; sizes are factors around 1; ``pitch`` is the resting fundamental frequency in Hz."""

    gender: str
    skin: tuple[int, int, int]
    hair: tuple[int, int, int]
    clothes: tuple[int, int, int]
    width: float
    eye_gap: float
    eye_size: float
    brow: float
    mouth: float
    pitch: float
    tract: float


def make_person(rng: np.random.Generator, gender: str) -> Person:
    """Draw a person of the gender ``F`` or ``M``."""

    def around(spread: float) -> float:
        return float(np.clip(rng.normal(1.0, spread), 1 - 2 * spread, 1 + 2 * spread))

    def one_of(colours: tuple[tuple[int, int, int], ...]) -> tuple[int, int, int]:
        return colours[int(rng.integers(len(colours)))]

    female = gender == "F"
    return Person(
        gender=gender,
        skin=one_of(SKINS),
        hair=one_of(HAIRS),
        clothes=one_of(CLOTHES),
        width=around(0.03) * (0.97 if female else 1.02),
        eye_gap=around(0.03),
        eye_size=around(0.06) * (1.06 if female else 1.0),
        brow=around(0.12) * (0.85 if female else 1.15),
        mouth=around(0.06),
        pitch=(205.0 if female else 118.0) * around(0.07),
        tract=(1.12 if female else 0.97) * around(0.03),
    )
