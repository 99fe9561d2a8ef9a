"""Read CMU-MOSEI's intensities in either of their two forms, and derive one label from them in several ways."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import h5py
import numpy as np

from extractors.corpora.lines import Skipped, csv_rows
from extractors.corpora.user_table import to_number
from extractors.shared.clip import TOGETHER, Vote
from extractors.shared.program import UserError

DIMENSIONS = ("sentiment", "happy", "sad", "anger", "surprise", "disgust", "fear")
"""The columns of the SDK's label file: sentiment in [-3, 3], six emotions in [0, 3], means over annotators."""
OF_CHOICE_D = ("happy", "sad", "anger")
LABEL_CHOICES = ("A", "B", "C", "D", "E", "sentiment")
SAME = 1e-4
"""Intensities that differ by less are equal. They are means over three to six annotators, stored as float32."""

VIDEO = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
"""The names of videos: eleven characters of YouTube, or digits."""

_WORKER = "WorkerId"
_ANSWERS = ("sentiment", "happiness", "sadness", "anger", "surprise", "disgust", "fear")


class Answer(NamedTuple):
    """One annotator's seven intensities of a clip. The annotator's name is empty if the file has none."""

    video: str
    clip: str
    values: tuple[float, ...]
    worker: str

    def votes(self, otherwise: str) -> list[Vote]:
        """The intensities as votes of this annotator, or of ``otherwise`` if the name is empty."""
        named = zip(DIMENSIONS, self.values, strict=True)
        return [Vote(self.worker or otherwise, name, f"{value:.6g}") for name, value in named]


@dataclass(frozen=True, slots=True)
class Intensities:
    """One labelled segment: its video, and its clip number or, in the SDK's file, its row and times in seconds."""

    video: str
    clip: str
    row: int
    start: float
    end: float
    values: tuple[float, ...]
    votes: tuple[Vote, ...] = ()

    @property
    def raw(self) -> str:
        """The seven values as text, for the label table."""
        return " ".join(f"{name}={value:.4g}" for name, value in zip(DIMENSIONS, self.values, strict=True))


def means(values: Sequence[float]) -> tuple[Vote, ...]:
    """The seven intensities as votes, each the mean of all annotators."""
    return tuple(Vote(TOGETHER, name, f"{value:.6g}") for name, value in zip(DIMENSIONS, values, strict=True))


def label(values: Sequence[float], choice: str) -> tuple[str, str]:
    """Derive one word from the seven intensities: an emotion's name, ``neutral``, or the sign of the sentiment.

    ``sentiment``: negative, neutral or positive, if the sentiment is below, at or above zero. In all other choices, a
    segment is neutral if all six emotions are zero. Otherwise the word is, for A, the unique maximum of the six; for B,
    the first maximum in the SDK's order; for C, the only emotion above zero; for D, the unique maximum of happy, sad
    and anger; for E, as for A if the maximum is at least 1.

    Args:
        values: the seven intensities in the order of :data:`DIMENSIONS`.
        choice: one of :data:`LABEL_CHOICES`.

    Returns:
        The word and an empty text; or an empty text and the reason why the segment has no label.
    """
    if choice == "sentiment":
        value = values[0]
        if not math.isfinite(value):
            return "", "the sentiment is missing"
        return ("neutral" if abs(value) < SAME else "positive" if value > 0 else "negative"), ""
    emotions = dict(zip(DIMENSIONS[1:], values[1:], strict=True))
    if not all(math.isfinite(value) for value in emotions.values()):
        return "", "an intensity is missing"
    if max(emotions.values()) < SAME:
        return "neutral", ""
    if choice == "C" and sum(value >= SAME for value in emotions.values()) > 1:
        return "", "several emotions above zero (label_choice C)"
    if choice == "D":
        emotions = {name: emotions[name] for name in OF_CHOICE_D}
    top = max(emotions.values())
    tops = [name for name, value in emotions.items() if top - value < SAME]
    if top < SAME:
        return "", "neither happy nor sad nor angry (label_choice D)"
    if len(tops) > 1 and choice != "B":
        return "", f"several strongest emotions (label_choice {choice})"
    if choice == "E" and top < 1 - SAME:
        return "", "strongest emotion below 1 (label_choice E)"
    return tops[0], ""


def read_csd(path: Path) -> list[Intensities]:
    """Read the SDK's ``CMU_MOSEI_Labels.csd`` (HDF5): ``/All Labels/data/<video>/{features,intervals}``.

    The rows of a video are in the lexical order of the clip numbers (0, 1, 10, 11, 2), not in the order of time.

    Raises:
        UserError: the file is not HDF5, or its layout differs from the SDK's.
    """
    found: list[Intensities] = []
    try:
        with h5py.File(path, "r") as file:
            root = file["All Labels"] if "All Labels" in file else file[next(iter(file))]
            order = _dimension_order(root, path)
            for video, group in root["data"].items():
                if not VIDEO.fullmatch(video):
                    raise UserError(f"{path}: {video[:40]!r} is not the name of a video; fetch the file again")
                found += _segments(video, group, order, path)
    except (OSError, KeyError, StopIteration, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise UserError(f"{path}: not a label file of the MOSEI SDK ({error}); fetch it again") from None
    return found


def _segments(video: str, group: h5py.Group, order: list[int], path: Path) -> list[Intensities]:
    """The rows of one video, with columns in the order of :data:`DIMENSIONS`."""
    features, intervals = group["features"], group["intervals"]
    if len(features.shape) != 2 or features.shape[1] != len(order) or intervals.shape != (len(features), 2):
        raise UserError(
            f"{path}: {video}: features {features.shape} and intervals {intervals.shape} are not [n, {len(order)}] and"
            " [n, 2]; fetch the file again"
        )
    values, times = features[()].astype(np.float64)[:, order], intervals[()].astype(np.float64)
    return [
        Intensities(video, "", row, float(times[row, 0]), float(times[row, 1]), tuple(values[row].tolist()))
        for row in range(len(values))
    ]


def _dimension_order(root: h5py.Group, path: Path) -> list[int]:
    """The column of each of :data:`DIMENSIONS`, from the metadata of the file."""
    if "metadata" not in root or "dimension names" not in root["metadata"]:
        return list(range(len(DIMENSIONS)))
    stored = np.ravel(root["metadata"]["dimension names"][()])[0]
    names = json.loads(stored.decode() if isinstance(stored, bytes) else str(stored))
    if sorted(names) != sorted(DIMENSIONS):
        raise UserError(f"{path}: its columns are {names}, not {list(DIMENSIONS)}; it is not MOSEI's label file")
    return [names.index(name) for name in DIMENSIONS]


def parse_mturk(text: str, source: str) -> tuple[list[Answer], list[Skipped]]:
    """Parse one of the CSV files of ``Raw/Labels`` into the annotators' answers.

    Raises:
        UserError: a column is missing, or the file is not CSV.
    """
    skipped: list[Skipped] = []
    lines = csv_rows(text, source, skipped)
    columns = next((_mturk_columns(cells, source) for _, cells in lines), [])
    answers: list[Answer] = []
    for number, cells in lines:
        answer = _answer(cells, columns)
        if isinstance(answer, str):
            skipped.append(Skipped(number, answer))
        else:
            answers.append(answer)
    return answers, skipped


def average(answers: Iterable[Answer]) -> list[Intensities]:
    """Average the annotators' answers for each segment, ordered by video and clip number. Times are unknown."""
    of_segment: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        of_segment.setdefault((answer.video, answer.clip), []).append(answer)
    found = []
    for row, (video, clip) in enumerate(sorted(of_segment)):
        given = of_segment[video, clip]
        mean = tuple(np.mean([answer.values for answer in given], axis=0).tolist())
        votes = [vote for number, answer in enumerate(given, start=1) for vote in answer.votes(str(number))]
        found.append(Intensities(video, clip, row, math.nan, math.nan, mean, tuple(votes)))
    return found


def _mturk_columns(cells: list[str], source: str) -> list[int]:
    header = [cell.strip() for cell in cells]
    wanted = ["Input.VIDEO_ID", "Input.CLIP", *(f"Answer.{name}" for name in _ANSWERS)]
    missing = [name for name in wanted if name not in header]
    if missing:
        raise UserError(f"{source}:1: no column {', '.join(missing)}; this is not a file of MOSEI's Raw/Labels")
    worker = header.index(_WORKER) if _WORKER in header else header.index(wanted[0])
    return [*(header.index(name) for name in wanted), worker]


def _answer(cells: list[str], columns: list[int]) -> Answer | str:
    """One annotator's answer, or the reason why the row is skipped."""
    if len(cells) <= max(columns):
        return "row is cut short"
    video, clip, *numbers, worker = (cells[column].strip() for column in columns)
    values = tuple(map(to_number, numbers))
    if not all(math.isfinite(value) for value in values):
        return "an answer is no number"
    if not (clip.isascii() and clip.isdigit()):
        return "clip is no number"
    name = PurePosixPath(video).name
    named = worker if worker != video else ""
    return Answer(name, clip, values, named) if VIDEO.fullmatch(name) else "video has no safe name"
