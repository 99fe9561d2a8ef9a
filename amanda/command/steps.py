"""Programs of both packages, each run in a separate process with the same flags as in the workflow.

The processes are forked from a server that has imported the programs and computes nothing, so that a step need not
import its libraries again. A decoder that crashes on a damaged file ends only the step's process.
"""

from __future__ import annotations

import importlib
import multiprocessing
import sys
from collections.abc import Mapping, Sequence

from extractors.shared.program import UserError, run

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    ["extractors.find_clips", "extractors.extract_shard", "extractors.modalities.text", "amanda.predict_clips"]
)

INTERRUPTED = 130
"""The exit code of a program that was ended by Ctrl-C, as in shells."""

Flags = Mapping[str, object]
"""A program's flags by name, without the dashes; a list gives a flag several values."""


def words_of(flags: Flags) -> list[str]:
    """Flags as words of a command line."""
    words = []
    for name, value in flags.items():
        values = value if isinstance(value, list) else [value]
        words += [f"--{name}={values[0]}"] if len(values) == 1 else [f"--{name}", *map(str, values)]
    return words


def run_step(program: str, flags: Flags, attempts: int = 1) -> None:
    """Run a program to its end.

    Args:
        program: name of its module, such as ``extractors.extract_shard``.
        flags: see :data:`Flags`.
        attempts: how often it is started if a signal ends its process; an extraction that is started again finds the
            clip that ended it, and continues without that clip.

    Raises:
        SystemExit: the program failed; its message is on stderr.
        UserError: a signal ended its process each time.
    """
    code = 0
    for _ in range(attempts):
        process = _SERVER.Process(target=_main, args=(program, words_of(flags)))
        process.start()
        process.join()
        code = process.exitcode or 0
        if code >= 0:
            break
    if code > 0:
        raise SystemExit(code)
    if code < 0:
        raise UserError(f"{program}: its process was ended by signal {-code}, as when memory is short; start it again")


def _main(program: str, words: Sequence[str]) -> None:
    sys.argv = [program, *words]
    try:
        run(importlib.import_module(program).main)
    except KeyboardInterrupt:  # the command reports the interruption; finished clips are kept
        sys.exit(INTERRUPTED)
