"""Read the boxes of MP4 and QuickTime files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO


def file_boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The outermost boxes of a file in order, up to the last box or the first invalid one.

    Yields:
        The kind, the byte at which the content begins, and the number of bytes of the content. The number is -1 if the
        content extends to the end of the file.
    """
    place = 0
    file.seek(place)
    while len(head := file.read(16)) >= 8:
        wide = head[:4] == b"\0\0\0\1"
        size, begin = int.from_bytes(head[8:16] if wide else head[:4]), 16 if wide else 8
        if size and size < begin:
            return
        yield head[4:8], place + begin, size - begin if size else -1
        if not size:
            return
        place += size
        file.seek(place)


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes inside the content of another box: the kind and the content of each."""
    for kind, place, size in file_boxes(io.BytesIO(content)):
        yield kind, content[place : place + size] if size >= 0 else content[place:]
