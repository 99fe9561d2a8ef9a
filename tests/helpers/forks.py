"""A process that has imported everything once and forks a child for each request, so that many can be killed."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers.places import TESTS


class Forks:
    """The test's end: start a child, kill it or not, wait for it; one child at a time."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def start(self, call: str, log: Path, **arguments: Any) -> int:
        """Fork a child that calls ``module:function(**arguments)``, stdout and stderr in ``log``; its process id."""
        self._process.stdin.write(
            json.dumps({"call": call, "log": str(log), "arguments": arguments}, default=str) + "\n"
        )
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def wait(self) -> int:
        """The child's exit code, or minus the number of the signal that ended it; until then its id stays its own."""
        print(file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


@contextmanager
def forks(*modules: str) -> Iterator[Forks]:
    """Start the process and let it import ``modules``."""
    search = os.pathsep.join([str(TESTS), str(TESTS.parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__)), *modules],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": search, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        yield Forks(process)
    finally:
        process.stdin.close()
        process.wait()


def serve(modules: list[str]) -> None:
    """Fork a child for each request and answer with its process id; at the next line, answer with how it ended."""
    for module in modules:
        importlib.import_module(module)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            work(request)
        print(child, flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def work(request: dict[str, Any]) -> None:
    """Call what is asked for in the child, and end it as a program would end."""
    code = 1
    try:
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        module, function = request["call"].split(":")
        getattr(importlib.import_module(module), function)(**request["arguments"])
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1:])
