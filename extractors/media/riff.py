"""What the header of a WAV or AVI file counts, and whether it is a count at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Literal

Order = Literal["little", "big"]

ORDERS: Mapping[bytes, Order] = {b"RIFF": "little", b"RIFX": "big"}
"""First four bytes of a file -> byte order of its sizes. Those of RF64 and BW64 have 64 bits, and FFmpeg minds them."""

NEAR = 4096
"""Bytes around 2 and 4 GiB within which a size is what programs write that cannot go back to the header."""


def is_placeholder(size: int) -> bool:
    """Whether a size of 32 bits stands for an unknown one.

    Programs that write into a pipe leave 0, or the largest number of 31 or 32 bits, less a buffer or a header perhaps:
    0x7FFFF000 and 0x7FFFF024, 0x80000024, 0xFFFFFFF7, 0xFFFFFFFF.
    """
    return size == 0 or abs(size - 2**31) <= NEAR or size >= 2**32 - NEAR


def counted_share(path: Path) -> float:
    """Bytes of sound (WAV) or of the file (AVI) that the header counts, over those that are there; at least 1.

    1 too where the file is no RIFF file, or its header counts nothing.
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
    """Size of the chunk of samples, behind whose header ``file`` is left; 0 where there is none."""
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[4:], order)
        if head[:4] == b"data":
            return size
        file.seek(size + size % 2, 1)
    return 0
