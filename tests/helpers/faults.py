"""Operations that change the disk, counted, so that a test can end the program or fill the disk at each of them."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from extractors import extract_shard
from extractors.features import clip_extraction, shard_journal
from extractors.modalities.base import Outcome
from extractors.shared import files
from extractors.shared.program import run
from helpers import toy_extractor
from helpers.toy_extractor import SETTINGS, Toy

STEPS = ("chmod", "fsync", "link", "mkdir", "replace", "rmdir", "truncate", "unlink")
"""Functions of ``os`` that change the disk, those of pathlib and shutil among them."""

FREEING = ("chmod", "rmdir", "truncate", "unlink")
"""Those that work on a full disk."""


class Faults:
    """Counts operations; from number ``at`` on there is trouble: ``kill`` before it, ``torn`` in it, ``full`` disk.

    With ``limit`` no file may grow beyond ``at`` bytes, which the system itself refuses.
    """

    def __init__(self, at: int, mode: str) -> None:
        self.at, self.mode = at, mode
        self.names: list[str] = []

    def step(self, name: str, half: Callable[[], object] | None = None) -> None:
        """Count an operation before it is done; ``half`` does the first half of it."""
        self.names.append(name)
        if not self.at or len(self.names) < self.at or (self.mode == "full" and name in FREEING):
            return
        if half is not None and self.mode in ("torn", "full"):
            half()
        if self.mode == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Count the operations of this process; there is no way back."""
        if self.mode == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.at, self.at))
            return
        for name in STEPS:
            setattr(os, name, self._guarded(name, getattr(os, name)))
        tempfile.mkstemp = self._guarded("mkstemp", tempfile.mkstemp)
        shutil.copyfile = self._guarded("copyfile", shutil.copyfile, lambda source, target: target.write_bytes(b"half"))
        files.pq.write_table = self._guarded(
            "write_table", pq.write_table, lambda table, path: path.write_bytes(b"PAR1")
        )
        opened = shard_journal._open
        shard_journal._open = lambda path: Guarded(opened(path), self)

    def _guarded(self, name: str, function: Callable, half: Callable | None = None) -> Callable:
        def guarded(*args: Any, **options: Any) -> Any:
            self.step(name, half and (lambda: half(*args)))
            return function(*args, **options)

        return guarded


class Guarded:
    """A file whose writes are counted."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Any:
        return iter(self._file)

    def write(self, content: bytes) -> int:
        def half() -> None:
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        self._faults.step("write", half)
        return self._file.write(content)

    def truncate(self, *size: int) -> int:
        self._faults.step("truncate")
        return self._file.truncate(*size)


class Recorded(Toy):
    """Writes the number of each clip that it embeds into a file, which a kill leaves."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._record = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def _embed(self, clip: Mapping[str, Any]) -> Outcome:
        os.write(self._record, f"{clip['text']}\n".encode())
        return super()._embed(clip)


def extract_toy(folder: str, texts: Sequence[str], at: int, mode: str) -> None:
    """The program with the toy for an extractor, in trouble at its ``at``-th operation; 0 for none, but a count."""
    place, faults = Path(folder), Faults(at, mode)
    manifest = toy_extractor.write_manifest(place / "manifest.parquet", toy_extractor.make_clips(list(texts)))
    clip_extraction.build_extractor = lambda *_: Recorded(place / "embedded.txt")
    flags = {"manifest": manifest, "release": place, "modality": "text", "shard": "1-of-1", "backbone": "toy"}
    flags |= {"others": place / "absent.npy"}
    flags |= {"settings": json.dumps(SETTINGS | {"window": 2}), "device": "cpu", "threads": "1"}
    flags |= {"frames": place / "out/1-of-1.npy", "index": place / "out/1-of-1.parquet"}
    sys.argv = ["extract", *(str(word) for name, value in flags.items() for word in (f"--{name}", value))]
    faults.install()
    run(extract_shard.main)
    (place / "steps.json").write_text(json.dumps(faults.names))
