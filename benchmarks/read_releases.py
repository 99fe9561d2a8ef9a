"""Time and memory of reading each release at its real size: the real number of label files, and empty media files.

Run from the repository's root: ``python benchmarks/read_releases.py``. The program makes each manifest in a separate
process; the aim is less than 10 s and 1 GB.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import yaml

WORDS = ("I", "did", "not", "know", "that", "you", "were", "going", "to", "be", "here", "today")
CHANCE = random.Random(0)
CONFIG = yaml.safe_load(Path("config.yaml").read_text(encoding="utf-8"))


def say() -> str:
    """A sentence of about the length of those in the corpora."""
    return " ".join(CHANCE.choices(WORDS, k=CHANCE.randint(3, 25)))


def write(path: Path, text: str = "") -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def iemocap(root: Path) -> dict:
    """151 dialogues with 10,039 turns, six rater lines each, and the forced alignments, which a reader must ignore."""
    dialogues = [f"Ses{n % 5 + 1:02d}{'FM'[n // 5 % 2]}_impro{n // 10:02d}" for n in range(150)]
    dialogues.append("Ses05M_script01_1b")
    for n, dialogue in enumerate(dialogues):
        session = root / f"Session{int(dialogue[3:5])}"
        labels, said = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n"], []
        for turn in range(10_039 // 151 + (n < 10_039 % 151)):
            name = f"{dialogue}_{'FM'[turn % 2]}{turn:03d}"
            emotion = CHANCE.choice(("neu", "hap", "exc", "sad", "ang", "fru", "xxx"))
            labels.append(f"[{turn * 4}.2901 - {turn * 4 + 3}.2357]\t{name}\t{emotion}\t[2.5000, 2.5000, 2.5000]")
            labels += ["C-E2:\tNeutral;\t()"] * 3 + ["A-E3:\tval 3; act 2; dom  2;\t()"] * 3 + [""]
            said.append(f"{name} [{turn * 4:03d}.2901-{turn * 4 + 3:03d}.2357]: {say()}")
            write(session / f"sentences/wav/{dialogue}/{name}.wav")
            for ending in ("wdseg", "syseg", "phseg"):
                write(session / f"sentences/ForcedAlignment/{dialogue}/{name}.{ending}")
        write(session / f"dialog/EmoEvaluation/{dialogue}.txt", "\n".join(labels))
        write(session / f"dialog/transcriptions/{dialogue}.txt", "\n".join(said))
        write(session / f"dialog/avi/DivX/{dialogue}.avi")
    return {"merge_excited": True, "audio_video_offset": 0.0}


def meld(root: Path) -> dict:
    """13,708 rows in three splits and as many clips."""
    header = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime"
    for split, folder, size in (
        ("train", "train_splits", 9989),
        ("dev", "dev_splits_complete", 1109),
        ("test", "output_repeated_splits_test", 2610),
    ):
        lines = [header]
        for n in range(size):
            emotion = CHANCE.choice(("neutral", "joy", "sadness", "anger", "surprise", "fear"))
            lines.append(f'{n},"{say()}",Joey,{emotion},neutral,{n // 10},{n % 10},8,21,"00:16:16,059","00:16:21,731"')
            write(root / split / folder / f"dia{n // 10}_utt{n % 10}.mp4")
        write(root / split / f"{split}_sent_emo.csv", "\r\n".join(lines))
    return {"label": "emotion", "final_videos_test": "plain"}


def mosei(root: Path) -> dict:
    """23,259 rows of 3,293 videos, rows in lexical order, and 39,000 segments that a reader must ignore."""
    names = [f"{n:011d}" for n in range(3293)]
    with h5py.File(root / "CMU_MOSEI_Labels.csd", "w") as file:
        for n, name in enumerate(names):
            clips = sorted(range(23_259 // 3293 + (n < 23_259 % 3293)), key=str)
            values = np.array([[CHANCE.randint(0, 3) / 3 for _ in range(7)] for _ in clips], dtype=np.float32)
            file[f"All Labels/data/{name}/features"] = values
            file[f"All Labels/data/{name}/intervals"] = np.array([[clip * 8, clip * 8 + 7.5] for clip in clips])
            lines = [f"{name}___{clip}___{clip * 8}___{clip * 8 + 7.5}___{say()}" for clip in clips]
            write(root / f"Raw/Transcript/Segmented/Combined/{name}.txt", "\n".join(lines))
            write(root / f"Raw/Videos/Full/Combined/{name}.mp4")
            write(root / f"Raw/Audio/Full/WAV_16000/{name}.wav")
            for clip in range(12):
                write(root / f"Raw/Videos/Segmented/Combined/{name}_{clip}.mp4")
    parts = {"train": names[:2249], "valid": names[2249:2549], "test": names[2549:3227]}
    folds = "\n".join(f"standard_{part}_fold = {videos!r}" for part, videos in parts.items())
    write(root / "cmu_mosei_std_folds.py", folds)
    reading = {"label_choice": "A", "labels": "csd", "folds": "cmu_mosei_std_folds.py"}
    return reading | {"time_tolerance": 0.01, "longest_segment": 60.0}


def msp_improv(root: Path) -> dict:
    """8,438 clips with six raters each, and a transcript for each."""
    blocks = []
    for n in range(8438):
        session, letter = n % 6 + 1, "FM"[n // 6 % 2]
        name = f"S{n % 20 + 1:02d}{'AHNS'[n % 4]}-{letter}{session:02d}-{'PRST'[n // 24 % 4]}-FM{n // 96:02d}"
        lines = [f"UTD-IMPROV-{name}.avi; {CHANCE.choice('AHSNOX')}; A:3.000000; V:3.500000; D:3.000000 ; N:4.0000;"]
        lines += [f"R_{k}; Happy; Excited; A:2.000000; V:4.000000; D:3.000000; N:4.000000;" for k in range(6)]
        blocks.append("\n".join(lines))
        for kind, ending in (("Audio", "wav"), ("Video", "avi")):
            write(root / f"{kind}/session{session}/{name[:4]}/MSP-IMPROV-{name}.{ending}")
        write(root / f"Human_transcriptions/All_human_transcriptions/MSP-IMPROV-{name}.txt", say())
    write(root / "Evalution.txt", "\n\n".join(blocks))
    return {"scenarios": ["P", "R", "S", "T"]}


RELEASES: dict[str, Callable[[Path], dict]] = {
    "iemocap": iemocap,
    "meld": meld,
    "mosei": mosei,
    "msp_improv": msp_improv,
}


def measure(corpus: str, release: Path, reading: dict, results: Path) -> str:
    """Run the program; returns its seconds, its processor seconds, and the peak memory of all programs so far."""
    command = [
        *(sys.executable, "-m", "extractors.read_release", "--corpus", corpus, "--release", str(release)),
        *("--reading", json.dumps(reading), "--expected-counts", "{}"),
        *("--manifest", str(results / "manifest.parquet"), "--labels", str(results / "labels.parquet")),
        *("--votes", str(results / "votes.parquet"), "--word-classes", json.dumps(CONFIG["corpora"][corpus]["labels"])),
        *("--classes", *CONFIG["classes"], "--modalities", *CONFIG["corpora"][corpus]["modalities"]),
    ]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = next(line for line in done.stderr.splitlines() if " usable" in line)
    return f"{said}: {seconds:.1f} s ({computed:.1f} s of CPU), {after.ru_maxrss // 1024} MB"


def main() -> None:
    """Write each release, read it, and print its time and memory."""
    for corpus, make in RELEASES.items():
        with tempfile.TemporaryDirectory() as folder:
            release = Path(folder) / "release"
            release.mkdir()
            reading = make(release)
            sys.stdout.write(measure(corpus, release, reading, Path(folder)) + "\n")


if __name__ == "__main__":
    main()
