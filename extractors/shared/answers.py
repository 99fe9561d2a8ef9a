"""The table of answers: a model's answer for each clip, written by the prediction and read by the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from extractors.shared.clip import MODALITIES, Row
from extractors.shared.files import read_table
from extractors.shared.program import UserError

ANSWERED, UNANSWERED = "answered", "unanswered"
"""A clip has an answer if at least one modality has information about it."""

JOINT = "joint"
"""``heads`` of an answer from the joint head, because no modality was missing."""


def votes(modality: str, classes: Sequence[str]) -> tuple[str, ...]:
    """The columns with a modality's own calibrated probabilities, in the order of the classes."""
    return tuple(f"{modality}_{name}" for name in classes)


def answers_schema(classes: Sequence[str]) -> pa.Schema:
    """The columns of answers with these classes: one row per clip of the manifest, in its order.

    ``begin`` and ``end`` are the seconds of the clip in its recording, null for an end that both share.
    ``emotion`` is the class of the largest probability, ``probability`` that probability, ``agreement`` the share of
    the networks (one per seed) whose own answer is this class. ``heads`` is ``joint``, or the modalities whose heads
    voted, such as ``text+audio``; empty if the clip has no answer. ``reason`` says what is missing or degraded. The
    columns of votes are null for a modality without information about the clip. Without an answer all numbers are null.
    """
    return pa.schema(
        [
            pa.field("clip_id", pa.string(), nullable=False),
            pa.field("begin", pa.float64()),
            pa.field("end", pa.float64()),
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
"""Names with another meaning in tables or in the config; no class may have one of them."""


def classes_in(columns: Sequence[str]) -> tuple[str, ...]:
    """The classes of a table of answers, or of one of its rows, by its columns; empty if it is no such table."""
    names = list(columns)
    if not {"probability", "agreement"} <= set(names):
        return ()
    return tuple(names[names.index("probability") + 1 : names.index("agreement")])


def read_answers(manifest: Path, answers: Path) -> tuple[list[Row], list[Row]]:
    """The clips of a manifest and their answers, in the same order.

    Raises:
        UserError: a file is missing, it is not a table of answers, or it answers other clips.
    """
    clips = read_table(manifest, "extractors.find_clips").to_pylist()
    table = read_table(answers, "amanda.predict_clips")
    if not table.schema.equals(answers_schema(classes_in(table.column_names))):
        raise UserError(f"{answers}: not a table of answers; make it with amanda.predict_clips")
    rows = table.to_pylist()
    if [clip["clip_id"] for clip in clips] != [row["clip_id"] for row in rows]:
        raise UserError(f"{answers}: its clips differ from those of the manifest; make it again")
    return clips, rows
