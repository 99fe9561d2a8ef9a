"""What the tests of several rooms share of faces."""

from __future__ import annotations

import numpy as np

from extractors.synthetic.face import draw_face, make_head
from extractors.synthetic.person import chance, make_person


def frame_with_face(left: int, top: int, height: int = 200, width: int = 320) -> np.ndarray:
    person = make_person(chance(0, "person"), "F")
    head, outline = make_head(person)
    drawn = draw_face(person, head, np.array([0.5, 0.1, 0, 0, 0, 1, 0, 0]))
    frame = np.full((height, width, 3), 120, np.uint8)
    frame[top : top + 128, left : left + 128][outline > 127] = drawn[outline > 127]
    return frame


def box(left: float, top: float, side: float, score: float = 1.0) -> np.ndarray:
    return np.array([left, top, left + side, top + side, score])
