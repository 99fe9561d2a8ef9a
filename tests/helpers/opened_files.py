"""Which files a function opens, as Python's own audit of the interpreter tells it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

_seen: list[set[Path]] = []
"""Where opened paths go: one set while a function is watched, none before and after."""


def opened(act: Callable[[], object], below: Path) -> set[Path]:
    """Run ``act`` and return the files below a folder that it opened; a hook cannot be removed, so it is kept silent.

    Libraries in C open files without telling; those of the readers and of transformers let Python open them, but for
    HDF5 and Parquet.
    """
    found: set[Path] = set()
    _seen.append(found)
    try:
        act()
    finally:
        _seen.remove(found)
    return {path for path in found if path.is_relative_to(below) and path.is_file()}


def _watch(event: str, arguments: tuple) -> None:
    if _seen and event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        _seen[-1].add(Path(os.fsdecode(arguments[0])))


sys.addaudithook(_watch)
