"""The zip of a capsule: the same contents give the same bytes, and a reader trusts none of them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import struct
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from amanda.shared.csv_table import read_csv
from extractors.shared.files import atomic_file, file_sha256
from extractors.shared.program import UserError

FORMAT, VERSION = "amanda capsule", 1

MANIFEST = "manifest.json"
"""The member that identifies a capsule and has the SHA-256 of every other member."""

NAME = re.compile(r"(?:[\w=+-][\w.=+-]*/)*[\w=+-][\w.=+-]*", re.ASCII)
"""Valid names of a member: parts between slashes, none of which begins with a dot."""

MEMBERS, IN_MEMORY, ROWS = 100_000, 2**30, 50_000_000
"""Largest number of members, of bytes of a member that is read as a whole, and of rows of a table."""

DAMAGED = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error)
"""Exceptions that zipfile raises on a file that is not a complete zip."""

CHUNK = 2**20


def write_archive(path: Path, members: Mapping[str, bytes | Path]) -> None:
    """Write contents and files, and their manifest, as a zip: sorted, without times, and uncompressed.

    Compression is not used for three reasons: tables and weights are already compact, another version of zlib would
    give other bytes, and a reader never gets more bytes than the size of the file.

    Raises:
        UserError: the reader would refuse the name of a member.
    """
    for name in members:
        if not NAME.fullmatch(name):
            raise UserError(f"{name}: not a valid name for a member of a capsule; use letters, digits and _ . = + -")
    digests = {
        name: file_sha256(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()
        for name, content in members.items()
    }
    manifest = {"format": FORMAT, "version": VERSION, "members": digests}
    whole = dict(members) | {MANIFEST: json.dumps(manifest, indent=1, sort_keys=True).encode()}
    with atomic_file(path) as temporary, ZipFile(temporary, "w", ZIP_STORED) as archive:
        for name, content in sorted(whole.items()):
            entry = ZipInfo(name)  # its date is 1980-01-01
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.file_size = content.stat().st_size if isinstance(content, Path) else len(content)
            source = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
            with source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, CHUNK)


@dataclass(frozen=True, slots=True)
class Capsule:
    """A capsule whose members agree with its manifest; no member is ever extracted to a path that it names."""

    path: Path
    archive: ZipFile

    def under(self, folder: str) -> list[str]:
        """Names of the members in a folder and below it."""
        return sorted(name for name in self.archive.namelist() if name.startswith(f"{folder}/"))

    def read(self, name: str) -> bytes:
        """The bytes of a member.

        Raises:
            UserError: there is no member of this name, or it is too large.
        """
        if name not in self.archive.namelist():
            raise UserError(f"{self.path}: has no member {name}; ask for a complete capsule")
        if self.archive.getinfo(name).file_size > IN_MEMORY:
            raise UserError(
                f"{self.path}: {name} has more than {IN_MEMORY} bytes; no member of a capsule is that large"
            )
        return self.archive.read(name)

    def json(self, name: str) -> Any:
        """A member as JSON; a UserError if it is not JSON."""
        try:
            return json.loads(self.read(name))
        except (ValueError, RecursionError) as error:
            raise UserError(f"{self.path}: {name} is not JSON ({error}); ask for the capsule again") from None

    def csv(self, name: str, columns: Collection[str]) -> pd.DataFrame:
        """A member as the table of a CSV file; a UserError if it is not one or lacks one of these columns."""
        try:
            table = read_csv(io.BytesIO(self.read(name)))
        except ValueError as error:
            raise UserError(f"{self.path}: {name} is not a CSV table ({error}); ask for the capsule again") from None
        self._check_columns(name, columns, table.columns)
        return table

    def table(self, name: str, columns: Collection[str]) -> pa.Table:
        """A member as the table of a Parquet file; a UserError if it is not one or lacks one of these columns."""
        try:
            file = pq.ParquetFile(io.BytesIO(self.read(name)))
            if file.metadata.num_rows > ROWS:
                raise UserError(f"{self.path}: {name} has more than {ROWS} rows; no table of a capsule is that long")
            table = file.read()
        except (pa.ArrowException, OSError) as error:
            raise UserError(
                f"{self.path}: {name} is not a Parquet table ({error}); ask for the capsule again"
            ) from None
        self._check_columns(name, columns, table.column_names)
        return table

    def _check_columns(self, name: str, wanted: Collection[str], there: Collection[str]) -> None:
        if absent := sorted(set(wanted) - set(there)):
            raise UserError(f"{self.path}: {name} has no column {', '.join(absent)}; ask for the capsule again")


@contextmanager
def open_capsule(path: Path) -> Iterator[Capsule]:
    """Open a capsule and compare every member with the manifest before anything of it is used.

    Raises:
        UserError: the file is missing or not a zip, its version is unknown, or a member is missing, is not listed, or
            was changed after the capsule was written.
    """
    try:
        archive = ZipFile(path)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; make it with `snakemake --cores 8 results/capsule.zip`") from None
    except DAMAGED as error:
        raise UserError(f"{path}: not a zip file ({error}); ask for the capsule again") from None
    with archive:
        try:
            _check(path, archive)
        except DAMAGED as error:
            raise UserError(f"{path}: damaged ({error}); ask for the capsule again") from None
        yield Capsule(path, archive)


def _check(path: Path, archive: ZipFile) -> None:
    entries, names = archive.infolist(), archive.namelist()
    for entry in entries:
        if not NAME.fullmatch(entry.filename) or entry.compress_type != ZIP_STORED:
            raise UserError(
                f"{path}: member {entry.filename!r} is compressed or leads out of the zip; this is not a valid capsule"
            )
    if len(set(names)) < len(names):
        raise UserError(f"{path}: two members have the same name; this is not a valid capsule")
    if len(entries) > MEMBERS or sum(entry.file_size for entry in entries) > path.stat().st_size:
        raise UserError(f"{path}: more or larger members than such a file can contain; this is not a valid capsule")
    told = _digests(Capsule(path, archive))
    for name in sorted(told.keys() ^ (set(names) - {MANIFEST})):
        problem = "is missing" if name in told else "is not listed in its manifest"
        raise UserError(f"{path}: member {name} {problem}; ask for a complete capsule")
    for name, digest in told.items():
        with archive.open(name) as member:
            hashed = hashlib.file_digest(member, "sha256")  # type: ignore[arg-type]  # a member is a buffered file
            if hashed.hexdigest() != digest:
                raise UserError(f"{path}: member {name} differs from its manifest; ask for an unchanged capsule")


def _digests(capsule: Capsule) -> Mapping[str, str]:
    """The SHA-256 of each member, from the manifest."""
    manifest = capsule.json(MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise UserError(
            f"{capsule.path}: a zip, but its {MANIFEST} does not say that it is a capsule; name another file"
        )
    if manifest.get("version") != VERSION:
        raise UserError(
            f"{capsule.path}: a capsule of version {manifest.get('version')}, and this program reads version {VERSION};"
            " use the commit that its README.md names"
        )
    members = manifest.get("members")
    if not isinstance(members, dict) or not all(isinstance(digest, str) for digest in members.values()):
        raise UserError(f"{capsule.path}: {MANIFEST} has no list of members; ask for the capsule again")
    return members
