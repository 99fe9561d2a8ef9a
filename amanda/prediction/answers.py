"""A shared model and indexes of features -> the table of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from amanda.prediction.states import remarks
from amanda.shared.speaks import speaks
from amanda.sharing.features import read_frames
from amanda.sharing.model import Model
from amanda.sharing.prediction import Prediction
from extractors.features.store import open_features
from extractors.shared.answers import ANSWERED, JOINT, UNANSWERED, answers_schema, votes
from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError

Times = tuple[float | None, float | None]
"""Seconds at which a clip begins and ends in its recording; ``None`` for the begin or the end of the recording."""


def answer_clips(
    model: Model, indexes: Mapping[str, Path], speakers: Mapping[str, str], times: Mapping[str, Times]
) -> pa.Table:
    """The answer to every clip of the indexes, see :func:`extractors.shared.answers.answers_schema`.

    Args:
        model: the shared model.
        indexes: modality -> index of extractors.index_features; all with the same clips in the same order.
        speakers: clip -> speaker; may be empty texts unless the model was adapted with speakers.
        times: clip -> its begin and end in the recording.

    Raises:
        UserError: the indexes have different clips, the features were made by another backbone than the model's, or a
            clip has no speaker although the model needs one.
    """
    tables = {name: open_features(path).table for name, path in indexes.items()}
    first = next(iter(tables))
    clips = tables[first].index.tolist()
    for name, table in tables.items():
        if table.index.tolist() != clips:
            raise UserError(f"{indexes[name]}: its clips differ from those of {indexes[first]}; extract them together")
    _, frames, faces = read_frames(indexes, clips, model.record.backbones)
    speaking = {name: speaks(table) for name, table in tables.items() if name in model.settings.modalities}
    for name, spoken in speaking.items():
        frames[name] = [rows if there else rows[:0] for rows, there in zip(frames[name], spoken, strict=True)]
    found = model.predict(frames, faces or None, named_speakers(model, clips, speakers))
    known = {clip: times[clip] for clip in clips}
    return tabulate(known, found, speaking, remarks(tables), model.record.classes)


def named_speakers(model: Model, clips: Sequence[str], speakers: Mapping[str, str]) -> list[str] | None:
    """The speaker of each clip, for a model that standardises speakers; ``None`` for any other.

    Raises:
        UserError: a clip has none.
    """
    if not (model.adaptation and model.adaptation.record.speakers):
        return None
    unnamed = [clip for clip in clips if not speakers.get(clip)]
    if unnamed:
        raise UserError(
            f"{model.path}: was adapted speaker by speaker, and {len(unnamed)} clips, such as {unnamed[0]}, have none;"
            " name the clips in a table with a column speaker"
        )
    return [speakers[clip] for clip in clips]


def tabulate(
    clips: Mapping[str, Times],
    found: Prediction,
    speaking: Mapping[str, np.ndarray],
    remark: Sequence[str],
    classes: Sequence[str],
) -> pa.Table:
    """A prediction as a table.

    Args:
        clips: their names, and their begin and end in the recording.
        found: the model's prediction.
        speaking: modality of the model -> the clips about which it has information, bool [clips].
        remark: what is missing or degraded in each clip.
        classes: the classes of the model.
    """
    heads = [
        JOINT if joint else "+".join(name for name in speaking if speaking[name][place])
        for place, joint in enumerate(found.joint)
    ]
    columns = {
        "clip_id": list(clips),
        "begin": [begin for begin, _ in clips.values()],
        "end": [end for _, end in clips.values()],
        "status": [ANSWERED if emotion else UNANSWERED for emotion in found.predicted],
        "emotion": [emotion or None for emotion in found.predicted],
        "probability": _known(np.nan_to_num(found.probabilities, nan=-1).max(axis=1), found.agreement),
        "agreement": _known(found.agreement, found.agreement),
        "heads": heads,
        "reason": list(remark),
    }
    columns |= {name: _known(found.probabilities[:, k], found.agreement) for k, name in enumerate(classes)}
    silent = np.full((len(clips), len(classes)), np.nan)
    for modality in MODALITIES:
        shares = found.votes.get(modality, silent)
        columns |= {name: _known(shares[:, k], shares[:, k]) for k, name in enumerate(votes(modality, classes))}
    schema = answers_schema(classes)
    return pa.Table.from_pydict({name: columns[name] for name in schema.names}, schema=schema)


def _known(values: np.ndarray, there: np.ndarray) -> list[float | None]:
    """The values as a column, with null if ``there`` is NaN."""
    return [None if np.isnan(known) else float(value) for value, known in zip(values, there, strict=True)]


def as_csv(table: pa.Table) -> str:
    """A table of answers as CSV, with probabilities to four decimals; a missing value is an empty cell."""
    frame: pd.DataFrame = table.to_pandas()
    return frame.to_csv(index=False, float_format="%.4f", lineterminator="\n")


def as_json_lines(table: pa.Table) -> str:
    """A table of answers as JSON, one line for each clip, with all digits; a missing value is null."""
    frame: pd.DataFrame = table.to_pandas()
    return frame.to_json(orient="records", lines=True, force_ascii=False, double_precision=15)
