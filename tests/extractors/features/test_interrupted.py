"""A kill or a full disk at each single operation of an extraction: nothing half-written is taken for whole."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.faults import FREEING
from helpers.forks import Forks, forks

from extractors.features.shard_journal import frames_sha256

BEFORE = ["one", "two", "three", "four"]
TEXTS = ["one", "new", "three", "also new", "unreadable", "the last"]
"""What was extracted before, and what is to be extracted now, two clips at a time."""

OTHERS = ["quite", "other", "texts"]


@pytest.fixture(scope="module")
def server() -> Iterator[Forks]:
    with forks("faults") as process:
        yield process


def extract(server: Forks, folder: Path, texts: list[str], at: int = 0, mode: str = "kill") -> int:
    folder.mkdir(exist_ok=True)
    server.start("faults:extract_toy", folder / "log.txt", folder=folder, texts=texts, at=at, mode=mode)
    return server.wait()


@pytest.fixture
def place(server: Forks, tmp_path: Path) -> Path:
    """A folder with a finished extraction."""
    assert extract(server, tmp_path / "before", BEFORE) == 0
    embedded(tmp_path / "before")
    (tmp_path / "before/log.txt").unlink()
    return tmp_path


@pytest.fixture(scope="module")
def undisturbed(server: Forks, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], tuple, tuple]:
    """The operations of an extraction after another one, and the outputs of the two."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert extract(server, folder, BEFORE) == 0
    before = outputs(folder)
    assert extract(server, folder, TEXTS) == 0
    return json.loads((folder / "steps.json").read_text()), before, outputs(folder)


def outputs(folder: Path) -> tuple[bytes, list[dict]]:
    return (folder / "out/1-of-1.npy").read_bytes(), pq.read_table(folder / "out/1-of-1.parquet").to_pylist()


def vouched_for(folder: Path) -> bool:
    """Whether there is an index; if so, it must be that of the frames beside it."""
    if not (folder / "out/1-of-1.parquet").exists() or not (folder / "out/1-of-1.npy").exists():
        return False
    frames, rows = np.load(folder / "out/1-of-1.npy"), outputs(folder)[1]
    for row in rows:
        part = frames[row["offset"] : row["offset"] + row["length"]]
        assert len(part) == row["length"]
        assert frames_sha256(part) == row["frames_sha256"]
    return True


def embedded(folder: Path) -> list[str]:
    """The texts embedded since one last asked."""
    record = folder / "embedded.txt"
    texts = record.read_text().split("\n")[:-1] if record.exists() else []
    record.unlink(missing_ok=True)
    return texts


def finished(folder: Path) -> list[str]:
    """The texts of the whole windows that the journal holds."""
    journal = folder / "out/.1-of-1.npy.work/journal.jsonl"
    lines = journal.read_bytes().count(b"\n") if journal.exists() else 0
    return TEXTS[: lines // 2 * 2]


def disturb(server: Forks, folder: Path, at: int, mode: str) -> int:
    """Extract something with trouble where something else was extracted before."""
    subprocess.run(["cp", "-a", folder.parent / "before", folder], check=True)  # which keeps files that are shared
    return extract(server, folder, TEXTS, at, mode)


def test_the_operations_are_all_seen(undisturbed: tuple) -> None:
    steps, before, after = undisturbed
    assert before != after
    assert {"write", "fsync", "truncate", "mkstemp", "write_table", "replace", "unlink", "link", "rmdir"} <= set(steps)
    assert steps.count("write") == 2 * len(TEXTS) + 2
    assert len(steps) > 40


@pytest.mark.parametrize("mode", ["kill", pytest.param("torn", marks=pytest.mark.slow)])
def test_a_kill_at_each_operation(mode: str, server: Forks, undisturbed: tuple, place: Path) -> None:
    steps, before, after = undisturbed
    for at, step in enumerate(steps, start=1):
        if mode == "torn" and step not in ("write", "write_table", "copyfile"):
            continue
        folder = place / str(at)
        assert disturb(server, folder, at, mode) == -signal.SIGKILL
        if vouched_for(folder):
            assert outputs(folder) in (before, after)
        done, first = finished(folder), embedded(folder)
        assert extract(server, folder, TEXTS) == 0
        assert outputs(folder) == after
        again = embedded(folder)
        assert not set(done) & set(again), (at, step)
        assert len(set(first) & set(again)) <= 2, (at, step)
        shutil.rmtree(folder)


@pytest.mark.slow
def test_a_kill_and_then_another_wish(server: Forks, undisturbed: tuple, place: Path) -> None:
    """What a killed extraction published does not change under its index while the next one begins."""
    steps, before, after = undisturbed
    for at in range(steps.index("write_table") - 8, len(steps) + 1):
        folder = place / str(at)
        disturb(server, folder, at, "kill")
        kept_going = vouched_for(folder)
        assert extract(server, folder, OTHERS, steps.index("fsync") + 2) == -signal.SIGKILL
        if vouched_for(folder):
            assert kept_going
            assert outputs(folder) in (before, after)
        shutil.rmtree(folder)


@pytest.mark.parametrize("size", [500, 1000, 3000, 6000])
def test_a_file_that_cannot_grow(size: int, server: Forks, undisturbed: tuple, place: Path) -> None:
    """The same by the system's own refusal, with all that buffers do then."""
    folder = place / "limited"
    assert disturb(server, folder, size, "limit") == 1
    said = (folder / "log.txt").read_text()
    assert re.fullmatch(r"device: .*\n(\d+ clips in .*\n)?error: .*File too large; correct .* are kept\n", said), said
    assert extract(server, folder, TEXTS) == 0
    assert outputs(folder) == undisturbed[2]


@pytest.mark.slow
def test_a_full_disk_at_each_operation(server: Forks, undisturbed: tuple, place: Path) -> None:
    steps, before, after = undisturbed
    for at, step in enumerate(steps, start=1):
        if step in FREEING:
            continue
        folder = place / str(at)
        assert disturb(server, folder, at, "full") == 1, (at, step)
        said = (folder / "log.txt").read_text().splitlines()
        assert said[-1].startswith("error: ")
        assert said[-1].endswith("No space left on device; correct this and start again, finished clips are kept")
        assert not any("Traceback" in line or "Exception" in line for line in said), said
        if vouched_for(folder):
            assert outputs(folder) in (before, after)
        done = finished(folder)
        embedded(folder)
        assert extract(server, folder, TEXTS) == 0
        assert outputs(folder) == after
        assert not set(done) & set(embedded(folder)), (at, step)
        shutil.rmtree(folder)
