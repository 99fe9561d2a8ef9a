"""The common frame of all programs: one clear sentence for an error, and progress bars."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""Errors of a disk that no file can be written to."""

MENDABLE = (*DISK, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE)
"""Errors of the system that a user can correct: disks, permissions, lost network drives, too many open files."""


class UserError(Exception):
    """A mistake that the user can correct. The message names the file, the problem and the fix."""


def run(main: Callable[[], None]) -> None:
    """Run a program: a :class:`UserError` becomes one sentence on stderr and exit code 1, without a traceback.

    A full disk and missing permissions give such a sentence too. Any other exception is a bug of this project and keeps
    its traceback. The help of a program that was started by ``python -m`` shows that command.
    """
    started = sys.modules["__main__"].__spec__
    if started:
        sys.argv[0] = f"python -m {started.name.removesuffix('.__main__')}"
    try:
        main()
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except OSError as error:
        if error.errno not in MENDABLE:
            raise
        problem = os.strerror(error.errno)
        sys.stderr.write(f"error: {error.filename or 'the disk'}: {problem}; correct this and start again\n")
        sys.exit(1)


def progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterable[Item]:
    """Iterate with a progress bar on stderr; there is none if stderr is not a terminal."""
    return tqdm(items, desc=what, total=total, disable=None, unit="", dynamic_ncols=True)


def progress_bar(what: str, total: int) -> tqdm:
    """The same bar for work without an iteration: a context whose method ``update`` counts finished parts."""
    return tqdm(desc=what, total=total, disable=None, unit="", dynamic_ncols=True)
