"""The working folder of a shard. Finished clips are flushed one by one, so a kill loses at most one window."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from filelock import FileLock, Timeout

from extractors.shared.program import UserError


class Journal:
    """Frames and index rows of the finished clips of one shard, in order, on disk.

    The folder ``.{name}.work`` beside the shard's file of frames holds ``frames.npy``, an NPY file whose header gets
    its row count when the shard is complete, and ``journal.jsonl``, one index row per line. A clip's frames reach the
    disk before its line does, so a line guarantees its frames. :meth:`resume` removes incomplete data after them.

    :meth:`publish` makes the published file share the frames of the folder. If a kill came after that and before the
    end, the next start finds the frames shared. It removes the published file before it writes, because the frames
    may change.

    A complete shard is kept as ``.{name}.kept``, which shares its frames with the published file and needs no extra
    space. The next extraction takes unchanged clips from there, even if a workflow removed the published file.
    ``others`` are the published files of the same shard in other runs. They may not exist. Their clips are also
    reused.

    Attributes:
        rows: the index rows of the finished clips, each with its ``offset`` and ``length``.
    """

    def __init__(self, target: Path, dim: int, precision: str, others: Sequence[Path] = ()) -> None:
        self.rows: list[dict[str, Any]] = []
        self._target, self._folder = target, work_folder(target)
        self._dim, self._dtype = dim, np.dtype(precision)
        self._kept_folder = kept_folder(target)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock(self._folder / "journal.lock")
        self._lines = _open(self._folder / "journal.jsonl")
        if _same(self._folder / "frames.npy", target):
            target.unlink()
        self._frames = _open(self._folder / "frames.npy")
        self._kept: dict[str, tuple[np.ndarray, dict[str, Any]]] = {}
        for folder in map(kept_folder, others):  # clips that ended a process elsewhere are tried here
            frames, rows = _read_kept(folder)
            self._kept |= {digest: (frames, row) for digest, row in rows.items() if row["length"]}
        frames, rows = _read_kept(self._kept_folder)
        self._kept |= {digest: (frames, row) for digest, row in rows.items()}

    def resume(self, still_wanted: Callable[[int, dict[str, Any]], bool], window: int) -> None:
        """Keep the finished clips up to the first incomplete one, or one without ``still_wanted(number, row)``.

        Clips are embedded ``window`` at a time, so only whole windows are kept: a restarted run then batches each clip
        as an uninterrupted run would.
        """
        size = _size(self._frames)
        ends = [0]
        for line in self._lines:
            row = _parse(line)
            if row is None or size < self._bytes(row["offset"] + row["length"]):
                break
            if not still_wanted(len(self.rows), row):
                break
            self.rows.append(row)
            ends.append(ends[-1] + len(line))
        del self.rows[len(self.rows) // window * window :]
        self._lines.seek(ends[len(self.rows)])
        self._lines.truncate()
        self._frames.truncate(self._bytes(self._length))
        self._write_header()

    def kept(self, digest: str) -> tuple[np.ndarray, dict[str, Any]] | None:
        """Frames and row of a clip with this digest from a complete shard, if its frames are unchanged.

        A clip that ended the process has no frames and is not tried again. A clip that failed otherwise is tried again.
        """
        if digest not in self._kept:
            return None
        stored, row = self._kept[digest]
        frames = np.asarray(stored[row["offset"] : row["offset"] + row["length"]])
        return (frames, row) if frames_sha256(frames) == row["frames_sha256"] else None

    def append(self, frames: np.ndarray, row: dict[str, Any]) -> None:
        """Add a finished clip: frames [T, dim] in the stored precision and its index row, whose place is set here."""
        frames = frames.astype(self._dtype, copy=False)
        place = {"offset": self._length, "length": len(frames), "frames_sha256": frames_sha256(frames)}
        self._frames.write(frames.tobytes())
        _flush(self._frames)
        self._lines.write(json.dumps(row | place).encode() + b"\n")
        _flush(self._lines)
        self.rows.append(row | place)

    def publish(self) -> None:
        """Complete the NPY header and publish the frames."""
        self._write_header()
        _flush(self._frames)
        self._frames.close()
        _share(self._folder / "frames.npy", self._target)

    def keep(self) -> None:
        """Keep the folder for the next extraction."""
        self._kept.clear()  # an open file could keep its folder from removal
        if self._kept_folder.exists():
            shutil.rmtree(self._kept_folder)
        self._folder.replace(self._kept_folder)
        self._lines.close()
        self._lock.release()

    @property
    def _length(self) -> int:
        return self.rows[-1]["offset"] + self.rows[-1]["length"] if self.rows else 0

    def _bytes(self, rows: int) -> int:
        return len(self._header(0)) + rows * self._dim * self._dtype.itemsize

    def _header(self, rows: int) -> bytes:
        """The NPY header for ``rows`` rows; numpy pads it to the same length for any number of rows."""
        header = io.BytesIO()
        layout = {"descr": self._dtype.str, "fortran_order": False, "shape": (rows, self._dim)}
        np.lib.format.write_array_header_1_0(header, layout)
        return header.getvalue()

    def _write_header(self) -> None:
        self._frames.seek(0)
        self._frames.write(self._header(self._length))
        self._frames.seek(0, os.SEEK_END)


def work_folder(target: Path) -> Path:
    """The folder of a shard's finished clips, beside its file of frames ``target``."""
    return target.parent / f".{target.name}.work"


def kept_folder(target: Path) -> Path:
    """The folder of a complete shard, beside its file of frames ``target``."""
    return target.parent / f".{target.name}.kept"


def _read_kept(folder: Path) -> tuple[np.ndarray, dict[str, dict[str, Any]]]:
    """Frames of a complete shard, and digest -> row of its clips that are usable or ended the process.

    The frames are opened here, once: many threads read from them, and NumPy reads the header of a file with
    ``ast.literal_eval``, which Python 3.11 can fail in when two threads call it.
    """
    try:
        lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
        frames = np.load(folder / "frames.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        return np.empty(0), {}
    rows = [row for row in map(_parse, lines) if row]
    return frames, {row["digest"]: row for row in rows if row["length"] or row.get("fatal")}


def frames_sha256(frames: np.ndarray) -> str:
    """The SHA-256 of the bytes of a clip's frames, row by row as they are stored."""
    return hashlib.sha256(np.ascontiguousarray(frames)).hexdigest()


def _share(source: Path, target: Path) -> None:
    """Make ``target`` a hard link of ``source``, or a copy if the file system has no hard links."""
    temporary = target.with_name(f".{target.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(target)


def _same(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)


def _open(path: Path) -> IO[bytes]:
    return path.open("r+b" if path.exists() else "w+b")


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def lock(path: Path) -> FileLock:
    """Keep a second process out of a working folder, such as one that survived a killed workflow.

    Args:
        path: the lock file in that folder. The file stays; the system's lock ends with this process, and a forked child
            does not inherit it.

    Returns:
        The lock. It lasts until it is released or deleted. On a file system without locks, none is used.

    Raises:
        UserError: another process has the lock.
    """
    taken = FileLock(path, blocking=False, thread_local=False, fallback_to_soft=False)
    try:
        taken.acquire()
    except Timeout:
        raise UserError(f"{path.parent}: another process is extracting this shard; wait for it or end it") from None
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK):
            raise
    return taken


def _parse(line: bytes) -> dict[str, Any] | None:
    """The row of a journal line, or None if a kill or a crash of the machine left it incomplete."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
