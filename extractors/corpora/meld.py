"""MELD: utterances of the series Friends, cut into clips, seven emotions, official splits (declare-lab, public).

The clips are already cut: the times in the label files refer to the episode and never to the clip, so each clip is its
whole file. Only the difference of the times is kept, to compare it with the file's length. Ids repeat between splits,
so the name of a clip begins with its split.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from extractors.corpora.lines import Ledger, Skipped, csv_rows
from extractors.corpora.outcome import about_text, missing_media, outcome
from extractors.corpora.reading import Reading, ReleaseReading, check_reading
from extractors.corpora.sources import Sources, below
from extractors.corpora.tree import by_stem, find_files
from extractors.shared.clip import MEDIA, TOGETHER, Clip, Vote
from extractors.shared.program import UserError
from extractors.shared.settings import key

HOW_TO_GET = "download and unpack MELD.Raw.tar.gz from https://affective-meld.github.io"

EMOTIONS = ("neutral", "joy", "sadness", "anger", "surprise", "disgust", "fear")
SENTIMENTS = ("neutral", "positive", "negative")
SPLITS = {
    "train": ("train", "train_splits"),
    "dev": ("validation", "dev_splits_complete"),
    "test": ("test", "output_repeated_splits_test"),
}
"""MELD's name of each split -> this project's name, and the folder of its clips."""

_COLUMNS: tuple[str, ...] = ("Utterance", "Speaker", "Emotion", "Sentiment", "Dialogue_ID", "Utterance_ID")
_COLUMNS += ("Season", "Episode", "StartTime", "EndTime")
_RECUT = "final_videos_test"
_WHOLE = re.compile(r"\s*(\d{1,6})\s*", re.ASCII)
_TIME = re.compile(r"\s*(\d{1,2}):(\d{2}):(\d{2}[,.]\d{1,6})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One row of a label file.

    Its times refer to the episode, which is not in the release. ``seconds`` is their difference; None if they cannot be
    read or the end is not after the start.
    """

    dialogue: int
    utterance: int
    season: int
    episode: int
    speaker: str
    emotion: str
    sentiment: str
    text: str
    seconds: float | None


def parse_csv(text: str, source: str) -> tuple[list[Utterance], list[Skipped]]:
    """Parse ``{train,dev,test}_sent_emo.csv``. Dialogue and utterance identify a row; ``Sr No.`` repeats.

    Raises:
        UserError: a column is missing, or a row cannot be read or repeats another's dialogue and utterance.
    """
    skipped: list[Skipped] = []
    lines = csv_rows(text, source, skipped)
    _, first = next(lines, (0, None))
    if first is None:
        raise UserError(f"{source}: empty; restore the file from the release")
    header = _header(first, source)
    rows: list[Utterance] = []
    seen: set[tuple[int, int]] = set()
    for number, cells in lines:
        row = _row(header, cells, f"{source}:{number}")
        if (row.dialogue, row.utterance) in seen:
            raise UserError(
                f"{source}:{number}: dialogue {row.dialogue} utterance {row.utterance} occurs a second time; restore"
                " the file from the release"
            )
        seen.add((row.dialogue, row.utterance))
        rows.append(row)
    return rows, skipped


class MeldReading(ReleaseReading):
    """How the MELD release is read."""

    label: Literal["emotion", "sentiment"] = key("the column of the label files whose words `labels` maps to classes")
    final_videos_test: Literal["plain", "prefer", "nearest"] = key(
        "132 test clips exist twice; plain: dia*_utt*.mp4; prefer: final_videos_testdia*_utt*.mp4; nearest: the one"
        " whose length is nearer to the label file's"
    )


def read_release(root: Path, reading: Reading, modalities: Sequence[str]) -> Iterator[Clip]:
    """Yield every row of the three label files, split by split.

    Args:
        root: a folder with, at any depth, the three folders of clips and the three label files.
        reading: see :class:`MeldReading`.
        modalities: those that the corpus has; media of another are not asked for.

    Raises:
        UserError: a label file or a folder of clips is missing, or a label file differs from the release.
    """
    chosen = check_reading(MeldReading, "meld", reading)
    ledger = Ledger("meld")
    for split, (labels, *copies), clips in _find(root, modalities):
        if copies:
            sys.stderr.write(f"meld: {Path(labels).name} is there {1 + len(copies)} times; {labels} is read\n")
        rows, skipped = parse_csv(ledger.read(root, labels), str(root / labels))
        ledger.add(labels, skipped)
        for row in rows:
            path = _file(root, row, clips, chosen.final_videos_test)
            yield _clip(row, split, SPLITS[split][0], path, chosen.label, modalities)
    ledger.report()


def sources(root: Path, reading: Reading, modalities: Sequence[str]) -> Sources:
    """The three label files and the clips; those that were cut twice are read too where their length decides."""
    chosen = check_reading(MeldReading, "meld", reading)
    found = list(_find(root, modalities))
    read = [labels[0] for _, labels, _ in found]
    if chosen.final_videos_test == "nearest":
        doubles = [(clips[name.removeprefix(_RECUT)], clips[name]) for _, _, clips in found for name in _recut(clips)]
        read += [path for pair in doubles for path in pair]
    videos = [path for _, _, clips in found for path in clips.values()]
    return Sources(below(root, read), videos, videos)


def _recut(clips: dict[str, str]) -> list[str]:
    """The names of the clips with two files."""
    return [name for name in clips if name.startswith(_RECUT) and name.removeprefix(_RECUT) in clips]


def _lies_in(folder: str, folders: Sequence[str]) -> bool:
    return list(folders[-1:]) == [folder]


def _find(root: Path, modalities: Sequence[str]) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Each split with its label files, of which the first is read, and its clips by name."""
    files = find_files(root, (".mp4", ".csv"))
    for split, (_, folder) in SPLITS.items():
        labels = _label_files(root, files, split)
        clips = by_stem(files, ".mp4", partial(_lies_in, folder))
        if not clips and any(name in MEDIA for name in modalities):
            raise UserError(f"{root}: no clips in a folder {folder}; unpack {split}.tar.gz of MELD.Raw.tar.gz there")
        yield split, labels, clips


def _label_files(root: Path, files: list[str], split: str) -> list[str]:
    name = f"{split}_sent_emo.csv"
    found = [path for path in files if path.rpartition("/")[2] == name]
    if not found:
        raise UserError(
            f"{root}: no {name} below it; take it from {split}.tar.gz, from MELD.Raw.tar.gz or from"
            " github.com/declare-lab/MELD"
        )
    return found


def _header(cells: list[str], source: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        raise UserError(f"{source}:1: no column {', '.join(missing)}; this is not a label file of MELD")
    return header


def _row(header: list[str], cells: list[str], where: str) -> Utterance:
    if len(cells) != len(header):
        raise UserError(f"{where}: {len(cells)} cells, but the header has {len(header)}; restore the file")
    value = dict(zip(header, cells, strict=True))
    numbers = [_WHOLE.fullmatch(value[name]) for name in ("Dialogue_ID", "Utterance_ID", "Season", "Episode")]
    emotion, sentiment = (value[name].strip().lower() for name in ("Emotion", "Sentiment"))
    if None in numbers:
        raise UserError(f"{where}: dialogue, utterance, season and episode must be whole numbers; restore the file")
    for kind, word, known in (("emotion", emotion, EMOTIONS), ("sentiment", sentiment, SENTIMENTS)):
        if word not in known:
            raise UserError(f"{where}: unknown {kind} {word[:40]!r}; restore the file from the release")
    dialogue, utterance, season, episode = (int(match[1]) for match in numbers if match)
    seconds = _seconds(value["EndTime"]) - _seconds(value["StartTime"])
    return Utterance(
        dialogue,
        utterance,
        season,
        episode,
        speaker=value["Speaker"].strip(),
        emotion=emotion,
        sentiment=sentiment,
        text=value["Utterance"].strip(),
        seconds=round(seconds, 6) if seconds > 0 else None,
    )


def _seconds(time: str) -> float:
    """Seconds of ``hh:mm:ss,mmm``, where a digit may be missing at either end; NaN if it is not a time."""
    match = _TIME.fullmatch(time)
    return 3600 * int(match[1]) + 60 * int(match[2]) + float(match[3].replace(",", ".")) if match else math.nan


def _file(root: Path, row: Utterance, clips: dict[str, str], policy: str) -> str:
    """The file of a row's clip, or the chosen one of two; empty if there is none."""
    name = f"dia{row.dialogue}_utt{row.utterance}"
    plain, recut = clips.get(name, ""), clips.get(_RECUT + name, "")
    if policy == "nearest" and plain and recut and row.seconds:
        # Media libraries load slowly, and no other choice needs them.
        from extractors.corpora.doubles import nearest_in_length

        return nearest_in_length(root, (plain, recut), row.seconds)
    return recut or plain if policy == "prefer" else plain or recut


def _clip(row: Utterance, split: str, official: str, path: str, column: str, modalities: Sequence[str]) -> Clip:
    word = row.sentiment if column == "sentiment" else row.emotion
    status, reason = outcome([missing_media(modalities, clip=path)], [about_text(modalities, row.text)])
    return Clip(
        clip_id=f"{split}_dia{row.dialogue}_utt{row.utterance}",
        corpus="meld",
        speaker=row.speaker,
        session=f"s{row.season:02d}e{row.episode:02d}",
        dialogue=f"{split}_dia{row.dialogue}",
        official_split=official,
        video=path,
        video_start=None,
        video_end=None,
        audio=path,
        audio_start=None,
        audio_end=None,
        annotated_seconds=row.seconds,
        crop="full",
        text=row.text,
        status=status,
        reason=reason,
        label_raw=word,
        label=word,
        votes=(Vote(TOGETHER, "emotion", row.emotion), Vote(TOGETHER, "sentiment", row.sentiment)),
    )
