"""The MELD twin: three official splits of television dialogues in the folders and formats of MELD.Raw."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from extractors.synthetic.media import write_apple_double, write_video
from extractors.synthetic.performance import BLENDS, OTHER
from extractors.synthetic.person import Person
from extractors.synthetic.plan import Order, deal
from extractors.synthetic.studio import Studio

GROUPS = {"train": ("train",), "validation": ("dev",), "test": ("test",)}
LEAVES = {"train": "train/train_splits", "dev": "dev/dev_splits_complete", "test": "test/output_repeated_splits_test"}
TABLES = {"train": "train/train_sent_emo.csv", "dev": "dev_sent_emo.csv", "test": "test_sent_emo.csv"}
COLUMNS: tuple[str, ...] = ("Sr No.", "Utterance", "Speaker", "Emotion", "Sentiment")
COLUMNS += ("Dialogue_ID", "Utterance_ID", "Season", "Episode", "StartTime", "EndTime")
CAMERAS = ((Fraction(24_000, 1001), (160, 208)), (Fraction(25), (144, 176)))
"""Frame rate and picture size of nearly all clips, and of one irregular dialogue."""

SOUND_RATE = 48_000
OVERLONG = 20.8
"""Seconds of the clips that are cut far too long: more than the readers' table of known defects accepts."""
RECUT = 3.0
"""Seconds of a test clip with a re-cut copy. Only the copy has the listed duration."""

_EMOTIONS = {"neutral": "neutral", "happy": "joy", "sad": "sadness", "angry": "anger"} | {name: name for name in BLENDS}
_SENTIMENTS = {"neutral": "neutral", "joy": "positive"}
_OUTSIDE = ("surprise", "disgust", "fear")
_CAST = {"Anna": "F", "Boris": "M", "Clara": "F", "Dan": "M", "Edith": "F", "Felix": "M", "The Interviewer": "M"}
_MOJIBAKE = {"\N{RIGHT SINGLE QUOTATION MARK}": "\x92", "\N{HORIZONTAL ELLIPSIS}": "\x85"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a CSV file and its clip, which shows its speaker for the share ``seen`` of the time.

    ``seconds`` and ``listed_seconds`` are the durations of the clip and in the row, if other than as performed.
    """

    split: str
    dialogue: int
    utterance: int
    mood: str
    emotion: str
    speaker: str
    seconds: float | None = None
    seen: float = 1.0
    listed_seconds: float | None = None

    @property
    def name(self) -> str:
        """The name of the clip's file without its ending."""
        return f"dia{self.dialogue}_utt{self.utterance}"


def write_meld(order: Order, root: Path) -> None:
    """Write the twin of MELD into ``root``, which corresponds to MELD.Raw."""
    studios = [Studio(order, size, float(rate)) for rate, size in CAMERAS]
    for split, moods in deal(studios[0].chance("deal"), order, GROUPS).items():
        lines = _make_lines(studios[0], split, moods, order.oddities)
        leaf = root / LEAVES[split]
        spoken = {}
        for line in lines:
            odd = order.oddities and split == "train" and line.dialogue == 1
            spoken[line] = _write_clip(studios[odd], CAMERAS[odd][0], leaf / f"{line.name}.mp4", line)
        if order.oddities:
            lines = _spoil_clips(studios[0], leaf, split, lines)
        _write_table(studios[0], root / TABLES[split], split, lines, spoken)
    (root / "README.txt").write_text("The layout of MELD.Raw.\n", encoding="utf-8")


def _make_lines(studio: Studio, split: str, moods: list[str], oddities: bool) -> list[Line]:
    """Dialogues of five utterances. With oddities, the numbering has gaps and a few clips are difficult to extract."""
    rng = studio.chance("lines", split)
    lines = []
    for number, mood in enumerate(moods):
        dialogue, utterance = divmod(number, 5)
        emotion = _EMOTIONS.get(mood) or str(rng.choice(_OUTSIDE))
        hole = int(oddities and dialogue % 3 == 1 and utterance > 2)
        lines.append(Line(split, dialogue, utterance + hole, mood, emotion, str(rng.choice(list(_CAST)))))
    usable = [number for number, line in enumerate(lines) if line.mood != OTHER]
    if oddities and split == "train" and len(usable) > 3:
        short, half, faceless, long = usable[:4]
        lines[short] = replace(lines[short], dialogue=179, utterance=8, seconds=0.08)
        lines[half], lines[faceless] = replace(lines[half], seen=0.5), replace(lines[faceless], seen=0.0)
        lines[long] = replace(lines[long], dialogue=309, utterance=0, seconds=OVERLONG)
    if oddities and split == "test" and len(usable) > 2:
        lines[usable[-1]] = replace(lines[usable[-1]], dialogue=38, utterance=4, seconds=OVERLONG)
        lines[1] = replace(lines[1], listed_seconds=RECUT)
    return sorted(lines, key=lambda line: (line.dialogue, line.utterance))


def _write_clip(studio: Studio, rate: Fraction, path: Path, line: Line) -> tuple[str, float]:
    """Write one clip, and return its sentence and its duration in seconds."""
    key = f"{line.split} {path.stem}"
    person = studio.person(line.speaker, _CAST[line.speaker])
    performance = studio.perform(f"{line.split} {line.name}", line.mood, line.seconds)
    sound = resample_poly(studio.record(key, studio.speak(key, person, performance)), 3, 1)
    channels = np.stack([sound, sound])
    if studio.order.oddities and line.dialogue % 4 == 2:
        channels = np.stack([0.1 * sound, 0.1 * sound, sound, 0 * sound, 0.05 * sound, 0.05 * sound])  # centre speaks
    film = studio.film(key, person, performance, line.seen, _bystander(studio, line))
    write_video(path, film, rate, "libx264", channels, SOUND_RATE)
    return studio.text(key, performance), performance.seconds


def _bystander(studio: Studio, line: Line) -> Person | None:
    """The person in the background of a clip: with oddities a person in every fourth dialogue, otherwise None."""
    if not studio.order.oddities or line.dialogue % 4 != 3:
        return None
    name = next(name for name in _CAST if name != line.speaker)
    return studio.person(name, _CAST[name])


def _spoil_clips(studio: Studio, leaf: Path, split: str, lines: list[Line]) -> list[Line]:
    """Add the release's known defects, and return the rows together with those of the defects that the CSV lists."""
    rate, first = CAMERAS[0][0], lines[0]
    write_apple_double(leaf / f"{first.name}.mp4")
    if split == "train":
        broken = replace(first, dialogue=125, utterance=3, mood="neutral", emotion="neutral", seconds=None)
        path = leaf / f"{broken.name}.mp4"
        _write_clip(studio, rate, path, broken)
        path.write_bytes(path.read_bytes()[:4000])  # the index at the end of the file is lost
        brief = replace(first, dialogue=338, utterance=3, mood=OTHER, emotion="surprise", seconds=0.006)
        _write_clip(studio, rate, leaf / f"{brief.name}.mp4", brief)
        return [*lines, broken, replace(brief, listed_seconds=0.006)]
    if split == "dev":
        unlisted = replace(first, dialogue=49, utterance=4)
        _write_clip(studio, rate, leaf / f"{unlisted.name}.mp4", unlisted)
        return [*lines, replace(first, dialogue=110, utterance=7, mood="neutral", emotion="neutral")]
    for line, seconds in zip(lines[1:4], (RECUT, 0.6, None), strict=False):
        recut = replace(line, seconds=seconds)
        _write_clip(studio, rate, leaf / f"final_videos_test{line.name}.mp4", recut)
    write_apple_double(leaf / f"final_videos_test{first.name}.mp4")
    timed = [
        replace(first, dialogue=155, utterance=3, mood=OTHER, emotion="surprise", listed_seconds=0.0),
        replace(first, dialogue=220, utterance=0, mood=OTHER, emotion="disgust", listed_seconds=235.0),
    ]
    for line in timed:
        _write_clip(studio, rate, leaf / f"{line.name}.mp4", line)
    return [*lines, *timed]


def _write_table(
    studio: Studio, path: Path, split: str, lines: list[Line], spoken: dict[Line, tuple[str, float]]
) -> None:
    """Write the CSV of one split, with CRLF and with quotation marks if needed.

    With oddities, dev has a wrong encoding, some times are short, and serial numbers have gaps and repeat.
    """
    rng = studio.chance("table", split)
    oddities = studio.order.oddities
    clock, serial = 60.0 * float(rng.uniform(1, 15)), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for number, line in enumerate(lines):
            text, seconds = spoken.get(line, ("So that's how it was.", 2.0))
            seconds = seconds if line.listed_seconds is None else line.listed_seconds
            serial += 1 + int(oddities and number % 6 == 5) - int(oddities and number % 6 == 3)
            start, end = _time(clock), _time(clock + seconds)
            if oddities and number == 2:
                start, end = start[:-1], end.removeprefix("0")
            sentiment = _SENTIMENTS.get(line.emotion, "negative")
            place = [line.dialogue, line.utterance, 1 + line.dialogue % 9, 1 + line.dialogue % 23]
            words = _typeset(text, oddities and split == "dev", oddities and number % 9 == 4)
            words = f"(About the party) {words}" if line.dialogue == 309 else words  # a stage direction
            writer.writerow([serial, words, line.speaker, line.emotion, sentiment, *place, start, end])
            clock += seconds + float(rng.uniform(0.2, 3))


def _typeset(text: str, mojibake: bool, double_space: bool) -> str:
    """Add curly apostrophes and an ellipsis, as in the release, or wrongly decoded as in its older copies."""
    curly = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}").replace("know.", "know\N{HORIZONTAL ELLIPSIS}")
    if mojibake:
        for right, wrong in _MOJIBAKE.items():
            curly = curly.replace(right, wrong)
    return curly.replace(" ", "  ", 1) if double_space else curly


def _time(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d},{rest % 1000:03d}"
