"""The clips that an extraction works on at each moment, on disk, so that the next one knows who could have ended it."""

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
"""What is done to a clip."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A clip that was worked on when a process ended, and the digest of all that its frames depend on."""

    step: str
    clip_id: str
    digest: str


class AtWork:
    """Notes of one process in a file of the shard's working folder, each a line that is only ever appended.

    A line costs no flush: what a killed process has written stays; after a loss of power no clip is under suspicion.
    Leaving the context clears the suspicion: whoever comes so far was ended by no clip.

    Attributes:
        fatal: digest -> why its clip is not to be tried again.
        suspects: the clips that were worked on when the process before this one ended.
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
        with suppress(OSError):  # of a full disk, which has been told of
            self.clear()
        self.close()

    def clear(self) -> None:
        """No clip is worked on."""
        self._note("clear")

    def close(self) -> None:
        """Let another process have the file; in a forked child, leave it to the parent."""
        self._file.close()
        self._lock.release()

    @contextmanager
    def doing(self, step: str, clips: Sequence[tuple[str, str]]) -> Iterator[None]:
        """Note the clips (name and digest) that are worked on within this context."""
        for clip_id, digest in clips:
            self._note(step, clip_id, digest)
        yield
        for clip_id, digest in clips:
            self._note("done", clip_id, digest)

    def condemn(self, suspect: Suspect, reason: str) -> None:
        """Remember that a clip must not be tried again while its digest is this one, also after a loss of power."""
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
    """The words of a line; none if a kill or a crash of the machine tore it."""
    try:
        return json.loads(line)
    except ValueError:
        return []
