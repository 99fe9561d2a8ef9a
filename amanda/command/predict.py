"""``amanda predict``: clips -> manifest -> features -> answers -> a page, by the programs that the workflow runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from amanda.command.models import find_networks, read_record
from amanda.command.steps import run_step
from amanda.sharing.record import ModelRecord
from extractors.shared.answers import ANSWERED
from extractors.shared.clip import MODALITIES, Row

SHOWN = 200
"""Clips on the page; the tables have all."""

LIMITS = {"max_failed_fraction": 1.0, "max_faceless_fraction": 1.0}
"""How much may go wrong: everything, since each clip says what is missing of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for.

    Attributes:
        model: the model folder.
        clips: media files, folders, tables.
        text: the words of a single clip; empty: those of the files beside the clips.
        output: the folder of the answers; what is finished in it is kept.
        networks: modality -> where its network lies; the others are looked for.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:k``.
    """

    model: Path
    clips: Sequence[Path]
    text: str
    output: Path
    networks: Mapping[str, str]
    device: str


def predict(asked: Asked) -> list[Row]:
    """Answer every clip and write ``answers.csv``, ``.jsonl``, ``.parquet`` and ``.html``.

    Returns:
        The answers, in the order of the clips.

    Raises:
        UserError: the model cannot be used, or a network is not there.
        SystemExit: a program refused, and said why on stderr.
    """
    record = read_record(asked.model)
    release = os.path.commonpath([os.path.abspath(path.parent if _is_file(path) else path) for path in asked.clips])
    work, answers = asked.output / "work", asked.output / "answers"
    manifest = work / "manifest.parquet"
    compute = {"device": asked.device, "threads": os.cpu_count() or 1}
    clips = {"clips": list(asked.clips), "release": release, "text": asked.text, "manifest": manifest}
    run_step("extractors.find_clips", clips)
    indexes = extract(record, asked, release, work, compute)
    tables = {"csv": f"{answers}.csv", "json-lines": f"{answers}.jsonl", "parquet": f"{answers}.parquet"}
    run_step("amanda.predict_clips", {"model": asked.model, "manifest": manifest, **indexes, **tables, **compute})
    page = {"manifest": manifest, "release": release, "answers": f"{answers}.parquet", "page": f"{answers}.html"}
    about = {"model": name_of(record), "warning": record.warning, "most": SHOWN}
    run_step("extractors.show_answers", page | about)
    return pq.read_table(f"{answers}.parquet").to_pylist()


def extract(record: ModelRecord, asked: Asked, release: str, work: Path, compute: Mapping[str, object]) -> Row:
    """Make the features of every modality as the model's were made; returns its index of each.

    An extraction that was ended goes on where it was. A clip whose features are there is not extracted again.
    """
    networks, indexes = find_networks(record, asked.networks), {}
    for name in MODALITIES:
        settings = record.extraction[name] | {"sha256": record.backbones[name].weights_sha256}
        shard, index = work / name / "1-of-1", work / f"{name}.parquet"
        given = {"manifest": work / "manifest.parquet", "release": release, "modality": name, "shard": "1-of-1"}
        made = {"frames": f"{shard}.npy", "index": f"{shard}.parquet"}
        network = {"backbone": networks[name], "settings": json.dumps(settings)}
        run_step(
            "extractors.extract_shard",
            given | network | made | dict(compute),
            attempts=2,
        )
        indexing = {"manifest": work / "manifest.parquet", "shards": f"{shard}.parquet", "limits": json.dumps(LIMITS)}
        run_step("extractors.index_features", indexing | {"index": index})
        indexes[name] = index
    return indexes


def name_of(record: ModelRecord) -> str:
    """A model's name for people."""
    return f"{record.label}, trained on {record.source} and adapted to {record.target}"


def answered(answers: Sequence[Row]) -> int:
    """How many clips have an answer."""
    return sum(answer["status"] == ANSWERED for answer in answers)


def _is_file(path: Path) -> bool:
    """Whether a path stands for a file, also one that is not there."""
    return not path.is_dir()
