"""One process per working folder: its lock ends with the process; a file system without locks does without."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.places import ROOT

from extractors.features.shard_journal import lock
from extractors.shared.program import UserError

HOLD = """
import os, sys, time
from pathlib import Path
from extractors.features.shard_journal import lock
held = lock(Path(sys.argv[1]))
if not os.fork():
    print(os.getpid(), flush=True)  # by the child, which has let go of the lock when its fork returns
time.sleep(600)
"""


def test_a_second_lock_is_refused_until_the_first_is_released(tmp_path: Path) -> None:
    first = lock(tmp_path / "a.lock")
    with pytest.raises(UserError, match="another process is extracting this shard"):
        lock(tmp_path / "a.lock")
    first.release()
    lock(tmp_path / "a.lock")


def test_a_forked_child_neither_releases_nor_keeps_the_lock(tmp_path: Path) -> None:
    held = lock(tmp_path / "a.lock")
    child = os.fork()
    if not child:
        try:
            held.release()
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with pytest.raises(UserError):
        lock(tmp_path / "a.lock")


def test_a_killed_process_leaves_no_lock_even_if_its_child_lives(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    child = int(holder.stdout.readline())
    try:
        with pytest.raises(UserError):
            lock(path)
        holder.kill()
        holder.wait()
        os.kill(child, 0)  # raises if the child has ended as well
        lock(path)
    finally:
        os.kill(child, signal.SIGKILL)
        holder.kill()
        holder.stdout.close()


def refuse_with(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK])
def test_a_file_system_without_locks_is_used_without(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_with(monkeypatch, code)
    lock(tmp_path / "a.lock").release()


def test_any_other_refusal_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_with(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        lock(tmp_path / "a.lock")
