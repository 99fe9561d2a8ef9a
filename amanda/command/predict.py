"""``amanda predict``: clips -> manifest -> features -> answers -> a page, with the programs of the workflow."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from amanda.command.models import find_detector, find_networks, read_record
from amanda.command.steps import run_step
from amanda.sharing.record import ModelRecord
from extractors.shared.answers import ANSWERED
from extractors.shared.clip import MODALITIES, Row

SHOWN = 200
"""Largest number of clips on the page; the tables have all."""

GENERATED = (
    "This model was trained on generated clips, or on features of random networks. It shows how the program works and"
    " cannot recognise emotions."
)
"""The warning before the numbers of a model whose record has a warning, such as the demo's."""

LIMITS = {"max_failed_fraction": 1.0, "max_faceless_fraction": 1.0}
"""Limits that never stop the extraction, because each clip's answer says what is missing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The user's request.

    Attributes:
        model: the model folder.
        clips: media files, folders, tables.
        text: the transcript of a single clip; empty to use files beside the clips.
        output: the folder of the answers; finished clips in it are kept.
        networks: modality, or ``detector``, -> path of its network; other networks are searched for.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:k``.
    """

    model: Path
    clips: Sequence[Path]
    text: str
    output: Path
    networks: Mapping[str, str]
    device: str


@dataclass(frozen=True, slots=True)
class Made:
    """The features of the requested clips.

    Attributes:
        record: the model's record.
        release: the folder above all clips, to which the manifest's paths are relative.
        manifest: the clips.
        indexes: modality -> index of its features.
        compute: the flags of programs that compute.
    """

    record: ModelRecord
    release: str
    manifest: Path
    indexes: Mapping[str, Path]
    compute: Mapping[str, object]

    @property
    def features(self) -> dict[str, object]:
        """The flags by which programs are given the features."""
        return {"modalities": list(self.indexes), "features": list(self.indexes.values())}


def predict(asked: Asked) -> list[Row]:
    """Answer every clip and write ``answers.csv``, ``.jsonl``, ``.parquet`` and ``.html``.

    Returns:
        The answers, in the order of the clips.

    Raises:
        UserError: the model cannot be used, or a network is missing.
        SystemExit: a program failed; its message is on stderr.
    """
    return answer_with(asked.model, make_features(asked), asked.output)


def answer_with(model: Path, made: Made, output: Path) -> list[Row]:
    """Answer clips whose features exist; see :func:`predict`."""
    answers = output / "answers"
    tables = {"csv": f"{answers}.csv", "json-lines": f"{answers}.jsonl", "parquet": f"{answers}.parquet"}
    asked = {"model": model, "manifest": made.manifest, **made.features, **tables, **made.compute}
    run_step("amanda.predict_clips", asked)
    page = {"manifest": made.manifest, "release": made.release, "answers": f"{answers}.parquet"}
    about = {"model": name_of(made.record), "warning": warning_of(made.record), "most": SHOWN}
    run_step("extractors.show_answers", page | about | {"page": f"{answers}.html"})
    return pq.read_table(f"{answers}.parquet").to_pylist()


def make_features(asked: Asked) -> Made:
    """Find the clips, and make the features of its modalities as the model's were made.

    An interrupted extraction continues. A clip whose features exist is not extracted again.
    """
    record = read_record(asked.model)
    networks, indexes = find_networks(record, asked.networks), {}
    folders = [os.path.abspath(path if path.is_dir() else path.parent) for path in asked.clips]
    release, work = os.path.commonpath(folders), asked.output / "work"
    manifest = work / "manifest.parquet"
    compute = {"device": asked.device, "threads": os.cpu_count() or 1}
    clips = {"clips": list(asked.clips), "release": release, "text": asked.text, "manifest": manifest}
    run_step("extractors.find_clips", clips)
    for name in record.modalities:
        settings = find_detector(record.extraction[name], asked.networks)
        settings |= {"sha256": record.backbones[name].weights_sha256}
        shard, index = work / name / "1-of-1", work / f"{name}.parquet"
        given = {"manifest": manifest, "release": release, "modality": name, "shard": "1-of-1"}
        network = {"backbone": networks[name], "settings": json.dumps(settings)}
        files = {"frames": f"{shard}.npy", "index": f"{shard}.parquet", "others": []}
        run_step("extractors.extract_shard", {**given, **network, **files, **compute}, attempts=2)
        shards = {"manifest": manifest, "shards": f"{shard}.parquet"}
        run_step("extractors.index_features", {**shards, "limits": json.dumps(LIMITS), "index": index})
        indexes[name] = index
    return Made(record, release, manifest, indexes, compute)


def warning_of(record: ModelRecord) -> str:
    """The warning about a model; empty for a model of real corpora."""
    return f"{GENERATED} {record.warning}" if record.warning else ""


def name_of(record: ModelRecord) -> str:
    """A model's name for people, with its modalities where these are not all."""
    of = "" if record.modalities == MODALITIES else f" (of {' and '.join(record.modalities)} alone)"
    return f"{record.label}, trained on {record.source} and adapted to {record.target}{of}"


def answered(answers: Sequence[Row]) -> int:
    """The number of clips with an answer."""
    return sum(answer["status"] == ANSWERED for answer in answers)
