"""Write the annotators' answers for the labels of the CMU-MOSEI twin, as the CSV files of ``Raw/Labels``."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

FILES: tuple[str, ...] = ("5000_batch_raw", "Batch_2980374_batch_results", "extreme_sentiment_results")
FILES += ("mosi_pom_output", "mturk_extra_v2", "pom_extra_sqa_mono_results")
ANNOTATORS = 3

_ASKED = ("anger", "disgust", "fear", "happiness", "sadness", "sentiment", "surprise")
_COLUMN_OF = {"happiness": "happy", "sadness": "sad"}


def write_answers(
    folder: Path, videos: Iterable[tuple[str, dict[int, np.ndarray]]], dimensions: tuple[str, ...], oddities: bool
) -> None:
    """Write six files of answers. Each video is in one of them.

    Args:
        folder: ``Raw/Labels``.
        videos: names, and for each clip number the means of the annotators' answers, multiples of a third.
        dimensions: names of the dimensions of the means.
        oddities: whether the last file also names folders, and one answer is empty.
    """
    rows: dict[str, list[list[object]]] = {name: [] for name in FILES}
    for number, (video, clips) in enumerate(videos):
        file = FILES[number % len(FILES)]
        named = f"part/{video}" if oddities and file == FILES[-1] else video
        for clip, means in clips.items():
            of = dict(zip(dimensions, _answers(means), strict=True))
            asked = [of[_COLUMN_OF.get(name, name)] for name in _ASKED]
            rows[file] += [[named, clip, f"A{k}", *answers] for k, answers in enumerate(zip(*asked, strict=True))]
    if oddities:
        first = rows[FILES[0]][0]
        rows[FILES[0]].append([*first[:2], "A9", "", *first[4:]])  # an annotator who gave no answer
    for name, lines in rows.items():
        path = folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as sheet:
            writer = csv.writer(sheet)
            writer.writerow(["Input.VIDEO_ID", "Input.CLIP", "WorkerId", *(f"Answer.{asked}" for asked in _ASKED)])
            writer.writerows(lines)


def _answers(means: np.ndarray) -> list[list[int]]:
    """Whole numbers [7][:data:`ANNOTATORS`] of the annotators, with the given ``means`` [7]."""
    sums = np.round(ANNOTATORS * means.astype(float)).astype(int).tolist()
    return [[(total + k) // ANNOTATORS for k in range(ANNOTATORS)] for total in sums]
