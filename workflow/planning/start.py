"""Refuse a start that cannot succeed: without a core, or in a folder without write permission."""

from __future__ import annotations

import os
from pathlib import Path


class StartError(Exception):
    """The start is impossible; the message gives the reason and the fix."""


def check(cores: int | None, folder: Path) -> None:
    """Raise :class:`StartError` if Snakemake would wait forever or crash.

    Args:
        cores: the value of ``--cores``; None if a scheduler assigns cores.
        folder: the working directory, for results, logs and Snakemake's own files.
    """
    if cores is not None and cores < 1:
        raise StartError(f"--cores {cores}: no job could ever start; write --cores 1 or more, or --cores all")
    notes = folder / ".snakemake"
    kept_in = notes if notes.exists() else folder
    if not os.access(kept_in, os.W_OK | os.X_OK):
        raise StartError(
            f"{kept_in}: no permission to write, but results, logs and Snakemake's own files are written here;"
            " change its permissions, or name another folder by --directory"
        )
