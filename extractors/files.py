"""Files that are either whole or absent: written under a temporary name in the same folder, then renamed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractors.program import UserError


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it is flushed to disk and renamed, else it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``path``; on success it takes the place of ``path``, else it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_table(path: Path, table: pa.Table) -> None:
    """Write a Parquet table, whole or not at all."""
    with atomic_file(path) as temporary:
        pq.write_table(table, temporary)


def read_table(path: Path, made_by: str) -> pa.Table:
    """Read a Parquet table.

    Args:
        path: the file.
        made_by: the program that makes such a file, for the error message.

    Raises:
        UserError: the file is missing or is no Parquet table.
    """
    try:
        return pq.read_table(path)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; make it with {made_by}") from None
    except pa.ArrowInvalid as error:
        raise UserError(f"{path}: not a Parquet table ({error}); make it again with {made_by}") from None


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
