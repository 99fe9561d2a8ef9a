"""The files of a release, found by name wherever they lie below its root.

Readers look names from label files up among the files that were found and never join such a name to a path, so no
label file can lead outside the release.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePosixPath

from extractors.shared.program import UserError

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


def find_files(root: Path, suffixes: Collection[str], skip: Collection[str] = ()) -> list[str]:
    """List files below ``root``, shallowest first, then by name, as paths relative to it with forward slashes.

    Hidden files and folders (``._x``, ``.DS_Store``) and ``__MACOSX`` are left out. Symbolic links to folders are
    followed once each, since labs keep parts of a release on several disks.

    Args:
        root: the release.
        suffixes: endings in lower case, with the dot; the case of a file's ending does not matter.
        skip: names of folders that are not entered.

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
    """Map the names of files, without their ending, to their paths; the first of two equal names wins.

    Args:
        paths: paths relative to a release, as :func:`find_files` lists them.
        suffix: the ending, in lower case, with the dot; the case of a file's ending does not matter.
        where: accepts the names of the folders that lead to a file, outermost first.
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
    """Check that a path that a table names is relative and stays below ``root``.

    Args:
        root: the release.
        path: the path as the table gives it.
        where: file and line of the table, for the error message.

    Returns:
        The path with forward slashes, without ``.`` and double slashes.

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
