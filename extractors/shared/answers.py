"""The answer: what a model says of one clip, a row of the table between the program that predicts and the page."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from extractors.shared.clip import MODALITIES

ANSWERED, UNANSWERED = STATUSES = ("answered", "unanswered")
"""A clip has an answer where at least one modality has something to say of it."""

JOINT = "joint"
"""``heads`` where the head of all modalities together gave the answer, since none was missing."""


def votes(modality: str, classes: Sequence[str]) -> tuple[str, ...]:
    """The columns with a modality's own calibrated probabilities, in the order of the classes."""
    return tuple(f"{modality}_{name}" for name in classes)


def answers_schema(classes: Sequence[str]) -> pa.Schema:
    """The columns of answers with these classes: one row per clip of the manifest, in its order.

    ``emotion`` is the class of the largest probability, ``probability`` that probability, ``agreement`` the share of
    the networks (one per seed) whose own answer is this class. ``heads`` is ``joint``, or the modalities whose heads
    voted, such as ``text+audio``; empty where the clip has no answer. ``reason`` says what is missing or degraded. The
    columns of votes are null for a modality that has nothing to say of the clip; without an answer all numbers are.
    """
    return pa.schema(
        [
            pa.field("clip_id", pa.string(), nullable=False),
            pa.field("status", pa.string(), nullable=False),
            pa.field("emotion", pa.string()),
            pa.field("probability", pa.float64()),
            *(pa.field(name, pa.float64()) for name in classes),
            pa.field("agreement", pa.float64()),
            pa.field("heads", pa.string(), nullable=False),
            pa.field("reason", pa.string(), nullable=False),
            *(pa.field(column, pa.float64()) for modality in MODALITIES for column in votes(modality, classes)),
        ]
    )


NOT_CLASSES = (*answers_schema(()).names, *MODALITIES, "joint", "other", "all")
"""Names that mean something else in tables and in the config, and that no class may have."""


def classes_in(columns: Sequence[str]) -> tuple[str, ...]:
    """The classes that a table of answers, or a row of one, has columns of; empty where it is none."""
    names = list(columns)
    if not {"probability", "agreement"} <= set(names):
        return ()
    return tuple(names[names.index("probability") + 1 : names.index("agreement")])
