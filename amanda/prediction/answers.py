"""A shared model and indexes of features -> the table of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from amanda.prediction.states import remarks, speaks
from amanda.sharing.features import read_frames
from amanda.sharing.model import Model
from amanda.sharing.prediction import Prediction
from extractors.features.store import open_features
from extractors.shared.answers import ANSWERED, ANSWERS, JOINT, UNANSWERED, votes
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.program import UserError

Times = tuple[float | None, float | None]
"""Seconds at which a clip begins and ends in its recording; ``None`` where the recording does."""


def answer_clips(
    model: Model, indexes: Mapping[str, Path], speakers: Mapping[str, str], times: Mapping[str, Times]
) -> pa.Table:
    """The answer to every clip of the indexes, see :data:`extractors.shared.answers.ANSWERS`.

    Args:
        model: the shared model.
        indexes: modality -> index of extractors.index_features; all of the same clips in one order.
        speakers: clip -> whose it is; empty texts unless the model was adapted with speakers.
        times: clip -> where it lies in its recording.

    Raises:
        UserError: the indexes are of different clips, the features were made by another backbone than the model's, or a
            clip has no speaker where the model needs one.
    """
    tables = {name: open_features(path).table for name, path in indexes.items()}
    clips = tables[MODALITIES[0]].index.tolist()
    for name, table in tables.items():
        if table.index.tolist() != clips:
            raise UserError(f"{indexes[name]}: lists other clips than {indexes[MODALITIES[0]]}; extract them together")
    _, frames, faces = read_frames(indexes, clips, model.record.backbones)
    speaking = {name: speaks(table) for name, table in tables.items() if name in model.settings.modalities}
    for name, spoken in speaking.items():
        frames[name] = [rows if there else rows[:0] for rows, there in zip(frames[name], spoken, strict=True)]
    found = model.predict(frames, faces, named_speakers(model, clips, speakers))
    return tabulate({clip: times[clip] for clip in clips}, found, speaking, remarks(tables))


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
    clips: Mapping[str, Times], found: Prediction, speaking: Mapping[str, np.ndarray], remark: Sequence[str]
) -> pa.Table:
    """A prediction as a table.

    Args:
        clips: their names, and where they lie in their recordings.
        found: what the model says of them.
        speaking: modality of the model -> which clips it has something to say of, bool [clips].
        remark: of each clip, what is missing or degraded.
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
    columns |= {name: _known(found.probabilities[:, k], found.agreement) for k, name in enumerate(CLASSES)}
    silent = np.full((len(clips), len(CLASSES)), np.nan)
    for modality in MODALITIES:
        shares = found.votes.get(modality, silent)
        columns |= {name: _known(shares[:, k], shares[:, k]) for k, name in enumerate(votes(modality))}
    return pa.Table.from_pydict({name: columns[name] for name in ANSWERS.names}, schema=ANSWERS)


def _known(values: np.ndarray, there: np.ndarray) -> list[float | None]:
    """The values as a column that is null where ``there`` is not a number."""
    return [None if np.isnan(known) else float(value) for value, known in zip(values, there, strict=True)]


def as_csv(table: pa.Table) -> str:
    """A table of answers as CSV, with probabilities to four decimals; what a clip has not is an empty cell."""
    frame: pd.DataFrame = table.to_pandas()
    return frame.to_csv(index=False, float_format="%.4f", lineterminator="\n")


def as_json_lines(table: pa.Table) -> str:
    """A table of answers as JSON, a line for each clip, with all digits; what a clip has not is null."""
    frame: pd.DataFrame = table.to_pandas()
    return frame.to_json(orient="records", lines=True, force_ascii=False, double_precision=15)
