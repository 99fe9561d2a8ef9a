"""Answers to the clips of one recording, in the order of time, in lanes that have no overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.shared.clip import Row

NOT_EMOTIONS = "shows the program, not emotions"
"""The remark beside each answer of a model that has a warning."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clip of a recording.

    Attributes:
        begin: second at which it begins.
        end: second at which it ends.
        text: its words.
        answer: its row of the table of answers.
    """

    begin: float
    end: float
    text: str
    answer: Row


def by_recording(clips: Iterable[Row], answers: Iterable[Row]) -> dict[str, list[Spoken]]:
    """Recording -> its clips in order of time; whole files and excluded clips are left out.

    Args:
        clips: rows of the manifest.
        answers: their answers, in the same order.
    """
    found: dict[str, list[Spoken]] = {}
    for clip, answer in zip(clips, answers, strict=True):
        if clip["status"] != "excluded" and answer["end"] is not None:
            spoken = Spoken(answer["begin"] or 0.0, answer["end"], clip["text"], answer)
            found.setdefault(clip["video"], []).append(spoken)
    return {name: sorted(spoken, key=lambda clip: (clip.begin, clip.end)) for name, spoken in found.items()}


def in_lanes(spoken: Sequence[Spoken]) -> list[list[Spoken]]:
    """The clips in lanes, as few as possible, so that the clips of a lane do not overlap.

    Args:
        spoken: in order of time.
    """
    lanes: list[list[Spoken]] = []
    for clip in spoken:
        free = next((lane for lane in lanes if lane[-1].end <= clip.begin), None)
        if free is None:
            lanes.append([clip])
        else:
            free.append(clip)
    return lanes


def said(answer: Row) -> str:
    """The emotion and its probability, or the reason why there is no answer."""
    if answer["emotion"] is None:
        return f"no answer: {answer['reason']}"
    return f"{answer['emotion']} {answer['probability']:.0%}"
