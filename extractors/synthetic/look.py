"""The look of a corpus: light, colour cast, sharpness, noise and framing, and a camera with these properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from extractors.synthetic.face import HEAD, draw_face, make_head
from extractors.synthetic.performance import FACES
from extractors.synthetic.person import Person


@dataclass(frozen=True, slots=True)
class Look:
    """The camera and the light of a corpus.

    ``gains`` multiply red, green and blue; ``contrast`` scales around mid grey; ``side`` is the brightness of the left
    edge minus that of the right; ``blur`` and ``noise`` are standard deviations in pixels and grey levels; ``scale`` is
    the size of the head: 1 fills three quarters of the picture's height.
    """

    gains: tuple[float, float, float]
    contrast: float
    side: float
    blur: float
    noise: float
    scale: float


PLAIN = Look(gains=(1.0, 1.0, 1.0), contrast=1.0, side=0.0, blur=0.5, noise=2.0, scale=1.0)
"""The look of every corpus if the shift is 0."""

LOOKS = {
    "iemocap": Look(gains=(0.74, 0.76, 0.82), contrast=0.72, side=-0.1, blur=1.0, noise=5.0, scale=0.94),
    "meld": Look(gains=(1.18, 0.98, 0.72), contrast=1.18, side=0.45, blur=0.7, noise=3.0, scale=1.06),
    "mosei": Look(gains=(0.88, 1.02, 1.28), contrast=0.95, side=-0.4, blur=1.1, noise=8.0, scale=0.86),
    "msp_improv": Look(gains=(1.06, 1.14, 1.0), contrast=0.82, side=0.1, blur=0.4, noise=1.5, scale=1.1),
}
"""The look of each corpus at full shift: dim and grey; warm with hard side light; bluish and grainy; bright, greenish
and close."""


def look_of(corpus: str, amount: float) -> Look:
    """The interpolation from :data:`PLAIN` (``amount`` 0) to the corpus's own look (``amount`` 1)."""
    own = LOOKS[corpus]
    mixed: dict[str, Any] = {}
    for name in Look.__dataclass_fields__:
        plain, full = np.array(getattr(PLAIN, name)), np.array(getattr(own, name))
        value = (1 - amount) * plain + amount * full
        mixed[name] = tuple(value.tolist()) if value.ndim else float(value)
    return Look(**mixed)


class Camera:
    """Films heads in front of one background, always with the same look.

    Args:
        rng: random generator for the background and the noise.
        look: the look of the corpus.
        size: height and width of the pictures in pixels, both even.
    """

    def __init__(self, rng: np.random.Generator, look: Look, size: tuple[int, int]) -> None:
        self.size, self.look = size, look
        height, width = size
        coarse = rng.uniform(70, 170, (3, 4, 3)).astype(np.float32)
        coarse = 0.5 * coarse + 0.5 * coarse.mean(axis=2, keepdims=True)
        self._background = (
            cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(30, 210).astype(np.uint8)
        )
        slope = 1 + look.side * np.linspace(0.5, -0.5, width)[None, :, None]
        light = np.broadcast_to(slope * np.array(look.gains), (height, width, 3))
        self._light = np.clip(128 * light, 0, 255).astype(np.uint8)
        self._curve = np.clip(118 + look.contrast * (np.arange(256) - 118), 0, 255).astype(np.uint8)
        self._grain = (look.noise * rng.normal(0, 1, (height + 32, width + 32, 3))).astype(np.int16)
        self._rng = rng

    def invite(self, person: Person) -> None:
        """Put a person into the background, neutral and far away."""
        head, outline = make_head(person)
        small = 3 * self.size[0] // 10
        face = cv2.resize(
            draw_face(person, head, np.array(FACES["neutral"])), (small, small), interpolation=cv2.INTER_AREA
        )
        mask = cv2.resize(outline, (small, small), interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(face, mask, self._background[4 : 4 + small, 2 : 2 + small])

    def shoot(self, person: Person, track: np.ndarray) -> Iterator[np.ndarray]:
        """RGB pictures [H, W, 3] uint8, one per row of the expression track. A repeated row repeats the picture."""
        head, outline = make_head(person)
        stage = self._dressed(person)
        last, picture = None, stage
        for row in track:
            if last is None or not np.array_equal(row, last):
                picture = self._develop(self._place(stage, draw_face(person, head, row), outline, row))
                last = row
            yield picture

    def empty(self, frames: int) -> Iterator[np.ndarray]:
        """Pictures of the background without a person."""
        for _ in range(frames):
            yield self._develop(self._background)

    def _dressed(self, person: Person) -> np.ndarray:
        """The background with the person's neck and shoulders, which do not move."""
        height, width = self.size
        unit = self.look.scale * height / 160
        stage = self._background.copy()
        x, y = width / 2, 0.53 * height
        shoulders = (int(x), int(y + 100 * unit)), (int(74 * unit), int(46 * unit))
        cv2.ellipse(stage, *shoulders, 0, 0, 360, person.clothes, -1, cv2.LINE_AA)
        neck = (int(x - 17 * unit), int(y + 30 * unit)), (int(x + 17 * unit), int(y + 66 * unit))
        cv2.rectangle(stage, *neck, tuple(0.72 * channel for channel in person.skin), -1)
        return stage

    def _place(self, stage: np.ndarray, face: np.ndarray, outline: np.ndarray, row: np.ndarray) -> np.ndarray:
        height, width = self.size
        unit = self.look.scale * height / 160
        turn = cv2.getRotationMatrix2D((HEAD / 2, HEAD / 2), float(row[7]), unit)
        turn[:, 2] += (width / 2 - HEAD / 2 + unit * row[9], 0.5 * height - HEAD / 2 + unit * row[8])
        picture = stage.copy()
        mask = cv2.warpAffine(outline, turn, (width, height), flags=cv2.INTER_NEAREST)
        cv2.copyTo(cv2.warpAffine(face, turn, (width, height), flags=cv2.INTER_LINEAR), mask, picture)
        return picture

    def _develop(self, picture: np.ndarray) -> np.ndarray:
        height, width = self.size
        lit = cv2.LUT(cv2.multiply(picture, self._light, scale=1 / 128), self._curve)
        side = 3 if self.look.blur < 0.8 else 5
        soft = cv2.GaussianBlur(lit, (side, side), self.look.blur)
        y, x = (int(value) for value in self._rng.integers(0, 32, 2))
        return cv2.add(soft, self._grain[y : y + height, x : x + width], dtype=cv2.CV_8U)
