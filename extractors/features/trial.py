"""Try the clips that a killed extraction was processing, each alone, to find the clips that end their process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from extractors.features.at_work import EMBEDDING, AtWork, Suspect
from extractors.features.clip_extraction import Task
from extractors.features.shard_journal import work_folder
from extractors.shared.children import Death, in_children
from extractors.shared.clip import ClipError, Row

PATIENCE = 3600
"""Time limit in seconds of a clip that is tried alone."""


def try_suspects(target: Path, clips: Mapping[str, Row], make: Callable[[], Task]) -> None:
    """Find and record the clips that end a process, if the last extraction of this shard was killed.

    A person, a scheduler, a crash in a decoder, or the system for lack of memory may have ended it. So each clip that
    was being processed is read again, or read and embedded, alone in its own process. The results are not used.

    Args:
        target: the shard's file of frames.
        clips: the clips of the shard, by name.
        make: makes the task in the other process, so that this process does not load the network, too.
    """
    if not work_folder(target).exists():
        return
    at_work = AtWork(target)
    try:
        if at_work.suspects:
            _try(at_work, clips, make)
    finally:
        at_work.close()


def _try(at_work: AtWork, clips: Mapping[str, Row], make: Callable[[], Task]) -> None:
    suspects = at_work.suspects

    def prepare() -> Callable[[Suspect], None]:
        at_work.close()  # the lock of its file must not outlive the parent
        task = make()
        return lambda suspect: _attempt(suspect, clips, task)

    sys.stderr.write(f"the last extraction was ended from outside or by a clip; trying {len(suspects)} clips alone\n")
    dead = 0
    for number, outcome in in_children(prepare, suspects, 1, PATIENCE):
        if isinstance(outcome, Death):
            suspect, dead = suspects[number], dead + 1
            at_work.condemn(suspect, f"{suspect.step} it ended the process ({outcome})")
            sys.stderr.write(f"{suspect.clip_id} failed: {at_work.fatal[suspect.digest]}\n")
    if not dead:
        sys.stderr.write("each of them works alone; if memory is short, lower the threads or the window\n")


def _attempt(suspect: Suspect, clips: Mapping[str, Row], task: Task) -> None:
    """Repeat the interrupted step for a clip, if the clip is unchanged. The extraction meets its exceptions later."""
    clip = clips.get(suspect.clip_id)
    if clip is None:
        return
    identity = task.identify(clip)
    if not identity["digest"] or identity["digest"] != suspect.digest:
        return
    prepared = task.prepare(clip, identity)
    if suspect.step == EMBEDDING and not isinstance(prepared.input, ClipError):
        with suppress(Exception):
            task.extractor.embed([prepared.input])
