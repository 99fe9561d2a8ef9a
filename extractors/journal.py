"""The working folder of a shard: finished clips are appended and flushed one by one, so that a kill loses none."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np

from extractors.program import UserError


class Journal:
    """Frames and index rows of the finished clips of one shard, in order, on disk.

    The folder ``.{name}.work`` beside the shard's file of frames holds ``frames.npy``, an NPY file whose header gets
    its row count when the shard is complete, and ``journal.jsonl``, one index row per line. A clip's frames reach the
    disk before its line does, so a line vouches for its frames; :meth:`resume` cuts off what a kill left behind them.

    Attributes:
        rows: the index rows of the finished clips, each with its ``offset`` and ``length``.
    """

    def __init__(self, target: Path, dim: int, precision: str) -> None:
        self.rows: list[dict[str, Any]] = []
        self._target, self._folder = target, target.parent / f".{target.name}.work"
        self._dim, self._dtype = dim, np.dtype(precision)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lines = _open(self._folder / "journal.jsonl")
        _lock(self._lines, self._folder)
        growing = self._folder / "frames.npy"
        if _size(self._lines) and target.exists() and not growing.exists():
            target.replace(growing)  # a kill came after the frames had been moved to their place
        self._frames = _open(growing)

    def resume(self, still_wanted: Callable[[int, dict[str, Any]], bool]) -> None:
        """Keep the finished clips up to the first that is torn or for which ``still_wanted(number, row)`` is false."""
        size = _size(self._frames)
        kept = 0
        for line in self._lines:
            row = _parse(line)
            if row is None or size < self._bytes(row["offset"] + row["length"]):
                break
            if not still_wanted(len(self.rows), row):
                break
            self.rows.append(row)
            kept += len(line)
        self._lines.seek(kept)
        self._lines.truncate()
        self._frames.truncate(self._bytes(self._length))
        self._write_header()

    def append(self, frames: np.ndarray, row: dict[str, Any]) -> None:
        """Add a finished clip: frames [T, dim] in the stored precision and its index row, whose place is set here."""
        row = row | {"offset": self._length, "length": len(frames)}
        self._frames.write(frames.astype(self._dtype, copy=False).tobytes())
        _flush(self._frames)
        self._lines.write(json.dumps(row).encode() + b"\n")
        _flush(self._lines)
        self.rows.append(row)

    def publish(self) -> None:
        """Complete the NPY header, move the frames to their place and remove the folder."""
        self._write_header()
        _flush(self._frames)
        self._frames.close()
        (self._folder / "frames.npy").replace(self._target)
        self._lines.close()
        shutil.rmtree(self._folder)

    @property
    def _length(self) -> int:
        return self.rows[-1]["offset"] + self.rows[-1]["length"] if self.rows else 0

    def _bytes(self, rows: int) -> int:
        return len(self._header(0)) + rows * self._dim * self._dtype.itemsize

    def _header(self, rows: int) -> bytes:
        """The NPY header for ``rows`` rows; numpy pads it to one length whatever the number, for growing files."""
        header = io.BytesIO()
        layout = {"descr": self._dtype.str, "fortran_order": False, "shape": (rows, self._dim)}
        np.lib.format.write_array_header_1_0(header, layout)
        return header.getvalue()

    def _write_header(self) -> None:
        self._frames.seek(0)
        self._frames.write(self._header(self._length))
        self._frames.seek(0, os.SEEK_END)


def _open(path: Path) -> IO[bytes]:
    return path.open("r+b" if path.exists() else "w+b")


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _lock(file: IO[bytes], folder: Path) -> None:
    """Keep a second process out, such as the one that outlived a killed workflow."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(f"{folder}: another process is extracting this shard; wait for it or end it") from None
    except OSError as error:  # some file systems of clusters have no locks; there one goes without
        if error.errno not in (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK):
            raise


def _parse(line: bytes) -> dict[str, Any] | None:
    """The row of a journal line, or None if a kill or a crash of the machine tore it."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
