"""Digests of files that programs read and no rule makes: releases, the user's tables, backbones and weights.

They are parameters of the rules: an edit reruns the steps that read the file, and writing the same content again reruns
nothing. If a reader refuses a release, its message replaces the digest.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from extractors.networks.backbone_files import files_of
from extractors.shared.clip import MEDIA

KEPT = Path(".snakemake") / "content.json"
"""Digests of contents that were computed before, with the size, times and place of the files at that time."""

TABLES = ("extra_defects", "face_choices", "no_face_list")
"""Keys of ``corpora.*.reading`` that name a table relative to the working directory."""

SETTLED = 2_000_000_000
"""Nanoseconds. A file that was read so soon after it was written may change again with the same time stamp."""

READERS = 16
"""Number of threads that read the sizes of media, because a network disk is slow."""


def of_labels(release: str, reader: str, reading: Mapping[str, Any], modalities: Sequence[str]) -> str:
    """Digest all inputs of a release's reader: the content of label files and tables, and which media exist.

    For the arguments see :func:`of_media`.
    """
    asked = release, reader, json.dumps(reading, sort_keys=True), tuple(modalities)
    sources = _sources(*asked)
    if isinstance(sources, str):
        return sources
    there = [name for name, size in _sizes(*asked).items() if size >= 0]
    return _digest([*of_files(sources.read), there, of_tables(reading)])


def of_tables(reading: Mapping[str, Any]) -> str:
    """Digest the user's own tables about a corpus, which may be in any folder."""
    return _digest(of_files(Path(reading[key]) for key in TABLES if key in reading))


def of_media(
    release: str, reader: str, reading: Mapping[str, Any], modalities: Sequence[str], kinds: Sequence[str]
) -> str:
    """Digest the names and sizes of the media that clips are cut from.

    Reading their contents would take hours at each start; a replaced recording almost always has another size.

    Args:
        release: the folder.
        reader: the name of its reader.
        reading: the choices of the config about the corpus.
        modalities: the modalities of the corpus.
        kinds: ``video``, ``audio`` or both.
    """
    asked = release, reader, json.dumps(reading, sort_keys=True), tuple(modalities)
    sources = _sources(*asked)
    if isinstance(sources, str):
        return sources
    sizes = _sizes(*asked)
    return _digest([[(name, sizes[name]) for name in sorted(set(getattr(sources, kind)))] for kind in kinds])


@cache
def has_labels(release: str, reading: str, modalities: tuple[str, ...]) -> bool:
    """Whether a user's own table has any label; also true of an invalid table, which the rule read_release refuses.

    Args:
        release: the folder.
        reading: the choices of the config about the corpus, as JSON.
        modalities: those that the corpus has.
    """
    # Readers take a quarter of a second to import, which a start without such a table need not spend.
    from extractors.corpora.custom import has_labels as any_label
    from extractors.shared.program import UserError

    with suppress(UserError):
        return any_label(Path(release), json.loads(reading), modalities)
    return True


def of_network(names: Iterable[str]) -> str:
    """Digest all files of backbones and weights that are read; a hub id is pinned by its revision instead."""
    return _digest(of_files(path for name in names for path in files_of(Path(name))))


def of_files(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """Each file's name and the SHA-256 of its content, or an empty text for a missing file.

    A content is read again only if its size, times or place on the disk have changed.
    """
    kept = _kept()
    before = dict(kept)
    found = [(str(path), _content(path, kept)) for path in paths]
    if kept != before:
        _keep(kept)
    return found


@cache
def _sources(release: str, reader: str, reading: str, modalities: tuple[str, ...]) -> Any:
    """The files of a release according to its reader, or the reader's error message."""
    # Readers take a quarter of a second to import, which a start on synthetic twins need not spend.
    from extractors.corpora.base import load_reader
    from extractors.shared.program import UserError

    try:
        if not Path(release).is_dir():
            raise UserError(f"{release}: no such folder")
        found = load_reader(reader).sources(Path(release), json.loads(reading), modalities)
    except UserError as error:
        return str(error)
    return found


@cache
def _sizes(release: str, reader: str, reading: str, modalities: tuple[str, ...]) -> dict[str, int]:
    """The media that clips need, sorted by name, with their sizes in bytes; -1 for a missing file."""
    sources = _sources(release, reader, reading, modalities)
    wanted = sorted({file for name in modalities if name in MEDIA for file in getattr(sources, MEDIA[name])})
    parts = [wanted[start::READERS] for start in range(READERS)]
    with ThreadPoolExecutor(READERS) as threads:
        found = threads.map(lambda part: [(name, _size(f"{release}/{name}")) for name in part], parts)
    return dict(sorted(pair for part in found for pair in part))


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _content(path: Path, kept: dict[str, list[Any]]) -> str:
    """The SHA-256 of a file's content, from ``kept`` if it is still valid; else it is computed and stored there."""
    try:
        state, now, name = os.stat(path), time.time_ns(), os.path.abspath(path)
        about = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        known = kept.get(name)
        if known and known[0] == about and known[1] - max(about[1:3]) > SETTLED:
            return known[2]
        with path.open("rb") as file:
            content = _file_digest(file)
    except OSError:
        return ""
    kept[name] = [about, now, content]
    return content


def _file_digest(file: Any) -> str:
    digest = sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _kept() -> dict[str, list[Any]]:
    with suppress(OSError, ValueError):
        found = json.loads(KEPT.read_text())
        if isinstance(found, dict):
            return found
    return {}


def _keep(kept: dict[str, list[Any]]) -> None:
    """Write ``kept`` atomically; without write permission, contents are read at each start."""
    temporary = KEPT.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        KEPT.parent.mkdir(exist_ok=True)
        temporary.write_text(json.dumps(kept))
        temporary.replace(KEPT)


def _digest(value: object) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()[:16]
