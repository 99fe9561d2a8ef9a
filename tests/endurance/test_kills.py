"""The real program, killed at random moments in each modality: no clip is lost, none done twice, no byte differs."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import audio as of_audio
from helpers import odd_media
from helpers import text as of_text
from helpers import visual as of_visual
from helpers.forks import Forks, forks
from helpers.toy_extractor import make_clips, write_manifest

from extractors.write_backbone import write_backbone

WINDOW = {"text": 2, "audio": 3, "visual": 2}
CLIPS = 12
SETTINGS = {"text": of_text.SETTINGS, "audio": of_audio.SETTINGS, "visual": of_visual.SETTINGS}


@pytest.fixture(scope="module")
def server() -> Iterator[Forks]:
    with forks("helpers.whole_program") as process:
        yield process


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve clips, of which one is excluded, one has no file and one a file that is no media; and the backbones."""
    folder = tmp_path_factory.mktemp("release")
    clips = make_clips([f"this is sentence {number} of them " * (5 + number) for number in range(CLIPS)], excluded=(7,))
    for number, clip in enumerate(clips):
        clip["video"] = clip["audio"] = f"{number}.mp4"
        frames, sound = odd_media.pictures(4 + number), odd_media.hum(seconds=0.5 + 0.2 * number)
        odd_media.write_talk(folder / clip["video"], frames=frames, sound=sound)
    (folder / "3.mp4").unlink()
    (folder / "4.mp4").write_bytes(b"no media")
    write_manifest(folder / "manifest.parquet", clips)
    for modality in WINDOW:
        write_backbone(modality, 0, folder / "backbones" / modality)
    return folder


@dataclass
class Run:
    """Runs of the program into one folder, one after the other; ``busy`` counts those killed after embedding began."""

    server: Forks
    release: Path
    modality: str
    folder: Path
    busy: int = 0

    def start(self) -> int:
        self.folder.mkdir(exist_ok=True)
        settings = SETTINGS[self.modality] | {"window": WINDOW[self.modality]}
        flags = {"manifest": self.release / "manifest.parquet", "release": self.release, "modality": self.modality}
        flags |= {"shard": "1-of-1", "backbone": self.release / "backbones" / self.modality}
        flags |= {
            "settings": json.dumps(settings),
            "device": "cpu",
            "threads": "1",
            "others": self.folder / "absent.npy",
        }
        flags |= {"frames": self.folder / "out/1-of-1.npy", "index": self.folder / "out/1-of-1.parquet"}
        record, log = self.folder / "windows.txt", self.folder / "log.txt"
        record.unlink(missing_ok=True)
        return self.server.start("helpers.whole_program:main", log, flags=flags, record=record)

    def lines(self) -> int:
        """Clips in the journal."""
        journal = self.folder / "out/.1-of-1.npy.work/journal.jsonl"
        try:
            return journal.read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    def embedded(self) -> int:
        """Windows that the last run began to embed."""
        record = self.folder / "windows.txt"
        return record.read_text().count("\n") if record.exists() else 0

    def outputs(self) -> tuple[bytes, pa.Table]:
        return (self.folder / "out/1-of-1.npy").read_bytes(), pq.read_table(self.folder / "out/1-of-1.parquet")


def check_nothing_was_done_twice(run: Run, before: int) -> None:
    """The windows that the killed run embedded follow on those finished ``before`` it, and at most one is in flight."""
    window = WINDOW[run.modality]
    whole, windows, after = before // window * window, run.embedded(), run.lines()
    if windows:
        assert whole + (windows - 1) * window <= after <= min(whole + windows * window, CLIPS - 1)
    else:
        assert after in (before, whole)


def kill_at_random(run: Run, chance: random.Random, seconds: float) -> bool:
    """Start, wait for a moment or for some more clips, and kill; whether the program was still running."""
    process, before = run.start(), run.lines()
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, seconds))
    else:
        # A restart first tries the clips that the killed run worked on, so it takes longer to get there.
        deadline, wanted = time.monotonic() + 5 * seconds, before + chance.randint(1, 5)
        while run.lines() < wanted and time.monotonic() < deadline:
            time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    killed = run.server.wait() == -signal.SIGKILL
    if killed and (run.folder / "out/.1-of-1.npy.work").exists():
        check_nothing_was_done_twice(run, before)
    run.busy += killed and run.embedded() > 0
    return killed


@pytest.mark.parametrize("modality", WINDOW)
@pytest.mark.parametrize("kills", [1, pytest.param(17, marks=pytest.mark.slow)])
def test_kills_at_random_moments(modality: str, kills: int, server: Forks, release: Path, tmp_path: Path) -> None:
    plain, run = (Run(server, release, modality, tmp_path / name) for name in ("plain", "killed"))
    begin = time.monotonic()
    plain.start()
    assert server.wait() == 0, (plain.folder / "log.txt").read_text()
    seconds = time.monotonic() - begin
    frames, index = plain.outputs()
    assert index["clip_id"].to_pylist() == [f"clip_{number:03}" for number in range(CLIPS)]
    assert index["status"].to_pylist().count("failed") == (0 if modality == "text" else 2)
    chance, done = random.Random(modality), 0
    while done < kills:
        if kill_at_random(run, chance, seconds):
            done += 1
        else:
            assert run.outputs()[0] == frames
            assert run.outputs()[1].equals(index)
            shutil.rmtree(run.folder)
    assert run.busy >= kills // 4
    run.start()
    assert server.wait() == 0, (run.folder / "log.txt").read_text()
    assert run.outputs()[0] == frames
    assert run.outputs()[1].equals(index)
