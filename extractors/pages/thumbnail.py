"""Pictures that are embedded in a page, so that the page needs no other file."""

from __future__ import annotations

import base64

import cv2
import numpy as np

QUALITY = 70
"""JPEG quality."""


def jpeg(picture: np.ndarray, height: int) -> bytes:
    """A picture uint8 RGB [H, W, 3] as a JPEG file of this height in pixels. A picture is never enlarged."""
    scale = min(height / picture.shape[0], 1.0)
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return encoded.tobytes()


def data_uri(file: bytes) -> str:
    """The data URI of a JPEG file, for an image on a page."""
    return f"data:image/jpeg;base64,{base64.b64encode(file).decode()}"
