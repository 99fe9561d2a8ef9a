"""The answer: what a model says of one clip, a row of the table between the program that predicts and the page."""

from __future__ import annotations

import pyarrow as pa

from extractors.shared.clip import CLASSES, MODALITIES

ANSWERED, UNANSWERED = STATUSES = ("answered", "unanswered")
"""A clip has an answer where at least one modality has something to say of it."""

JOINT = "joint"
"""``heads`` where the head of all modalities together gave the answer, since none was missing."""


def votes(modality: str) -> tuple[str, ...]:
    """The columns with a modality's own calibrated probabilities, in the order of ``CLASSES``."""
    return tuple(f"{modality}_{name}" for name in CLASSES)


ANSWERS = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("begin", pa.float64()),
        pa.field("end", pa.float64()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("emotion", pa.string()),
        pa.field("probability", pa.float64()),
        *(pa.field(name, pa.float64()) for name in CLASSES),
        pa.field("agreement", pa.float64()),
        pa.field("heads", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        *(pa.field(column, pa.float64()) for modality in MODALITIES for column in votes(modality)),
    ]
)
"""One row per clip of the manifest, in its order.

``begin`` and ``end`` are the seconds of its recording that the clip is, null where that begins and ends with it.
``emotion`` is the class of the largest probability, ``probability`` that probability, ``agreement`` the share of the
networks (one per seed) whose own answer is this class. ``heads`` is ``joint``, or the modalities whose heads voted,
such as ``text+audio``; empty where the clip has no answer. ``reason`` says what is missing or degraded. The columns of
votes are null for a modality that has nothing to say of the clip; without an answer all numbers are.
"""
