"""A python that tells which files each program of a run opened for reading, beside its command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

PYTHON = """#!{python}
import json, os, runpy, sys
wrapped, seen = os.getpid(), set()

def watch(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
        return
    path, mode, flags = arguments
    path = os.path.abspath(os.fsdecode(path))
    writes = set(mode or "") & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR)
    inside = path.startswith(os.getcwd() + os.sep) and os.path.isfile(path)
    if not writes and path not in seen and inside:
        seen.add(path)
        line = json.dumps([sys.argv, os.path.relpath(path)]) + "\\n"
        os.write(log, line.encode())

log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
flag, module, *rest = sys.argv[1:]
assert flag == "-m"
sys.argv = [module, *rest]
sys.addaudithook(watch)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def audited_python(folder: Path) -> Path:
    """Make the folder that holds such a python, to be searched first; what it tells goes to ``opened.jsonl`` there."""
    folder.mkdir()
    program = folder / "python"
    program.write_text(PYTHON.format(python=sys.executable, log=str(folder / "opened.jsonl")))
    program.chmod(0o755)
    return folder


def undeclared(folder: Path) -> set[str]:
    """Files that a program opened and its command line does not name: each as module and path."""
    found = set()
    for line in (folder / "opened.jsonl").read_text().splitlines():
        (module, *words), path = json.loads(line)
        if not any(_names(word, path) for word in words if word.startswith("results/")):
            found.add(f"{module.split('/')[-1]} {path}")
    return found


def _names(word: str, path: str) -> bool:
    """Whether a word of a command line stands for a file.

    It stands for itself and what is below it; an output for the hidden files of its making; an index for the
    frames beside it, whose hashes it holds.
    """
    folder, _, name = word.rpartition("/")
    stem = word.removesuffix(".parquet")
    frames = path.endswith(".npy") and (path == f"{stem}.npy" or path.startswith(f"{stem}/"))
    return path == word or path.startswith((f"{word}/", f"{folder}/.{name}.")) or (stem != word and frames)
