"""The drawn face: a shaded head whose brows, eyes and mouth follow an expression."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.synthetic.person import Person

EXPRESSION = (
    "mouth_curve",
    "mouth_open",
    "mouth_wide",
    "brow_raise",
    "brow_slant",
    "eye_open",
    "flush",
    "tilt",
    "nod",
    "sway",
)
"""Components of an expression vector: amounts, 0 at rest (``eye_open``: 1); tilt in degrees, nod and sway in pixels."""

HEAD = 128
"""Side in pixels of the square on which a head is drawn."""

_SHIFT = 4  # OpenCV draws with 1/16 pixel steps, so that slow movements do not jump


def _fixed(points: np.ndarray) -> np.ndarray:
    return np.round(np.asarray(points, np.float64) * 2**_SHIFT).astype(np.int32)


def _ellipse(picture: np.ndarray, x: float, y: float, a: float, b: float, colour: tuple[float, ...] | float) -> None:
    (cx, cy), (ax, ay) = _fixed(np.array([x, y])), _fixed(np.array([max(a, 0.5), max(b, 0.5)]))
    cv2.ellipse(picture, (int(cx), int(cy)), (int(ax), int(ay)), 0, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)


def _darker(colour: tuple[int, ...], factor: float) -> tuple[float, ...]:
    return tuple(min(max(channel * factor, 0.0), 255.0) for channel in colour)


def _relief(person: Person) -> np.ndarray:
    """The light on a head at rest, [128, 128] float32. Eye sockets and sides are dark, nose and cheeks are bright."""
    gap = 18 * person.eye_gap
    dark = np.zeros((HEAD, HEAD), np.float32)
    for side in (-1, 1):
        _ellipse(dark, 64 + side * gap, 57, 13, 8.5, 0.36)
        _ellipse(dark, 64 + side * 8.5, 82, 3.5, 2.5, 0.4)
        _ellipse(dark, 64 + side * 42 * person.width, 76, 9, 40, 0.28)
    _ellipse(dark, 64, 84.5, 5, 1.6, 0.35)
    _ellipse(dark, 64, 106, 10, 2.5, 0.15)
    light = np.zeros_like(dark)
    _ellipse(light, 64, 68, 4.2, 17, 0.16)
    _ellipse(light, 64, 34, 26, 9, 0.10)
    for side in (-1, 1):
        _ellipse(light, 64 + side * 21, 77, 10, 7, 0.12)
    relief = 1 - cv2.GaussianBlur(dark, (0, 0), 2.4) + cv2.GaussianBlur(light, (0, 0), 2.2)
    rows, columns = np.mgrid[0:HEAD, 0:HEAD].astype(np.float32)
    round_off = ((columns - 64) / 46) ** 2 + ((rows - 66) / 60) ** 2
    return relief * (1 - 0.22 * np.clip(round_off, 0, 1.2))


def make_head(person: Person) -> tuple[np.ndarray, np.ndarray]:
    """The head without its moving parts: RGB [128, 128, 3] and its outline [128, 128], 0 or 255, both uint8."""
    half = 41 * person.width
    face, outline = np.zeros((HEAD, HEAD), np.uint8), np.zeros((HEAD, HEAD), np.uint8)
    _ellipse(face, 64, 71, half, 52, 255)
    _ellipse(outline, 64, 66, half + 5, 60, 255)
    outline[100 if person.gender == "F" else 64 :] = 0
    if person.gender == "F":
        cv2.rectangle(outline, (int(64 - half - 4), 66), (int(64 + half + 4), 116), 255, -1)
    skin = np.empty((HEAD, HEAD, 3), np.uint8)
    skin[:] = person.hair
    shaded = np.clip(np.array(person.skin, np.float32) * _relief(person)[..., None], 0, 255).astype(np.uint8)
    skin[face > 127] = shaded[face > 127]
    outline = np.maximum(outline, face)
    return cv2.GaussianBlur(skin, (0, 0), 0.8), outline


def draw_face(person: Person, head: np.ndarray, expression: np.ndarray) -> np.ndarray:
    """A copy of ``head`` [128, 128, 3] with the eyes, brows and mouth of an :data:`EXPRESSION` vector."""
    picture = head.copy()
    curve, opening, wide, raised, slant, eye, flush = (float(value) for value in expression[:7])
    for side in (-1, 1):
        _draw_eye(picture, person, side, eye)
        _draw_brow(picture, person, side, raised, slant)
    _draw_mouth(picture, person, curve, opening, wide)
    tint = (1 + 0.12 * flush, 1 - 0.10 * flush, 1 - 0.14 * flush, 1)
    return cv2.multiply(picture, tint)  # type: ignore[call-overload]  # OpenCV takes a number per channel


def _draw_eye(picture: np.ndarray, person: Person, side: int, eye: float) -> None:
    x, size = 64 + side * 18 * person.eye_gap, person.eye_size
    tall = 5.0 * size * min(max(eye, 0.08), 1.5)
    _ellipse(picture, x, 57.5, 9.6 * size, tall + 1.5, _darker(person.skin, 0.38))
    _ellipse(picture, x, 57.8, 8.2 * size, tall, (214, 210, 206))
    _ellipse(picture, x, 57.4, 4.4 * size, min(4.4 * size, tall), (46, 34, 28))
    lid = np.array([[x - 10 * size, 57.5], [x, 57.5 - tall - 1.2], [x + 10 * size, 57.5]])
    cv2.polylines(picture, [_fixed(lid)], False, _darker(person.skin, 0.3), 2, cv2.LINE_AA, _SHIFT)


def _draw_brow(picture: np.ndarray, person: Person, side: int, raised: float, slant: float) -> None:
    y = 45.5 - 6.0 * raised
    inner, outer = 64 + side * 8.5, 64 + side * 30 * person.eye_gap
    drop = 7.0 * slant  # anger lowers the inner end, sadness lifts it
    points = np.array([[inner, y + drop], [(inner + outer) / 2, y - 1.5 + 0.1 * drop], [outer, y + 1.5 - 0.5 * drop]])
    thick = max(2, round(3.4 * person.brow))
    cv2.polylines(picture, [_fixed(points)], False, _darker(person.hair, 0.9), thick, cv2.LINE_AA, _SHIFT)


def _draw_mouth(picture: np.ndarray, person: Person, curve: float, opening: float, wide: float) -> None:
    half = 15.5 * person.mouth * (1 + 0.35 * wide)
    across = np.linspace(-1, 1, 13)
    bend = 9.0 * curve * (0.45 - across**2)  # a smile lifts the corners: smaller y
    gap = 12.0 * min(max(opening, 0.0), 1.3) * np.sqrt(np.clip(1 - across**2, 0, 1))
    x, middle = 64 + half * across, 95 + bend
    lips = _darker((person.skin[0], int(person.skin[1] * 0.66), int(person.skin[2] * 0.64)), 0.78)
    upper, lower = middle - 2.6 * (1 - across**2) - 0.25 * gap, middle + 3.4 * (1 - across**2) + 0.75 * gap
    outline = np.concatenate([np.stack([x, upper], 1), np.stack([x, lower], 1)[::-1]])
    cv2.fillPoly(picture, [_fixed(outline)], lips, cv2.LINE_AA, _SHIFT)
    inside = np.concatenate([np.stack([x, middle - 0.2 * gap], 1), np.stack([x, middle + 0.6 * gap + 0.6], 1)[::-1]])
    cv2.fillPoly(picture, [_fixed(inside)], (58, 26, 28), cv2.LINE_AA, _SHIFT)
