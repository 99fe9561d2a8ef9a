"""Videos that say how they are shown: turned, mirrored, with pixels of any shape, in any colours."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.bitstream import BitStreamFilterContext

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (220, 220, 220)

WAYS = {
    "as stored": ((1, 0, 0, 1), (RED, GREEN, BLUE, WHITE)),
    "turned right": ((0, 1, -1, 0), (BLUE, RED, WHITE, GREEN)),
    "upside down": ((-1, 0, 0, -1), (WHITE, BLUE, GREEN, RED)),
    "turned left": ((0, -1, 1, 0), (GREEN, WHITE, RED, BLUE)),
    "mirrored": ((-1, 0, 0, 1), (GREEN, RED, WHITE, BLUE)),
    "mirrored upside down": ((1, 0, 0, -1), (BLUE, WHITE, RED, GREEN)),
    "mirrored at the diagonal": ((0, 1, 1, 0), (RED, BLUE, GREEN, WHITE)),
    "mirrored at the other": ((0, -1, -1, 0), (WHITE, GREEN, BLUE, RED)),
}
"""Name -> a display matrix (a, b, c, d: right goes to (a, b), down to (c, d)) and the corners that a person then sees.

Worked out by hand on paper with four coloured corners: top left, top right, bottom left, bottom right.
"""

EXIF = (
    "as stored",
    "mirrored",
    "upside down",
    "mirrored upside down",
    "mirrored at the diagonal",
    "turned right",
    "mirrored at the other",
    "turned left",
)
"""Ways by the numbers 1 to 8 of Exif's orientation."""


def corners(height: int = 48, width: int = 80) -> np.ndarray:
    """A picture of four colours, each in a quarter: red, green above blue, white."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2], picture[: height // 2, width // 2 :] = RED, GREEN
    picture[height // 2 :, : width // 2], picture[height // 2 :, width // 2 :] = BLUE, WHITE
    return picture


def seen_corners(picture: np.ndarray) -> list[tuple[int, int, int]]:
    """The colours, of the four, in the corners of a picture: top left, top right, bottom left, bottom right."""
    colours = np.array([RED, GREEN, BLUE, WHITE])
    height, width = picture.shape[:2]
    places = [(height // 4, width // 4), (height // 4, 3 * width // 4)]
    places += [(3 * height // 4, width // 4), (3 * height // 4, 3 * width // 4)]
    seen = [colours[np.abs(colours - picture[place].astype(int)).sum(axis=1).argmin()] for place in places]
    return [tuple(colour.tolist()) for colour in seen]


def display_matrix(a: float, b: float, c: float, d: float) -> list[int]:
    """A matrix as files store it, in 16.16 and 2.30 fixed point."""
    return [round(a * 65536), round(b * 65536), 0, round(c * 65536), round(d * 65536), 0, 0, 0, 1 << 30]


def write_shown(
    path: Path,
    frames: list[np.ndarray],
    *,
    matrix: list[int] | None = None,
    shape: Fraction | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    first: int = 0,
) -> Path:
    """Write frames uint8 RGB at 10 a second, from number ``first`` on, and how they are shown."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10, options={"crf": "10"} if codec == "libx264" else {})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixels
        if shape:
            stream.codec_context.sample_aspect_ratio = shape
        if matrix:
            stream.set_display_matrix(matrix)
        for number, picture in enumerate(frames, first):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def rewrite(source: Path, path: Path, bitstream_filter: str) -> Path:
    """The same pictures after one of FFmpeg's filters of encoded pictures, nothing encoded anew."""
    with av.open(str(source)) as origin, av.open(str(path), "w") as container:
        stream = origin.streams.video[0]
        copy = container.add_stream_from_template(stream)
        change = BitStreamFilterContext(bitstream_filter, stream, copy)
        for packet in origin.demux(stream):
            for changed in change.filter(packet if packet.size else None):
                changed.stream = copy
                container.mux(changed)
    return path


def write_exif(path: Path, orientation: int, frames: list[np.ndarray]) -> Path:
    """A motion JPEG whose pictures each have an Exif note of their orientation, as a camera writes it."""
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0) + bytes(4)
    note = b"Exif\0\0" + tiff
    note = b"\xff\xe1" + struct.pack(">H", len(note) + 2) + note
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuvj420p"
        plain = [stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")) for picture in frames] + [stream.encode()]
        for packet in [packet for packets in plain for packet in packets]:
            content = bytes(packet)
            noted = av.Packet(content[:2] + note + content[2:])
            noted.stream, noted.pts, noted.dts, noted.time_base = stream, packet.pts, packet.dts, packet.time_base
            noted.is_keyframe = True
            container.mux(noted)
    return path


def write_colour(
    path: Path, planes: tuple[int, ...], *, pixels: str = "yuv444p", deep: bool = False, **tags: int
) -> Path:
    """A picture of one colour, given as the values of its planes, and the tags that say what they mean."""
    kind = np.uint16 if deep else np.uint8
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for tag, value in tags.items():
            setattr(stream.codec_context, tag, value)
        frame = av.VideoFrame(64, 48, pixels)
        for plane, value in zip(frame.planes, planes, strict=True):
            plane.update(np.full(plane.buffer_size // kind().itemsize, value, kind).tobytes())
        for tag, value in tags.items():
            setattr(frame, tag, value)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
