"""Refuse a start that could come to nothing: without a core, or in a folder that may not be written to."""

from __future__ import annotations

import os
from pathlib import Path


class StartError(Exception):
    """Nothing can be run as it was asked; the message says why and what to do."""


def check(cores: int | None, folder: Path) -> None:
    """Raise :class:`StartError` where Snakemake would wait for ever or fall over.

    Args:
        cores: as ``--cores`` says; None where a scheduler gives them.
        folder: the working directory, in which results, logs and Snakemake's own notes are written.
    """
    if cores is not None and cores < 1:
        raise StartError(f"--cores {cores}: no job could ever start; write --cores 1 or more, or --cores all")
    notes = folder / ".snakemake"
    kept_in = notes if notes.exists() else folder
    if not os.access(kept_in, os.W_OK | os.X_OK):
        raise StartError(
            f"{kept_in}: may not be written to, and results, logs and Snakemake's notes are kept here;"
            " change its permissions, or name another folder by --directory"
        )
