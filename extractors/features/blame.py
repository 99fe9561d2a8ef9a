"""An exception -> the failure of the clip that caused it. If no clip is the cause, the program ends."""

from __future__ import annotations

import errno
import re
import sys
import traceback
from functools import cache

from extractors.networks.passes import refuse_lost_device
from extractors.shared.clip import ClipError
from extractors.shared.program import DISK, UserError

SETUP = (*DISK, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.ENOTCONN)
"""Errors of the system that would also affect the next clip: disks, lost network drives, too many open files."""

LONGEST = 300
"""Largest number of characters of a reason; the log has the whole message."""

_FOLDERS = re.compile(r"(?<![\w./:])/(?:[^\s/'\"]+/)+")


def blame(error: Exception, name: str) -> ClipError:
    """The failure of the clip (or file) ``name``; the log gets the traceback of an unexpected exception, once.

    Raises:
        UserError, ImportError, OSError: ``error`` itself, or a lost device, if no clip is the cause.
    """
    if isinstance(error, ClipError):
        return error
    refuse_setup(error)
    failure = ClipError(reason(error))
    sys.stderr.write(f"{name} failed: {failure}\n")
    _log("".join(traceback.format_tb(error.__traceback__)))
    return failure


def refuse_setup(error: Exception) -> None:
    """Raise ``error`` again if no clip is its cause.

    Raises:
        UserError, ImportError, OSError: see :func:`blame`.
    """
    if isinstance(error, UserError | ImportError) or (isinstance(error, OSError) and error.errno in SETUP):
        raise error
    refuse_lost_device(error)


def reason(error: Exception) -> str:
    """``TypeName: message`` in one line, without the folders of this machine."""
    if isinstance(error, OSError) and error.strerror:
        message = f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    else:
        message = str(error)
    words = " ".join(_FOLDERS.sub("", message).split())
    told = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}..."


@cache
def _log(places: str) -> None:
    """Write the lines of a traceback; an error that occurs for many clips at the same place is written once."""
    sys.stderr.write(places)
