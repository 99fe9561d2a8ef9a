"""The size in the header of a WAV or AVI file, and whether that size is real or a placeholder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Literal

Order = Literal["little", "big"]

ORDERS: Mapping[bytes, Order] = {b"RIFF": "little", b"RIFX": "big"}
"""First four bytes of a file -> byte order of its sizes. FFmpeg handles the 64-bit sizes of RF64 and BW64."""

NEAR = 4096
"""A size within these bytes of 2 or 4 GiB is a placeholder of a program that cannot go back to the header."""


def is_placeholder(size: int) -> bool:
    """Whether a 32-bit size means that the size is unknown.

    Programs that write into a pipe write 0, or about the largest number of 31 or 32 bits. The size of a buffer or a
    header may be subtracted. Examples: 0x7FFFF000, 0x7FFFF024, 0x80000024, 0xFFFFFFF7, 0xFFFFFFFF.
    """
    return size == 0 or abs(size - 2**31) <= NEAR or size >= 2**32 - NEAR


def counted_share(path: Path) -> float:
    """Bytes of sound (WAV) or of the file (AVI) by the header, divided by the bytes that exist; at least 1.

    The result is also 1 if the file is no RIFF file or its header has no real size.
    """
    there = path.stat().st_size
    with path.open("rb") as file:
        order = ORDERS.get(file.read(4))
        if order is None:
            return 1.0
        whole = int.from_bytes(file.read(4), order)
        data = _data_size(file, order) if file.read(4) == b"WAVE" else 0
        behind = there - file.tell()
    if not is_placeholder(data) and behind > 0:
        return max(data / behind, 1.0)
    return 1.0 if is_placeholder(whole) else max((whole + 8) / there, 1.0)


def _data_size(file: BinaryIO, order: Order) -> int:
    """Size of the chunk of samples; 0 if there is none. Afterwards ``file`` is at the end of the chunk's header."""
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[4:], order)
        if head[:4] == b"data":
            return size
        file.seek(size + size % 2, 1)
    return 0
