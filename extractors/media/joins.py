"""Refuse files of several recordings, joined by their bytes (``cat a.mp4 b.mp4``), that FFmpeg does not read correctly.

Formats with one header for the whole file do not allow such files. In most of them FFmpeg reads only the first
recording, without a warning, or it reads the others with the header of the first. So this module searches for further
headers. FFmpeg must read the recording after each of them, and that header must agree with the first. Otherwise the
file is refused.

Formats that are made for joining (transport and program streams, Ogg, MP3, ADTS) repeat the header in each part.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np

from extractors.media.boxes import file_boxes
from extractors.shared.clip import ClipError

HEADS = {
    "aiff": rb"FORM.{4}AIF[FC]",
    "asf": rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
    "avi": rb"RIFF.{4}AVI ",
    "caf": rb"caff\x00\x01\x00\x00desc",
    "flac": rb"fLaC\x00\x00\x00\x22",
    "flv": rb"FLV\x01[\x01\x04\x05]\x00\x00\x00\x09",
    "matroska": rb"\x1a\x45\xdf\xa3.{0,60}(?:matroska|webm)",
    "mxf": rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02",
    "nut": rb"nut/multimedia container\x00",
    "wav": rb"(?:RIFF|RIFX|RF64|BW64).{4}WAVE",
}
"""Format by FFmpeg's name -> the first bytes of its files. These bytes do not occur by chance in sound or pictures."""

LONGEST_HEAD = 128
"""Largest length of a match of :data:`HEADS`, in bytes."""

BLOCK = 1 << 20
"""Bytes that are searched at once."""

READ_ON = ("avi", "matroska")
"""Formats in which FFmpeg reads all recordings with the header of the first."""


def check_joins(path: Path, kinds: Collection[str], places: np.ndarray) -> None:
    """Refuse a file with a recording that is not read, or that is read with another recording's header.

    Args:
        path: the file.
        kinds: FFmpeg's names of its format.
        places: byte at which each packet of sound or pictures begins, int [packets]; -1 if it is unknown.

    Raises:
        ClipError: there is such a recording.
    """
    size = path.stat().st_size
    heads = [*_heads(path, kinds), size]
    for begin, end in pairwise(heads[1:]):
        read = set(kinds) & set(READ_ON) and ((places >= begin) & (places < end)).any()
        if not read or _streams(path, heads[0]) != _streams(path, begin):
            raise ClipError(
                f"{path.name}: another recording begins within it, at byte {begin} of {size}, which cannot be read"
                " together with the first; join them by a program that writes one new file (ffmpeg -f concat)"
            )


def _heads(path: Path, kinds: Collection[str]) -> Iterator[int]:
    """Bytes at which recordings begin. For MP4, bytes of their indexes, because its other boxes may be repeated."""
    with path.open("rb") as file:
        if "mov" in kinds:
            yield from (place for kind, place, _ in file_boxes(file) if kind == b"moov")
            return
        for kind in set(kinds) & set(HEADS):
            yield from _places(file, re.compile(HEADS[kind], re.DOTALL))


def _places(file: BinaryIO, pattern: re.Pattern[bytes]) -> Iterator[int]:
    """Bytes at which a pattern begins. The file is read in blocks: mapped, a long file would count as used memory."""
    file.seek(0)
    place, window, block = 0, b"", file.read(BLOCK)
    while block:
        window, block = window + block, file.read(BLOCK)
        decided = len(window) - LONGEST_HEAD if block else len(window)  # later matches are found in the next window
        yield from (place + found.start() for found in pattern.finditer(window) if found.start() < decided)
        place, window = place + decided, window[decided:]


def _streams(path: Path, begin: int) -> list[tuple]:
    """The decoder's parameters of each stream of the recording at byte ``begin``; empty if it cannot be read."""
    try:
        with path.open("rb") as file, av.open(_Rest(file, begin), metadata_errors="ignore") as container:
            contexts = [stream.codec_context for stream in container.streams if stream.codec_context]
            return [(context.name, context.extradata, *_shape(context)) for context in contexts]
    except (av.FFmpegError, IndexError):
        return []


def _shape(context: av.CodecContext) -> list[str]:
    return [str(getattr(context, what, "")) for what in ("width", "height", "sample_rate", "layout", "format")]


class _Rest(io.RawIOBase):
    """The content of a file from a byte on."""

    def __init__(self, file: BinaryIO, begin: int) -> None:
        self._file, self._begin = file, begin
        file.seek(begin)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def tell(self) -> int:
        return self._file.tell() - self._begin

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(place + self._begin * (whence == io.SEEK_SET), whence) - self._begin
