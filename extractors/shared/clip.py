"""The clip, one labelled utterance of a corpus, and the tables that are made from a release."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

Row = dict[str, Any]
"""A row of a table by the names of its columns, as ``to_pylist`` gives it."""

MODALITIES = ("text", "audio", "visual")
"""The M = 3 modalities, in the order of every concatenation, loss vector and table."""

MEDIA = {"audio": "audio", "visual": "video"}
"""Modality -> the column of the manifest that names its file; words stand in a column themselves."""

CLASSES = ("neutral", "happy", "sad", "angry")
"""The paper's four classes (section 4), also those of the synthetic twins and the drawn beds.

The classes of a study are a setting; its label tables name them (:mod:`extractors.shared.labels`).
"""

CROPS = ("full", "left", "right")
"""Which part of the picture shows the speaker: all of it, or one half of a side-by-side recording."""

NO_LABEL = "no label"
"""The name of clips without a label in tables of counts; no class can have this name."""

NOBODY = "none"
"""A clip's ``face`` if the speaker is not visible; otherwise it is empty, or a point ``x,y`` in the face."""


class Vote(NamedTuple):
    """The answer of one annotator, or of all together, to one question about a clip, in the words of the release."""

    annotator: str
    question: str
    answer: str


TOGETHER = "all"
"""The annotator of a vote of all together, such as a mean or a majority."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance of a release, as a reader yields it.

    Paths are relative to the release's root, with forward slashes. Times are seconds from the start of the named
    media file; ``None`` means the file's own start or end. ``annotated_seconds`` is the length in the label file of a
    clip that is a whole file. :mod:`extractors.inspect_corpus` compares it with the file's length; nothing is cut by
    it. It is ``None`` if the times give the length, or if it is unknown. ``status`` is ``ok`` or ``excluded``; an
    excluded clip has a reason and is listed everywhere but never extracted. ``face`` is the user's choice of the
    speaker's face (:mod:`extractors.corpora.face_choices`); readers leave it empty. Readers set ``label`` to the word
    of the release; :mod:`extractors.corpora.classes` replaces it by the class, or by an empty text if the clip has
    none. ``votes`` has the annotators' words. ``place`` is the file and line of the clip in a user's own table.
    """

    clip_id: str
    corpus: str
    speaker: str
    session: str
    dialogue: str
    official_split: str
    video: str
    video_start: float | None
    video_end: float | None
    audio: str
    audio_start: float | None
    audio_end: float | None
    annotated_seconds: float | None
    crop: str
    text: str
    status: str
    reason: str
    label_raw: str
    label: str
    face: str = ""
    place: str = field(default="", compare=False)
    votes: tuple[Vote, ...] = ()


MANIFEST = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("corpus", pa.string(), nullable=False),
        pa.field("speaker", pa.string(), nullable=False),
        pa.field("session", pa.string(), nullable=False),
        pa.field("dialogue", pa.string(), nullable=False),
        pa.field("official_split", pa.string(), nullable=False),
        pa.field("video", pa.string(), nullable=False),
        pa.field("video_start", pa.float64()),
        pa.field("video_end", pa.float64()),
        pa.field("audio", pa.string(), nullable=False),
        pa.field("audio_start", pa.float64()),
        pa.field("audio_end", pa.float64()),
        pa.field("annotated_seconds", pa.float64()),
        pa.field("crop", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("face", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""``results/manifests/{corpus}.parquet``: one row per clip, without any label."""

LABELS = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("label_raw", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
    ]
)
"""``results/labels/{corpus}.parquet``: for the source side of training, for scores, and for counts of classes."""

VOTES = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("clip_id", *Vote._fields)])
"""``results/votes/{corpus}.parquet``: a row per clip, annotator and question, in the words of the release.

No step reads it; it is for studies of soft labels, of agreement and of other classes.
"""

PARTS = ("train", "validation", "test")
"""The parts of a split."""

SPLITS = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
    ]
)
"""``results/splits/{corpus}.parquet``: every usable clip is in one of ``PARTS``."""

SILENT = "the sound is silent"
"""Beginning of the warning, in an index of features, for a clip without any sound."""

EMPTY = "the transcript is empty"
"""The warning, in an index of features, for a clip without words."""


class ClipError(Exception):
    """One clip cannot be extracted; the message becomes the reason in its index row."""
