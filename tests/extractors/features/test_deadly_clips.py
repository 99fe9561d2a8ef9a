"""Whatever one clip does to the program that reads or embeds it, that clip fails with a reason and no other does."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers.forks import Forks, forks
from helpers.spoiled_release import SETTINGS, row, write_release

from extractors.features.at_work import EMBEDDING, READING, AtWork, Suspect
from extractors.features.blame import reason
from extractors.forget_clips import forget
from extractors.inspect_corpus import inspect_clips
from extractors.quality import inspection
from extractors.shared.children import Death, in_children

GOOD = ["one", "two", "three", "four", "five"]


@pytest.fixture(scope="module")
def server() -> Iterator[Forks]:
    with forks("deadly") as process:
        yield process


def start(server: Forks, folder: Path, texts: list[str], window: int = 3) -> int:
    folder.mkdir(exist_ok=True)
    server.start("deadly:main", folder / "log.txt", folder=folder, texts=texts, window=window)
    return server.wait()


def rows(folder: Path) -> list[dict]:
    return pq.read_table(folder / "out/1-of-1.parquet").to_pylist()


def with_bad(text: str) -> list[str]:
    return [*GOOD[:2], text, *GOOD[2:]]


def check_others(server: Forks, folder: Path, found: list[dict]) -> None:
    """All other clips are ok, with the numbers of a corpus without the bad one."""
    assert start(server, folder / "plain", GOOD) == 0
    plain = [one["frames_sha256"] for one in rows(folder / "plain")]
    assert [one["frames_sha256"] for one in found if one["status"] == "ok"] == plain


@pytest.mark.parametrize("step", ["read", "embed"])
@pytest.mark.parametrize("kind", ["ValueError", "MemoryError", "AssertionError", "RuntimeError"])
def test_any_exception_fails_its_clip_alone(step: str, kind: str, server: Forks, tmp_path: Path) -> None:
    assert start(server, tmp_path, with_bad(f"{step} {kind}")) == 0
    found, log = rows(tmp_path), (tmp_path / "log.txt").read_text()
    assert [one["status"] for one in found] == ["ok", "ok", "failed", "ok", "ok", "ok"]
    assert found[2]["reason"] == f"{kind}: film.mp4 is odd: {kind}"
    assert log.count(f"clip_002 failed: {found[2]['reason']}\n") == 1
    assert log.count("in meet\n") == 1
    check_others(server, tmp_path, found)


@pytest.mark.parametrize("fate", ["full disk", "ImportError"])
def test_what_is_no_clips_fault_stops(fate: str, server: Forks, tmp_path: Path) -> None:
    assert start(server, tmp_path, with_bad(f"read {fate}")) == 1
    assert not (tmp_path / "out/1-of-1.parquet").exists()


def test_a_window_that_fails_as_a_whole_stops(server: Forks, tmp_path: Path) -> None:
    assert start(server, tmp_path, ["embed RuntimeError"] * 8, window=8) == 1
    assert "error: all 8 clips of a window fail with RuntimeError" in (tmp_path / "log.txt").read_text()
    assert start(server, tmp_path / "few", ["embed RuntimeError"] * 7, window=8) == 0


@pytest.mark.parametrize("step", ["read", "embed"])
@pytest.mark.parametrize(
    ("fate", "code", "told"),
    [
        ("segfault", -signal.SIGSEGV, "signal SIGSEGV"),
        ("abort", -signal.SIGABRT, "signal SIGABRT"),
        ("killed", -signal.SIGKILL, "signal SIGKILL, as when memory is short"),
        ("exit", 3, "exit code 3"),
    ],
)
def test_a_clip_that_ends_the_process(
    step: str, fate: str, code: int, told: str, server: Forks, tmp_path: Path
) -> None:
    texts = with_bad(f"{step} {fate}")
    assert start(server, tmp_path, texts) == code
    assert start(server, tmp_path, texts) == 0
    found = rows(tmp_path)
    assert [one["status"] for one in found] == ["ok", "ok", "failed", "ok", "ok", "ok"]
    assert found[2]["reason"] == f"{'reading' if step == 'read' else 'embedding'} it ended the process ({told})"
    check_others(server, tmp_path, found)
    # It is remembered until it changes or is forgotten.
    assert start(server, tmp_path, texts) == 0
    assert rows(tmp_path) == found
    forget(tmp_path / "out", {"clip_002"})
    assert start(server, tmp_path, texts) == code
    assert start(server, tmp_path, with_bad("a good text")) == 0
    assert {one["status"] for one in rows(tmp_path)} == {"ok"}


def test_two_clips_that_end_the_process(server: Forks, tmp_path: Path) -> None:
    texts = ["embed segfault", *GOOD, "embed abort", "six"]
    codes = [start(server, tmp_path, texts) for _ in range(3)]
    assert codes == [-signal.SIGSEGV, -signal.SIGABRT, 0]
    assert [one["status"] for one in rows(tmp_path)] == ["failed", *["ok"] * 5, "failed", "ok"]


def test_notes_of_a_killed_process(tmp_path: Path) -> None:
    target = tmp_path / "1-of-1.npy"
    first = AtWork(target)
    first.__enter__()
    with first.doing(READING, [("a", "1")]):
        pass
    first.doing(EMBEDDING, [("a", "1"), ("b", "2")]).__enter__()
    first.condemn(Suspect(EMBEDDING, "b", "2"), "why")
    first.close()
    notes = tmp_path / ".1-of-1.npy.work/at_work.jsonl"
    notes.write_bytes(notes.read_bytes() + b'["reading", "c')
    second = AtWork(target)
    assert second.suspects == [Suspect(EMBEDDING, "a", "1")]
    with second:
        pass
    third = AtWork(target)
    assert third.suspects == []
    assert third.fatal == {"2": "why"}
    third.close()


def test_a_reason_is_one_line_without_folders() -> None:
    assert reason(FileNotFoundError(2, "No such file", "/data/x/a.wav")) == "FileNotFoundError: No such file (a.wav)"
    assert reason(MemoryError()) == "MemoryError"
    assert len(reason(ValueError("x" * 9999))) < 400


def die() -> None:
    faulthandler.disable()  # pytest's, which would tell of it at length
    os.kill(os.getpid(), signal.SIGSEGV)


def work(item: str) -> str:
    if item == "raise":
        raise ValueError("a mistake")
    if item == "sleep":
        signal.pause()
    if item == "die":
        die()
    return item.upper()


@pytest.mark.parametrize("count", [1, 3])
def test_children(count: int) -> None:
    items = ["a", "die", "b", "c", "die", "d"]
    found = dict(in_children(lambda: work, items, count, 0))
    assert {number: str(found[number]) for number in (1, 4)} == dict.fromkeys((1, 4), "signal SIGSEGV")
    assert [found[number] for number in (0, 2, 3, 5)] == ["A", "B", "C", "D"]


def test_a_child_that_dies_once_is_tried_again(tmp_path: Path) -> None:
    def once(item: str) -> str:
        if not (tmp_path / item).exists():
            (tmp_path / item).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert dict(in_children(lambda: once, ["a", "b"], 2, 0)) == {0: "a", 1: "b"}


def test_a_child_that_never_ends_and_one_that_raises() -> None:
    assert dict(in_children(lambda: work, ["sleep", "a"], 1, 1)) == {0: Death(-signal.SIGALRM), 1: "A"}
    with pytest.raises(ValueError, match="a mistake"):
        list(in_children(lambda: work, ["raise"], 1, 0))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_file_that_ends_the_process_is_undecodable(
    threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = write_release(tmp_path)
    clips = [row("good"), row("bad", video="both.avi", audio="good.wav"), row("black")]
    plain = inspect_clips(clips, release, SETTINGS, threads)
    column, measure, lasting = inspection.MEDIA["video"]

    def deadly(path: Path, members: list) -> list:
        if path.name == "both.avi":
            die()
        return measure(path, members)

    monkeypatch.setitem(inspection.MEDIA, "video", (column, deadly, lasting))
    found = inspect_clips(clips, release, SETTINGS, threads)
    assert [found[0], found[2]] == [plain[0], plain[2]]
    assert (found[1]["status"], found[1]["findings"]) == ("quarantined", ["undecodable"])
    told = "undecodable: both.avi: decoding it ended the process (signal SIGSEGV)"
    assert found[1]["reason"] == told
    assert found[1]["sound_seconds"] == plain[1]["sound_seconds"]
