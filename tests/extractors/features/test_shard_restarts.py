"""A shard that was ended and started again repeats no finished clip, sees through damage, and gives the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.places import TESTS
from helpers.toy_extractor import Toy, extract, make_clips

from extractors.extract_shard import read_ahead
from extractors.shared.program import UserError

TEXTS = [f"text {number}" for number in range(12)]
WORK = ".1-of-1.npy.work"
KEPT = ".1-of-1.npy.kept"


@pytest.mark.parametrize("crash_at", ["clip_000", "clip_005", "clip_011"])
def test_a_restart_repeats_no_finished_clip(tmp_path: Path, crash_at: str) -> None:
    clips = make_clips(TEXTS, excluded=(3,))
    (tmp_path / "plain").mkdir()
    undisturbed = extract(tmp_path / "plain", clips, Toy())
    crashing, restarted = Toy(crash_at=crash_at), Toy()
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path, clips, crashing)
    assert not (tmp_path / "1-of-1.npy").exists()
    assert not (tmp_path / "1-of-1.parquet").exists()
    content, index = extract(tmp_path, clips, restarted)
    assert crashing.extracted + restarted.extracted == [clip["clip_id"] for clip in clips if clip["status"] == "ok"]
    assert content == undisturbed[0]
    assert index.equals(undisturbed[1])
    assert not (tmp_path / WORK).exists()


@pytest.mark.parametrize("changed", ["weights", "config", "precision", "preprocessing", "text", "order"])
def test_a_restart_redoes_what_has_changed(tmp_path: Path, changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = make_clips(TEXTS)
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path, clips, Toy(crash_at="clip_008"))
    made_of = {"weights": "b" if changed == "weights" else "a", "config": "d" if changed == "config" else "c"}
    toy = Toy(**made_of)
    if changed == "preprocessing":
        monkeypatch.setattr(Toy, "preprocessing", 2)
    if changed == "text":
        clips[4]["text"] = "another text"
    if changed == "order":
        clips[4], clips[5] = clips[5], clips[4]
    precision = "float32" if changed == "precision" else "float16"
    content, index = extract(tmp_path, clips, toy, precision=precision)
    (tmp_path / "plain").mkdir()
    undisturbed = extract(tmp_path / "plain", clips, Toy(**made_of), precision=precision)
    assert len(toy.extracted) == (8 if changed in ("text", "order") else 12)
    assert content == undisturbed[0]
    assert index.equals(undisturbed[1])


@pytest.mark.parametrize("damage", ["torn line", "garbage", "frames cut", "frames gone", "tail"])
def test_a_restart_sees_through_damage(tmp_path: Path, damage: str) -> None:
    clips = make_clips(TEXTS)
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path, clips, Toy(crash_at="clip_008"))
    journal, frames = tmp_path / WORK / "journal.jsonl", tmp_path / WORK / "frames.npy"
    if damage == "torn line":
        os.truncate(journal, journal.stat().st_size - 5)
    elif damage == "garbage":
        journal.write_bytes(journal.read_bytes() + b"\0" * 100)
    elif damage == "frames cut":
        os.truncate(frames, frames.stat().st_size - 2)
    elif damage == "frames gone":
        frames.unlink()
    else:
        frames.write_bytes(frames.read_bytes() + b"half a clip")
    content, index = extract(tmp_path, clips, Toy())
    (tmp_path / "plain").mkdir()
    undisturbed = extract(tmp_path / "plain", clips, Toy())
    assert content == undisturbed[0]
    assert index.equals(undisturbed[1])


def test_a_kill_after_the_frames_were_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = make_clips(TEXTS)
    with monkeypatch.context() as patched:
        patched.setattr("extractors.features.shard_journal._share", share_and_die)
        with pytest.raises(KeyboardInterrupt):
            extract(tmp_path, clips, Toy())
    content = (tmp_path / "1-of-1.npy").read_bytes()
    assert not (tmp_path / "1-of-1.parquet").exists()
    again = Toy()
    assert extract(tmp_path, clips, again)[0] == content
    assert again.extracted == []


def share_and_die(source: Path, target: Path) -> None:
    os.link(source, target)
    raise KeyboardInterrupt


def test_an_earlier_output_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    content, _ = extract(tmp_path, make_clips(TEXTS), Toy())
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path, make_clips([text + "!" for text in TEXTS]), Toy(crash_at="clip_008"))
    assert (tmp_path / "1-of-1.npy").read_bytes() == content


@pytest.mark.parametrize("output", ["stays", "was removed"])
def test_what_has_not_changed_is_taken_from_the_last_extraction(tmp_path: Path, output: str) -> None:
    extract(tmp_path, make_clips(TEXTS), Toy())
    if output == "was removed":
        (tmp_path / "1-of-1.npy").unlink()
        (tmp_path / "1-of-1.parquet").unlink()
    texts = ["new", *TEXTS[:4], "changed", *TEXTS[5:], "fail"]
    again = Toy()
    content, index = extract(tmp_path, make_clips(texts), again, window=3, batch=1)
    assert again.extracted == ["clip_000", "clip_005", "clip_013"]
    (tmp_path / "plain").mkdir()
    undisturbed = extract(tmp_path / "plain", make_clips(texts), Toy())
    assert content == undisturbed[0]
    assert index.equals(undisturbed[1])
    once_more = Toy()
    extract(tmp_path, make_clips(texts), once_more)
    assert once_more.extracted == ["clip_013"]  # what failed is tried again


def test_kept_frames_that_were_damaged_are_not_used(tmp_path: Path) -> None:
    content, _ = extract(tmp_path, make_clips(TEXTS), Toy())
    with (tmp_path / KEPT / "frames.npy").open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"??")
    again = Toy()
    assert extract(tmp_path, make_clips(TEXTS), again)[0] == content
    assert again.extracted == ["clip_011"]


@pytest.mark.parametrize("crash_at", ["clip_000", "clip_004", "clip_005", "clip_011"])
def test_a_restart_begins_with_a_whole_window(tmp_path: Path, crash_at: str) -> None:
    """Clips of a window are embedded together, so a restart embeds the same ones together."""
    clips = make_clips(TEXTS)
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path, clips, Toy(crash_at=crash_at), window=5)
    kept = count_lines(tmp_path)
    assert kept == int(crash_at[-3:]) // 5 * 5
    os.truncate(tmp_path / WORK / "journal.jsonl", (tmp_path / WORK / "journal.jsonl").stat().st_size * 9 // 10)
    again = Toy()
    content, _ = extract(tmp_path, clips, again, window=5)
    assert again.extracted == [clip["clip_id"] for clip in clips[max(kept - 5, 0) :]]
    (tmp_path / "plain").mkdir()
    assert content == extract(tmp_path / "plain", clips, Toy(), window=5)[0]


def test_at_most_two_windows_are_read_ahead() -> None:
    read: list[int] = []
    windows = read_ahead(lambda clip: read.append(clip) or clip, list(range(20)), 4, 2)
    assert next(windows) == [0, 1, 2, 3]
    windows.close()
    assert max(read) < 8


def test_one_process_per_shard(tmp_path: Path) -> None:
    process = start_program(tmp_path)
    try:
        wait_for_lines(tmp_path, 1)
        with pytest.raises(UserError, match="another process is extracting this shard"):
            extract(tmp_path, make_clips(TEXTS), Toy())
    finally:
        process.kill()
        process.wait()


def test_sigkill_at_random_moments(tmp_path: Path) -> None:
    """Kill the program at any moment: what comes of it equals an undisturbed run, and no clip is done twice."""
    moments = random.Random(0)
    lines = 0
    for _ in range(3):
        process = start_program(tmp_path)
        wait_for_lines(tmp_path, lines + 1)
        time.sleep(moments.uniform(0, 0.2))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert count_lines(tmp_path) > lines
        lines = count_lines(tmp_path)
    assert lines < 40
    clips, last = make_clips([f"text {number}" for number in range(40)]), Toy()
    content, index = extract(tmp_path, clips, last)
    assert len(last.extracted) in (40 - lines, 41 - lines)  # a kill may tear the line being written
    (tmp_path / "plain").mkdir()
    undisturbed = extract(tmp_path / "plain", clips, Toy())
    assert content == undisturbed[0]
    assert index.equals(undisturbed[1])


def start_program(folder: Path) -> subprocess.Popen:
    search = os.pathsep.join([str(TESTS), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.toy_extractor", str(folder)], env=os.environ | {"PYTHONPATH": search}
    )


def wait_for_lines(folder: Path, lines: int) -> None:
    deadline = time.monotonic() + 60
    while count_lines(folder) < lines:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def count_lines(folder: Path) -> int:
    journal = folder / WORK / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_what_another_run_has_is_taken_from_there(tmp_path: Path) -> None:
    clips = make_clips(TEXTS)
    for name in ("other", "plain", "mine"):
        (tmp_path / name).mkdir()
    extract(tmp_path / "other", clips[:8], Toy())
    undisturbed, toy = extract(tmp_path / "plain", clips, Toy()), Toy()
    others = [tmp_path / "absent.npy", tmp_path / "other" / "1-of-1.npy", tmp_path / "mine" / "1-of-1.npy"]
    content, index = extract(tmp_path / "mine", clips, toy, others)
    assert toy.extracted == [clip["clip_id"] for clip in clips[8:]]
    assert content == undisturbed[0]
    assert index.equals(undisturbed[1])


@pytest.mark.parametrize("spoiled", ["weights", "frames"])
def test_nothing_else_is_taken_from_another_run(tmp_path: Path, spoiled: str) -> None:
    clips = make_clips(TEXTS)
    for name in ("other", "mine"):
        (tmp_path / name).mkdir()
    extract(tmp_path / "other", clips, Toy(weights="b" if spoiled == "weights" else "a"))
    if spoiled == "frames":
        frames = tmp_path / "other" / KEPT / "frames.npy"
        frames.write_bytes(frames.read_bytes()[:-1] + b"x")
    toy = Toy()
    extract(tmp_path / "mine", clips, toy, [tmp_path / "other" / "1-of-1.npy"])
    assert toy.extracted == [clip["clip_id"] for clip in (clips if spoiled == "weights" else clips[-1:])]
