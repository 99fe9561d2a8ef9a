"""The clips that an extraction is working on, recorded on disk, so that the next run finds a clip that crashed it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from extractors.features.shard_journal import lock, work_folder

READING, EMBEDDING = "reading", "embedding"
"""The steps of work on a clip."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A clip that was processed when a process ended, and the digest of everything that its frames depend on."""

    step: str
    clip_id: str
    digest: str


class AtWork:
    """Notes of one process in a file of the shard's working folder. Each note is a line; lines are only appended.

    Lines are not flushed to disk: the system keeps the lines of a killed process, and after a power failure no clip is
    suspected. Leaving the context clears the suspects, because then no clip ended the process.

    Attributes:
        fatal: digest -> the reason why its clip must not be tried again.
        suspects: the clips that were processed when the previous process ended.
    """

    def __init__(self, target: Path) -> None:
        path = work_folder(target) / "at_work.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = lock(path.with_suffix(".lock"))
        self._file = path.open("a+b", buffering=0)
        self.fatal: dict[str, str] = {}
        self._torn = False
        self.suspects = list(self._read())

    def __enter__(self) -> AtWork:
        self.clear()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):  # a full disk, which was already reported
            self.clear()
        self.close()

    def clear(self) -> None:
        """Note that no clip is processed now."""
        self._note("clear")

    def close(self) -> None:
        """Release the file for another process; in a forked child, leave it to the parent."""
        self._file.close()
        self._lock.release()

    @contextmanager
    def doing(self, step: str, clips: Sequence[tuple[str, str]]) -> Iterator[None]:
        """Note the clips (name and digest) that are processed within this context."""
        for clip_id, digest in clips:
            self._note(step, clip_id, digest)
        yield
        for clip_id, digest in clips:
            self._note("done", clip_id, digest)

    def condemn(self, suspect: Suspect, reason: str) -> None:
        """Record that a clip must not be tried again while it has this digest. The record survives a power failure."""
        self._note("fatal", suspect.digest, reason)
        os.fsync(self._file.fileno())
        self.fatal[suspect.digest] = reason

    def _note(self, *words: str) -> None:
        self._file.write(b"\n" * self._torn + json.dumps(words).encode() + b"\n")
        self._torn = False

    def _read(self) -> Iterator[Suspect]:
        self._file.seek(0)
        lines = self._file.read().splitlines(keepends=True)
        self._torn = bool(lines) and not lines[-1].endswith(b"\n")
        open_steps: dict[tuple[str, ...], Suspect] = {}
        for what, *words in filter(None, map(_parse, lines)):
            if what == "clear":
                open_steps.clear()
            elif what == "fatal":
                self.fatal[words[0]] = words[1]
            elif what == "done":
                open_steps.pop(tuple(words), None)
            else:
                open_steps[tuple(words)] = Suspect(what, *words)
        yield from (suspect for suspect in open_steps.values() if suspect.digest not in self.fatal)


def _parse(line: bytes) -> list[str]:
    """The words of a line; none if a kill or a crash of the machine left it incomplete."""
    try:
        return json.loads(line)
    except ValueError:
        return []
