"""The prefix of every command: the Python that runs a program, and the path of this repository's packages."""

from __future__ import annotations

import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path


def prefix(root: Path, uses_conda: bool) -> str:
    """The lines of bash before each command, with double braces, as Snakemake needs them.

    Args:
        root: the folder of this repository.
        uses_conda: whether Snakemake activates an environment for each rule, whose Python is then first on ``PATH``.
    """
    # PYTHONSAFEPATH: a file of the working directory, such as random.py or amanda.py, must not replace a package.
    lines = ["set -euo pipefail", f"export PYTHONPATH={shlex.quote(str(root))} PYTHONSAFEPATH=1"]
    if not uses_conda and _stands_apart():
        lines.append(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"')
    return "".join(f"{line}; " for line in lines).replace("{", "{{").replace("}", "}}")


def _stands_apart() -> bool:
    """Whether Snakemake's Python has the packages of the programs and its folder is not on ``PATH``.

    This is the case if ``.venv/bin/snakemake`` is called without activating ``.venv``.
    """
    on_path = str(Path(sys.executable).parent) in os.environ.get("PATH", "").split(os.pathsep)
    return not on_path and find_spec("torch") is not None
