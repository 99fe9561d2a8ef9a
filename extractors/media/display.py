"""A decoded frame -> the picture that a player shows: upright, not mirrored, with square pixels and a screen's colours.

A file stores its pictures as they came from the sensor or the tape, together with two values for the player: a display
matrix, which turns or mirrors the pictures, and the shape of a pixel. Both values can be in the header and in the
pictures. As in FFmpeg's player, the matrix of the pictures overrides that of the header, and the pixel shape of the
header overrides that of the pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import local
from typing import Any, cast

import av
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorPrimaries, ColorTrc, VideoReformatter

from extractors.shared.clip import ClipError

WIDEST_PIXEL = 4
"""Largest accepted ratio of a pixel's sides. A larger ratio is damage: real formats stay below 3."""

LEVEL = float(np.cos(np.radians(10)))
"""Cosine of the largest ignored tilt of a camera. Pictures that are tilted less are shown as stored."""

WITHOUT_SHAPE = ("mpegts", "mpeg", "mpegvideo", "m4v", "h264", "hevc", "dv")
"""Formats, by FFmpeg's names, whose header has no pixel shape. Their pictures contain it, and it may change."""

FINENESS = 10_000
"""Resolution of a measured pixel shape, in parts of the pixel's height."""

HIGH_RANGE = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
"""Transfer curves for high dynamic range (PQ and HLG). Without conversion such pictures look dull and pale."""

_LAST = max(cast(int, kind.value) for kind in Type)
UNNAMED = range(_LAST + 1, _LAST + 17)
"""Numbers of kinds of side data that FFmpeg may know and PyAV does not."""

EIGHT = np.array(
    [
        [[across, 0], [0, down]] if upright else [[0, down], [across, 0]]
        for upright in (True, False)
        for across in (1, -1)
        for down in (1, -1)
    ]
)
"""The eight ways to turn and mirror a picture, [8, 2, 2]. The rows are the directions of its right and its down."""

UPRIGHT = EIGHT[0]
"""The way in which a picture is shown as stored."""

SMALL = 16
"""Side in pixels of the small copy of a frame from which its display matrix is read."""


@dataclass(frozen=True, slots=True)
class Display:
    """How a frame is shown.

    Attributes:
        width, height: size of the stored picture in pixels, with square pixels and before it is turned.
        way: one of :data:`EIGHT`.
    """

    width: int
    height: int
    way: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the picture as shown."""
        return (self.width, self.height) if self.way[0, 0] else (self.height, self.width)

    def turn(self, picture: np.ndarray) -> np.ndarray:
        """Turn and mirror a stored picture [H, W, ...]; returns the same array if it is shown as stored."""
        if self.way is UPRIGHT:
            return picture
        across, down = self.way.sum(axis=0)
        turned = picture if self.way[0, 0] else picture.swapaxes(0, 1)
        return np.ascontiguousarray(turned[::down, ::across])


def displayed(frame: av.VideoFrame, stream: av.VideoStream) -> np.ndarray:
    """A frame that was just decoded from ``stream``, as a player shows it: uint8 RGB [H, W, 3].

    Pixels that are not square become square: the shorter side is enlarged (bicubic), so that no detail is lost. Colours
    are converted by the matrix and the range of the frame. Without these values BT.601 and limited range are used, as
    in FFmpeg and OpenCV. High dynamic range and the primaries of BT.2020 are mapped to BT.709.

    Raises:
        ClipError: the display of the frame is invalid, see :func:`find_display`, or its colours cannot be converted.
    """
    display = find_display(frame, stream)
    changes: dict[str, Any] = {"threads": 1}
    if (display.width, display.height) != (frame.width, frame.height):
        changes |= {"width": display.width, "height": display.height, "interpolation": "BICUBIC"}
    if frame.color_trc in HIGH_RANGE or frame.color_primaries == ColorPrimaries.BT2020:
        changes |= {"dst_color_trc": ColorTrc.BT709, "dst_color_primaries": ColorPrimaries.BT709}
    try:
        return display.turn(_converters.rgb.reformat(frame, format="rgb24", **changes).to_ndarray())
    except av.FFmpegError as error:
        raise ClipError(
            f"{_name(stream)}: its colours (matrix {int(frame.colorspace)}, {frame.format.name}) cannot be converted to"
            f" RGB ({error.strerror}); write it again as yuv420p in BT.709"
        ) from error


def find_display(frame: av.VideoFrame, stream: av.VideoStream) -> Display:
    """How a frame that was just decoded from ``stream`` is shown.

    Raises:
        ClipError: no camera produces this pixel shape, or the display matrix skews the pictures or turns them by an
            angle that is not a multiple of 90 degrees.
    """
    shape = _pixel_shape(frame, stream)
    if not Fraction(1, WIDEST_PIXEL) <= shape <= WIDEST_PIXEL:
        raise ClipError(
            f"{_name(stream)}: says that its pixels are {float(shape):.3g} times as wide as high, which no camera"
            " makes; say what is right (ffmpeg -i FILE -c copy -aspect 16:9 NEW)"
        )
    way = _nearest(_matrix(frame))
    if way is None:
        raise ClipError(
            f"{_name(stream)}: its display matrix turns its pictures by no quarter of a circle, or skews them; store"
            " them as they are shown (ffmpeg -i FILE NEW)"
        )
    return Display(round(frame.width * max(shape, Fraction(1))), round(frame.height / min(shape, Fraction(1))), way)


class _Converters(local):
    """The converters of one thread. They are kept because a new one is slow: one second for high dynamic range."""

    def __init__(self) -> None:
        self.rgb, self.small = VideoReformatter(), VideoReformatter()


_converters = _Converters()


def _pixel_shape(frame: av.VideoFrame, stream: av.VideoStream) -> Fraction:
    """Width of a pixel over its height; 1 if the file does not tell it."""
    header, pictures = stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio
    if header != pictures and set(stream.container.format.name.split(",")) & set(WITHOUT_SHAPE):
        # The shape has changed since the file was opened. The decoder may be a few frames ahead, and PyAV does not
        # give the frame's own shape, but FFmpeg's scaler computes with it. The scaler takes as long as decoding, so it
        # does not run for every frame. If the shape changes back to the first one, a few frames get it too early.
        wide = _filtered(frame, ("scale", {"w": f"{FINENESS}*sar", "h": "1", "eval": "frame"})).width
        return Fraction(wide, FINENESS)
    return header or pictures or Fraction(1)


def _matrix(frame: av.VideoFrame) -> np.ndarray:
    """The part [2, 2] of the frame's display matrix that turns and mirrors. Rows: directions of its right and down."""
    with suppress(av.FFmpegError):  # side data keep their frame alive until garbage collection, so copy it small
        frame = _converters.small.reformat(frame, SMALL, SMALL, "gray", interpolation="POINT", threads=1)
    try:
        notes = cast(Mapping[str, Any], frame.side_data)
    except ValueError:  # PyAV does not know one kind, such as Exif, and then gives no side data
        forget = [("sidedata", {"mode": "delete", "type": str(kind)}) for kind in UNNAMED]
        notes = cast(Mapping[str, Any], _filtered(frame, *forget).side_data)
    note = notes.get("DISPLAYMATRIX")
    return UPRIGHT if note is None else np.frombuffer(bytes(note), np.int32).reshape(3, 3)[:2, :2].astype(float)


def _filtered(frame: av.VideoFrame, *filters: tuple[str, dict[str, str]]) -> av.VideoFrame:
    """The frame after some of FFmpeg's filters. Each filter is a name and its options."""
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 1000))
    between = [graph.add(name, **options) for name, options in filters]
    graph.link_nodes(source, *between, graph.add("buffersink")).configure()
    graph.push(frame)
    return cast(av.VideoFrame, graph.pull())


def _nearest(matrix: np.ndarray) -> np.ndarray | None:
    """The element of :data:`EIGHT` that equals a matrix [2, 2] up to scale; None if there is none.

    Some programs write a matrix of zeros. It is ignored.
    """
    if matrix is UPRIGHT or not matrix.any():
        return UPRIGHT
    scale = np.hypot(*matrix)  # of the picture's width and height on the screen
    fits = (EIGHT * matrix / np.where(scale, scale, 1)).sum(axis=(1, 2)) / 2
    return EIGHT[fits.argmax()] if fits.max() >= LEVEL else None


def _name(stream: av.VideoStream) -> str:
    return Path(stream.container.name).name
