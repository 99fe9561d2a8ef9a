"""Files that are either whole or absent: written under a temporary name in the same folder, then renamed."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractors.shared.program import UserError

ABANDONED = 24 * 3600
"""A temporary file without changes for this many seconds was left behind by a killed program."""


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it is flushed to disk and renamed, else it is removed.

    Temporary files of programs that were killed a day or more ago are removed too. An error of the disk names ``path``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    with _named(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        with _named(path):
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``path``; on success it replaces ``path``, else it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    with _named(path):
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Make errors of the system name ``path`` if they name no file, or a temporary file beside ``path``."""
    try:
        yield
    except OSError as error:
        beside = f"{path.parent / f'.{path.name}.'}"
        if error.filename is None or os.path.abspath(error.filename).startswith(os.path.abspath(beside)):
            error.filename = str(path)
        raise


def _sweep(path: Path) -> None:
    """Remove temporary files and folders of ``path`` without changes for a day."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}(?:{re.escape(path.suffix)})?")
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        with suppress(FileNotFoundError):  # another program may remove it at the same time
            if ours.fullmatch(left.name) and time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()


def write_table(path: Path, table: pa.Table) -> None:
    """Write a Parquet table, whole or not at all."""
    with atomic_file(path) as temporary:
        pq.write_table(table, temporary)


def read_table(path: Path, made_by: str, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet table.

    Args:
        path: the file.
        made_by: the program that makes such a file, for the error message.
        columns: the columns to read, if they exist; None for all.

    Raises:
        UserError: the file is missing, may not be read, or is not a Parquet table.
    """
    try:
        there = pq.read_schema(path).names
        return pq.read_table(path, columns=[name for name in there if columns is None or name in columns])
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; make it with {made_by}") from None
    except PermissionError:
        raise UserError(f"{path}: no permission to read it; change its permissions") from None
    except pa.ArrowInvalid as error:
        raise UserError(f"{path}: not a Parquet table ({error}); make it again with {made_by}") from None


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """The SHA-256 of some files' names and bytes, in the order given; empty if there are none."""
    told = [f"{file_sha256(path)}  {path.name}\n" for path in paths]
    return hashlib.sha256("".join(told).encode()).hexdigest() if told else ""
