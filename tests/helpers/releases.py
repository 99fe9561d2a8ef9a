"""Tiny releases in the four layouts, with media that a reader finds and no extractor could read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from extractors.corpora.base import load_reader
from extractors.corpora.classes import classify, meanings
from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, MODALITIES, Clip
from helpers.study import CONFIG

ACCEPTED = {"accept_missing_media": 0.0}
READING = {
    "iemocap": {"merge_excited": True, "audio_video_offset": 0.0, "marker_side": "left"} | ACCEPTED,
    "meld": {"label": "emotion", "final_videos_test": "plain"} | ACCEPTED,
    "mosei": {
        "label_choice": "A",
        "labels": "csd",
        "folds": "cmu_mosei_std_folds.py",
        "time_tolerance": 0.01,
        "longest_segment": 60.0,
    }
    | ACCEPTED,
    "msp_improv": {"scenarios": ["P", "R", "S", "T"], "transcript_folder": "transcription"} | ACCEPTED,
}

WORDS = {name: CONFIG["corpora"][name]["labels"] for name in READING}
"""What the words of each release stand for in the shipped config."""


def read(corpus: str, root: Path, **reading: object) -> dict[str, Clip]:
    """The clips of a release by name; ``reading`` replace the usual ones."""
    meant = meanings(corpus, WORDS[corpus], CLASSES)
    told = load_reader(corpus).read_release(root, READING[corpus] | reading, MODALITIES)
    clips = classify(told, corpus, corpus, meant)
    assert len({clip.clip_id for clip in clips}) == len(clips)
    return {clip.clip_id: clip for clip in clips}


def clips_of(corpus: str, root: Path, modalities: Sequence[str] = MODALITIES, **reading: object) -> list[Clip]:
    """The clips of a release as every later step sees them, with known defects applied."""
    return read_clips(corpus, root, READING[corpus] | reading, modalities, WORDS[corpus], CLASSES)


def write(path: Path, content: str | bytes = b"") -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def turn(clip: str, label: str, start: float = 1.5, end: float = 3.25) -> str:
    """One block of an IEMOCAP label file."""
    return (
        f"[{start:.4f} - {end:.4f}]\t{clip}\t{label}\t[2.5000, 2.5000, 2.5000]\n"
        "C-E2:\tNeutral;\t()\nC-F1:\tAnger; Other;\t(a [strange] word)\nA-E3:\tval 3; act 2; dom  2;\t()\n\n"
    )


def iemocap(root: Path, turns: dict[str, str], texts: dict[str, str] | None = None) -> Path:
    """A release with these turns (name -> label); a text for each, unless ``texts`` gives them."""
    texts = {clip: f"words of {clip}" for clip in turns} if texts is None else texts
    for dialogue in sorted({clip.rsplit("_", 1)[0] for clip in turns}):
        folder = root / f"Session{int(dialogue[3:5])}"
        mine = [clip for clip in turns if clip.rsplit("_", 1)[0] == dialogue]
        header = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
        write(
            folder / f"dialog/EmoEvaluation/{dialogue}.txt", header + "".join(turn(clip, turns[clip]) for clip in mine)
        )
        write(
            folder / f"dialog/EmoEvaluation/Categorical/{dialogue}_e1_cat.txt", "Ses nonsense that is not to be read\n"
        )
        said = "".join(f"{clip} [001.5000-003.2500]: {texts[clip]}\n" for clip in mine if clip in texts)
        write(folder / f"dialog/transcriptions/{dialogue}.txt", said.encode("latin-1"))
        write(folder / f"dialog/avi/DivX/{dialogue}.avi", b"x")
        write(folder / f"dialog/avi/DivX/._{dialogue}.avi", b"junk")
        write(folder / f"dialog/EmoEvaluation/._{dialogue}.txt", b"\x00\x05\x16\x07")
        for clip in mine:
            write(folder / f"sentences/wav/{dialogue}/{clip}.wav", b"x")
    return root


MELD_HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime"
MELD_FOLDERS = {
    "train": "train/train_splits",
    "dev": "dev/dev_splits_complete",
    "test": "test/output_repeated_splits_test",
}


def meld(root: Path, rows: dict[str, list[tuple[int, int, str, str]]], folders: dict[str, str] | None = None) -> Path:
    """A release with these rows per split: (dialogue, utterance, emotion, text)."""
    for split, folder in (folders or MELD_FOLDERS).items():
        lines = [MELD_HEADER]
        for number, (dialogue, utterance, emotion, text) in enumerate(rows[split], start=1):
            cells = f'{number},"{text}",Joey,{emotion},neutral,{dialogue},{utterance},8,21,"0:16:16,05","00:16:21,731"'
            lines.append(cells)
            write(root / folder / f"dia{dialogue}_utt{utterance}.mp4", b"x")
        write(root / folder / "._dia0_utt0.mp4", b"junk")
        write(root / folder.split("/")[0] / f"{split}_sent_emo.csv", "\r\n".join(lines) + "\r\n")
    return root


def mosei(
    root: Path,
    segments: dict[str, list[tuple[float, float, list[float]]]],
    transcripts: dict[str, str],
    folds: dict[str, list[str]],
) -> Path:
    """A release with these rows per video (start, end, seven values), transcript files and folds."""
    root.mkdir(parents=True, exist_ok=True)
    with h5py.File(root / "CMU_MOSEI_Labels.csd", "w") as file:
        for video, rows in segments.items():
            group = file.create_group(f"All Labels/data/{video}")
            group["features"] = np.array([row[2] for row in rows], dtype=np.float32)
            group["intervals"] = np.array([row[:2] for row in rows], dtype=np.float64)
    for video in segments:
        write(root / f"Raw/Videos/Full/Combined/{video}.mp4", b"x")
        write(root / f"Raw/Videos/Segmented/Combined/{video}_0.mp4", b"corrupt")
    for video, text in transcripts.items():
        write(root / f"Raw/Transcript/Segmented/Combined/{video}.txt", text)
    lines = [f"standard_{fold}_fold = {videos!r}\n" for fold, videos in folds.items()]
    write(root / "cmu_mosei_std_folds.py", "import os\n" + "".join(lines))
    return root


def msp_improv(root: Path, clips: dict[str, str], texts: dict[str, str] | None = None) -> Path:
    """A release with these clips (name without its prefix -> consensus letter)."""
    blocks = []
    for clip, letter in clips.items():
        blocks.append(
            f"UTD-IMPROV-{clip}.avi; {letter}; A:3.000000; V:3.500000; D:NaN ; N:4.0000;\r\n"
            "ADDS_12; Happy; Excited; Other (a; b); A:2.000000; V:4.000000; D:3.000000; N:4.000000;  \r\n"
        )
        session = clip.split("-")[1][2]
        folder = root / f"session{session}/{clip.split('-')[0]}/{clip.split('-')[2]}"
        write(folder / f"MSP-IMPROV-{clip}.avi", b"x")
        write(folder / f"MSP-IMPROV-{clip}.wav", b"x")
    write(root / "Evalution.txt", "\r\n".join(blocks))
    for clip, text in ({clip: f"words of {clip}" for clip in clips} if texts is None else texts).items():
        write(root / f"Human_transcriptions/All_human_transcriptions/MSP-IMPROV-{clip}.txt", text)
    return root
