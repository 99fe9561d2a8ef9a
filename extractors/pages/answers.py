"""A model's answers as HTML: pictures, sound and probabilities of each clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from extractors.faces.detection import speaker_part
from extractors.features.blame import blame
from extractors.media.pictures import sample_frames
from extractors.media.sound import hear
from extractors.pages.template import render
from extractors.pages.thumbnail import data_uri, jpeg
from extractors.shared.answers import classes_in, votes
from extractors.shared.clip import MODALITIES, Row

Value = TypeVar("Value")

HEIGHT = 110
"""Height in pixels of a picture on the page."""

PICTURES = 6
"""Pictures of a clip."""

BARS = 300
"""Bars of a waveform."""


@dataclass(frozen=True, slots=True)
class View:
    """The content of the page for a clip.

    Attributes:
        clip: its row of the manifest.
        answer: its row of :func:`extractors.shared.answers.answers_schema`.
        pictures: data URIs in order of time; empty if the clip has no pictures.
        wave: the largest absolute sample in each of :data:`BARS` equal parts, 0 to 1; empty if it has no sound.
    """

    clip: Row
    answer: Row
    pictures: list[str] = field(default_factory=list)
    wave: list[float] = field(default_factory=list)

    @property
    def chart(self) -> list[tuple[str, list[float | None]]]:
        """The answer, then each modality's vote: its name, and a probability of each class."""
        classes = classes_in(list(self.answer))
        rows = [("answer", list(classes)), *((name, list(votes(name, classes))) for name in MODALITIES)]
        return [(name, [self.answer[column] for column in columns]) for name, columns in rows]


def view_clip(clip: Row, answer: Row, release: Path) -> View:
    """Read a clip's media again for the page; unreadable media are left out, and the answer's reason says so.

    Args:
        clip: its row of the manifest.
        answer: see :func:`extractors.shared.answers.answers_schema`.
        release: the folder to which the manifest's paths are relative.
    """
    if clip["status"] == "excluded":
        return View(clip, answer)
    return View(clip, answer, _or_nothing(_pictures, clip, release), _or_nothing(_wave, clip, release))


def _or_nothing(read: Callable[[Row, Path], list[Value]], clip: Row, release: Path) -> list[Value]:
    """The result of ``read``, or an empty list if the clip cannot be read."""
    try:
        return read(clip, release)
    except Exception as error:
        blame(error, clip["clip_id"])
        return []


def _pictures(clip: Row, release: Path) -> list[str]:
    sampled = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], PICTURES)
    return [data_uri(jpeg(speaker_part(frame, clip["crop"]), HEIGHT)) for frame in sampled.frames]


def _wave(clip: Row, release: Path) -> list[float]:
    samples = hear(release / clip["audio"], clip["audio_start"], clip["audio_end"]).samples
    return envelope(samples, BARS)


def envelope(samples: np.ndarray, bars: int) -> list[float]:
    """The largest absolute sample in each of ``bars`` equal parts of a sound float32 [n], at most 1 each.

    A sound of fewer samples has a bar for each.
    """
    parts = np.array_split(np.abs(samples), min(bars, len(samples))) if len(samples) else []
    return [round(min(float(part.max()), 1.0), 3) for part in parts]


def answers_page(views: Sequence[View], counts: dict[str, Any], model: str, warning: str, release: Path) -> str:
    """The page of some clips and the model that answered.

    Args:
        views: the clips shown, in order.
        counts: ``clips`` of the table and how many are ``answered``.
        model: the display name of the model.
        warning: the warning before all numbers; empty for none.
        release: the folder above the clips.
    """
    return render(
        "answers.html.j2",
        release,
        views=views,
        counts=counts,
        model=model,
        warning=warning,
        classes=classes_in(list(views[0].answer)) if views else (),
        sentence=f"{counts['answered']} of {counts['clips']} clips have an answer.",
    )
