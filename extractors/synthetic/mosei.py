"""The CMU-MOSEI twin: monologues with labelled segments in the folders and formats of the raw release and its SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
from scipy.signal import resample_poly

from extractors.synthetic.media import write_apple_double, write_video, write_wav
from extractors.synthetic.mosei_answers import write_answers
from extractors.synthetic.performance import OTHER, Performance
from extractors.synthetic.plan import Order, deal
from extractors.synthetic.studio import Studio
from extractors.synthetic.timeline import Timeline
from extractors.synthetic.voice import RATE

GROUPS = {"train": ("train",), "validation": ("valid",), "test": ("test",)}
FRAME_RATE = Fraction(15)
SIZE = (160, 200)
SOUND_RATE = 48_000
LABELS = "CMU_MOSEI_Labels.csd"
FOLDS = "cmu_mosei_std_folds.py"
DIMENSIONS = ("sentiment", "happy", "sad", "anger", "surprise", "disgust", "fear")

_CLASS_COLUMN = {"happy": 0, "sad": 1, "angry": 2}
_SENTIMENT = {"happy": 4, "sad": -3, "angry": -4}
_LETTERS = list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Segment:
    """One labelled section of a video: its clip number, times in seconds, label row [7], performance and words."""

    number: int
    start: float
    end: float
    labels: np.ndarray
    performance: Performance
    text: str


@dataclass(frozen=True, slots=True)
class Video:
    """One video: its segments in order of time, and its duration in seconds."""

    name: str
    fold: str
    segments: list[Segment]
    seconds: float


def write_mosei(order: Order, root: Path) -> None:
    """Write the twin of CMU-MOSEI into ``root``: the folder ``Raw``, the label file and the folds."""
    studio = Studio(order, SIZE, float(FRAME_RATE))
    videos = []
    for fold, moods in deal(studio.chance("deal"), order, GROUPS).items():
        for number, first in enumerate(range(0, len(moods), 4)):
            videos.append(_make_video(studio, fold, number, moods[first : first + 4]))
    if order.oddities:
        videos.append(_make_video(studio, "", 0, ["happy", "sad"]))
    videos.sort(key=lambda video: video.name)
    for number, video in enumerate(videos):
        _write_media(studio, root / "Raw", video, number)
        _write_transcript(root / "Raw" / "Transcript", video, order.oddities)
    _write_labels(root / LABELS, videos)
    answers = [(video.name, {segment.number: segment.labels for segment in video.segments}) for video in videos]
    write_answers(root / "Raw" / "Labels", answers, DIMENSIONS, order.oddities)
    _write_folds(root / FOLDS, videos, order.oddities)
    if order.oddities:
        broken = root / "Raw" / "Videos" / "Segmented" / "Combined" / f"{videos[0].name}_0.mp4"
        broken.parent.mkdir(parents=True)
        broken.write_bytes(bytes(512))
        write_apple_double(root / "Raw" / "Videos" / "Full" / "Combined" / f"{videos[0].name}.mp4")
        write_apple_double(root / "Raw" / "Transcript" / "Segmented" / "Combined" / f"{videos[0].name}.txt")


def _make_video(studio: Studio, fold: str, number: int, moods: list[str]) -> Video:
    """A video of a few segments. Clip numbers have gaps and exceed 9, so their lexical order is not the numeric one."""
    rng = studio.chance("video", fold, number)
    name = f"{rng.integers(10_000, 300_000)}" if number % 4 == 3 else "".join(rng.choice(_LETTERS, 11))
    if studio.order.oddities and number == 0:
        name = f"-{name[1:5]}_{name[6:]}"
    numbers = np.sort(rng.choice(13, len(moods), replace=False))
    clock, segments = float(rng.uniform(0.1, 0.3)), []
    for position, (clip, mood) in enumerate(zip(numbers, moods, strict=True)):
        key = f"{name}_{clip}"
        performance = studio.perform(key, mood)
        start, end = round(clock, 3), round(clock + performance.seconds, 3)
        if studio.order.oddities and position == 0 and number % 3 == 1:
            start = -0.034
        segments.append(
            Segment(int(clip), start, end, _intensities(rng, mood), performance, studio.text(key, performance))
        )
        clock = end + float(rng.uniform(0.1, 0.3))
    return Video(name, fold, segments, clock + 0.3)


def _intensities(rng: np.random.Generator, mood: str) -> np.ndarray:
    """Sentiment and six intensities, means of three annotators. Choice A gives the mood, or no label for ``other``."""
    thirds = np.zeros(6, int)
    if mood == OTHER:
        if rng.random() < 0.5:
            first, second = rng.choice(3, 2, replace=False)
            thirds[[first, second]] = rng.integers(1, 6)  # a tie
        else:
            thirds[int(rng.integers(3, 6))] = rng.integers(3, 8)  # surprise, disgust or fear is the maximum
            thirds[int(rng.integers(3))] = rng.integers(0, 3)
    elif mood in _CLASS_COLUMN:
        top = int(rng.integers(1, 9))
        thirds = np.where(rng.random(6) < 0.25, rng.integers(0, 9, 6) % top, 0)
        thirds[_CLASS_COLUMN[mood]] = top
    sentiment = int(np.clip(_SENTIMENT.get(mood, 0) + rng.integers(-2, 3), -9, 9))
    return np.array([sentiment, *thirds], np.float32) / np.float32(3)


def _write_media(studio: Studio, raw: Path, video: Video, number: int) -> None:
    """Write the whole video with sound, and its WAV. With oddities, every fourth WAV is missing and some are stereo."""
    gender = "FM"[number % 2]
    person = studio.person(video.name, gender)
    line = Timeline(studio.chance("idle", video.name), video.seconds, studio.rate)
    for segment in video.segments:
        key = f"{video.name}_{segment.number}"
        voice = studio.speak(key, person, segment.performance)
        line.place(max(segment.start, 0.0), studio.track(key, segment.performance), voice)
    sound = studio.record(video.name, line.sound)
    path = raw / "Videos" / "Full" / "Combined" / f"{video.name}.mp4"
    frames = studio.camera(video.name).shoot(person, line.track)
    write_video(path, frames, FRAME_RATE, "libx264", resample_poly(sound, 3, 1)[None], SOUND_RATE)
    if not (studio.order.oddities and number % 4 == 2):
        channels = np.stack([sound, 0.9 * sound]) if studio.order.oddities and number % 5 == 1 else sound
        write_wav(raw / "Audio" / "Full" / "WAV_16000" / f"{video.name}.wav", channels, RATE)


def _write_transcript(folder: Path, video: Video, oddities: bool) -> None:
    """Write both texts of a video. With oddities, some have an unlabelled segment or lack a labelled one."""
    lines = [f"{video.name}___{s.number}___{s.start:g}___{s.end:g}___{s.text}" for s in video.segments]
    if not video.fold:
        lines.pop()
    elif oddities and len(video.name) == 11 and video.name[0] < "a":
        last = video.segments[-1]
        lines.append(f"{video.name}___{last.number + 1}___{last.end:g}___{video.seconds:.3f}___And um ___ that is it.")
    segmented = folder / "Segmented" / "Combined" / f"{video.name}.txt"
    whole = folder / "Full" / "Combined" / f"{video.name}.plaintext"
    for path, content in ((segmented, "\n".join(lines)), (whole, " ".join(s.text for s in video.segments))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n", encoding="utf-8", newline="")


def _write_labels(path: Path, videos: list[Video]) -> None:
    """Write the SDK's label file. The rows of a video are in the lexical order of its clip numbers."""
    metadata = {
        "root name": "All Labels",
        "computational sequence description": "Synthetic labels in the layout of CMU-MOSEI",
        "dimension names": list(DIMENSIONS),
        "computational sequence version": "1.0",
        "dataset name": "CMU-MOSEI (synthetic twin)",
    }
    with h5py.File(path, "w") as file:
        data = file.create_group("All Labels/data")
        for video in videos:
            rows = sorted(video.segments, key=lambda segment: str(segment.number))
            data.create_dataset(f"{video.name}/features", data=np.stack([row.labels for row in rows]))
            spans = np.array([[row.start, row.end] for row in rows], np.float32)
            data.create_dataset(f"{video.name}/intervals", data=spans)
        about = file.create_group("All Labels/metadata")
        for key, value in metadata.items():
            about.create_dataset(key, (1,), dtype=h5py.string_dtype())[0] = json.dumps(value)


def _write_folds(path: Path, videos: list[Video], oddities: bool) -> None:
    lists = {fold: [video.name for video in videos if video.fold == fold] for fold in ("train", "valid", "test")}
    if oddities:
        lists["train"].append("7l3BNtSE0xc")  # in a fold of the release, but without a label
    content = "".join(f"standard_{fold}_fold = {names!r}\n" for fold, names in lists.items())
    path.write_text(content, encoding="utf-8", newline="")
