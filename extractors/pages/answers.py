"""A model's answers as HTML: pictures, sound and probabilities of each clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.faces.detection import speaker_part
from extractors.media.pictures import sample_frames
from extractors.media.sound import hear
from extractors.pages.template import render
from extractors.pages.thumbnail import data_uri, jpeg
from extractors.pages.timeline import Timeline, envelope, or_nothing
from extractors.shared.answers import classes_in, votes
from extractors.shared.clip import MODALITIES, Row

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
    name = clip["clip_id"]
    pictures = or_nothing(lambda: _pictures(clip, release), name)
    return View(clip, answer, pictures, or_nothing(lambda: _wave(clip, release), name))


def _pictures(clip: Row, release: Path) -> list[str]:
    sampled = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], PICTURES)
    return [data_uri(jpeg(speaker_part(frame, clip["crop"]), HEIGHT)) for frame in sampled.frames]


def _wave(clip: Row, release: Path) -> list[float]:
    samples = hear(release / clip["audio"], clip["audio_start"], clip["audio_end"]).samples
    return envelope(samples, BARS)


def answers_page(
    views: Sequence[View],
    timelines: Sequence[Timeline],
    counts: dict[str, Any],
    model: str,
    warning: str,
    release: Path,
) -> str:
    """The page of some clips and the model that answered.

    Args:
        views: the clips shown, in order.
        timelines: the recordings that contain some of the clips.
        counts: the number of ``clips`` in the table, and the number of ``answered`` ones.
        model: the display name of the model.
        warning: the warning before all numbers; empty for none.
        release: the folder that contains the clips.
    """
    answers = [*(view.answer for view in views), *(span for line in timelines for span in line.spans)]
    return render(
        "answers.html.j2",
        release,
        views=views,
        timelines=timelines,
        counts=counts,
        model=model,
        warning=warning,
        classes=classes_in(list(answers[0])) if answers else (),
        sentence=f"{counts['answered']} of {counts['clips']} clips have an answer.",
    )
