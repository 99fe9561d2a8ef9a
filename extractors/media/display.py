"""A decoded frame -> the picture that people see: upright, not mirrored, with square pixels and a screen's colours.

A file stores its pictures as the sensor or the tape had them, and says beside them how they are shown: a display matrix
that turns or mirrors them, and the shape of a pixel. Pictures and header can each say both. As in FFmpeg's player, the
pictures' matrix holds before the header's, and the header's shape of a pixel before the pictures'.
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
"""Largest ratio of a pixel's sides that is no damage: those of real formats stay below 3."""

LEVEL = float(np.cos(np.radians(10)))
"""Cosine of the angle by which a camera may be held aslant: pictures that lean less are shown as they are."""

WITHOUT_SHAPE = ("mpegts", "mpeg", "mpegvideo", "m4v", "h264", "hevc", "dv")
"""Formats, as FFmpeg names them, whose header tells no shape of a pixel; the pictures do, and may change it."""

FINENESS = 10_000
"""Parts of a pixel's height in which a shape that changes is measured."""

HIGH_RANGE = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
"""Transfer curves of pictures for brighter screens (PQ and HLG), which without conversion look dull and pale."""

_LAST = max(cast(int, kind.value) for kind in Type)
UNNAMED = range(_LAST + 1, _LAST + 17)
"""Numbers of the notes on a frame that FFmpeg may know and PyAV does not."""

EIGHT = np.array(
    [
        [[across, 0], [0, down]] if upright else [[0, down], [across, 0]]
        for upright in (True, False)
        for across in (1, -1)
        for down in (1, -1)
    ]
)
"""The ways in which a picture can be turned and mirrored, [8, 2, 2]: rows say where its own right and down point."""

UPRIGHT = EIGHT[0]
"""The one of them in which a picture is shown as it is stored."""

SMALL = 16
"""Sides in pixels of a picture that stands for a large one."""


@dataclass(frozen=True, slots=True)
class Display:
    """How a frame is shown.

    Attributes:
        width, height: of the stored picture in pixels after its pixels were made square, before it is turned.
        way: one of :data:`EIGHT`.
    """

    width: int
    height: int
    way: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the picture that people see."""
        return (self.width, self.height) if self.way[0, 0] else (self.height, self.width)

    def turn(self, picture: np.ndarray) -> np.ndarray:
        """Turn and mirror a stored picture [H, W, ...] as it is shown; the same array where it is shown as stored."""
        if self.way is UPRIGHT:
            return picture
        across, down = self.way.sum(axis=0)
        turned = picture if self.way[0, 0] else picture.swapaxes(0, 1)
        return np.ascontiguousarray(turned[::down, ::across])


def displayed(frame: av.VideoFrame, stream: av.VideoStream) -> np.ndarray:
    """The frame, just decoded from ``stream``, as people see it: uint8 RGB [H, W, 3].

    Pixels that are not square are made so by enlarging the shorter side (bicubic), so that nothing is lost. Colours are
    converted by the matrix and the range that the frame names (BT.601 and limited where it names none, as FFmpeg and
    OpenCV do); those of high dynamic range or with the primaries of BT.2020 are mapped to BT.709's.

    Raises:
        ClipError: the file says that its pictures are shown in a way that cannot be, see :func:`find_display`, or its
            colours are in a form that cannot be converted.
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
        ClipError: the file gives its pixels a shape that no camera makes, or turns its pictures by no quarter of a
            circle, or skews them.
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
    """Those of a thread, kept: a new one for each frame takes long to make, a second for high dynamic range."""

    def __init__(self) -> None:
        self.rgb, self.small = VideoReformatter(), VideoReformatter()


_converters = _Converters()


def _pixel_shape(frame: av.VideoFrame, stream: av.VideoStream) -> Fraction:
    """Width of a pixel over its height; 1 where nothing tells it."""
    header, pictures = stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio
    if header != pictures and set(stream.container.format.name.split(",")) & set(WITHOUT_SHAPE):
        # It has changed since the file was opened. The decoder may be a few frames ahead, and PyAV does not show the
        # frame's own shape; FFmpeg's scaler computes with it. That takes as long as decoding, so not for every frame:
        # where the shape changes back to the first one, the few frames before that have it too early.
        wide = _filtered(frame, ("scale", {"w": f"{FINENESS}*sar", "h": "1", "eval": "frame"})).width
        return Fraction(wide, FINENESS)
    return header or pictures or Fraction(1)


def _matrix(frame: av.VideoFrame) -> np.ndarray:
    """The part [2, 2] of the frame's display matrix that turns and mirrors; rows say where its right and down point."""
    with suppress(av.FFmpegError):  # PyAV's notes keep their frame until garbage is collected: a small copy, if it can
        frame = _converters.small.reformat(frame, SMALL, SMALL, "gray", interpolation="POINT", threads=1)
    try:
        notes = cast(Mapping[str, Any], frame.side_data)
    except ValueError:  # PyAV knows no name for one of them, Exif's say, and then shows none
        forget = [("sidedata", {"mode": "delete", "type": str(kind)}) for kind in UNNAMED]
        notes = cast(Mapping[str, Any], _filtered(frame, *forget).side_data)
    note = notes.get("DISPLAYMATRIX")
    return UPRIGHT if note is None else np.frombuffer(bytes(note), np.int32).reshape(3, 3)[:2, :2].astype(float)


def _filtered(frame: av.VideoFrame, *filters: tuple[str, dict[str, str]]) -> av.VideoFrame:
    """The frame after FFmpeg's filters, each a name and its options."""
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 1000))
    between = [graph.add(name, **options) for name, options in filters]
    graph.link_nodes(source, *between, graph.add("buffersink")).configure()
    graph.push(frame)
    return cast(av.VideoFrame, graph.pull())


def _nearest(matrix: np.ndarray) -> np.ndarray | None:
    """The one of :data:`EIGHT` that a matrix [2, 2] is, whatever its scale; None if it is none of them.

    A matrix of zeros, which some writers leave, says nothing.
    """
    if matrix is UPRIGHT or not matrix.any():
        return UPRIGHT
    scale = np.hypot(*matrix)  # of the picture's width and height on the screen
    fits = (EIGHT * matrix / np.where(scale, scale, 1)).sum(axis=(1, 2)) / 2
    return EIGHT[fits.argmax()] if fits.max() >= LEVEL else None


def _name(stream: av.VideoStream) -> str:
    return Path(stream.container.name).name
