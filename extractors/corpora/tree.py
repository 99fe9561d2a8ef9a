"""Find the files of a release by name, at any depth below its root.

Readers search for the names in label files among the files that were found. They never join such a name to a path, so
no label file can refer to a file outside the release.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePosixPath

from extractors.shared.program import UserError

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


def find_files(root: Path, suffixes: Collection[str], skip: Collection[str] = ()) -> list[str]:
    """List files below ``root`` by depth and then by name, as paths relative to ``root`` with forward slashes.

    Hidden files and folders (``._x``, ``.DS_Store``) and ``__MACOSX`` are left out. Each symbolic link to a folder is
    followed once, because labs keep parts of a release on several disks.

    Args:
        root: folder of the release.
        suffixes: endings in lower case, with the dot. The case of a file's ending is ignored.
        skip: names of folders that are not searched.

    Raises:
        UserError: a folder cannot be read.
    """
    ignored = {"__MACOSX", *skip}
    found: list[str] = []
    seen: set[str] = set()
    for folder, subfolders, files in os.walk(root, followlinks=True, onerror=_refuse):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = sorted(name for name in subfolders if name[0] != "." and name not in ignored)
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if relative == "." else f"{relative}/"
        found += [prefix + name for name in files if _wanted(name, suffixes)]
    return sorted(found, key=lambda path: (path.count("/"), path))


def by_stem(paths: Iterable[str], suffix: str, where: Callable[[list[str]], bool]) -> dict[str, str]:
    """Map the names of files, without their ending, to their paths. Of equal names, the first is used.

    Args:
        paths: paths relative to a release, from :func:`find_files`.
        suffix: the ending, in lower case, with the dot. The case of a file's ending is ignored.
        where: whether to accept a file, given the names of the folders above it, outermost first.
    """
    found: dict[str, str] = {}
    for path in paths:
        if path.lower().endswith(suffix):
            *folders, name = path.split("/")
            if where(folders):
                found.setdefault(name[: -len(suffix)], path)
    return found


def is_safe(name: str) -> bool:
    """Whether a clip's name can be a file name on every system: 1 to 200 letters, digits, ``_`` and ``-``."""
    return _SAFE.fullmatch(name) is not None


def inside(root: Path, path: str, where: str) -> str:
    """Check that a path in a table is relative and stays below ``root``.

    Args:
        root: folder of the release.
        path: the path in the table.
        where: file and line of the table, for the error message.

    Returns:
        The path with forward slashes, without ``.`` and without double slashes.

    Raises:
        UserError: the path is absolute or leads outside the release.
    """
    pure = PurePosixPath(path.replace("\\", "/"))
    drive = len(path) > 1 and path[1] == ":"
    if pure.is_absolute() or drive or ".." in pure.parts or "\0" in path:
        raise UserError(f"{where}: the path {path!r} leads outside the release; give one relative to {root}")
    return pure.as_posix()


def _wanted(name: str, suffixes: Collection[str]) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in suffixes


def _refuse(error: OSError) -> None:
    raise UserError(f"{error.filename}: cannot be read ({error.strerror}); check the permissions of the release")
