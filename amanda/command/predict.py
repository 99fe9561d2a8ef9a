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
from extractors.shared.program import UserError

SHOWN = 200
"""Largest number of clips on the page; the tables have all."""

GENERATED = (
    "This model was trained on generated clips, or on features of random networks. It shows how the program works and"
    " cannot recognise emotions."
)
"""The warning before the numbers of a model whose record has a warning, such as the demo's."""

SPEECH = {"aggressiveness": 1, "gap": 0.5, "shortest": 0.5, "longest": 10.0}
"""The definition of a segment, see :class:`extractors.clips.speech.Habits`: about as long as the clips of corpora."""

LIMITS = {"max_failed_fraction": 1.0, "max_faceless_fraction": 1.0}
"""Limits that never stop the extraction, because each clip's answer says what is missing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The user's request.

    Attributes:
        model: the model folder.
        clips: media files, folders, tables.
        text: the transcript of a single clip; empty to use files beside the clips.
        segment: whether each segment of speech is a clip.
        transcribe: a speech recogniser for clips without words, a folder or hub id; empty for none.
        output: the folder of the answers; finished clips in it are kept.
        networks: modality, or ``detector``, -> path of its network; other networks are searched for.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:k``.
    """

    model: Path
    clips: Sequence[Path]
    text: str
    segment: bool
    transcribe: str
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
        transcribed: the speech recogniser that transcribed clips; empty for none.
    """

    record: ModelRecord
    release: str
    manifest: Path
    indexes: Mapping[str, Path]
    compute: Mapping[str, object]
    transcribed: str

    @property
    def features(self) -> dict[str, object]:
        """The flags that pass the features to a program."""
        return {"modalities": list(self.indexes), "features": list(self.indexes.values())}


def predict(asked: Asked) -> list[Row]:
    """Answer every clip and write ``answers.csv``, ``.jsonl``, ``.parquet`` and ``.html``, and ``timelines``.

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
    heard = f"; words by {made.transcribed} where none were given" if made.transcribed else ""
    about = {"model": name_of(made.record) + heard, "warning": warning_of(made.record)}
    run_step("extractors.show_answers", page | about | {"most": SHOWN, "page": f"{answers}.html"})
    run_step("amanda.write_timelines", page | about | {"folder": output / "timelines"})
    return pq.read_table(f"{answers}.parquet").to_pylist()


def make_features(asked: Asked) -> Made:
    """Find the clips, and make features of the model's modalities in the way in which the model's own were made.

    An interrupted extraction continues. A clip whose features exist is not extracted again.
    """
    record = read_record(asked.model)
    networks, indexes = find_networks(record, asked.networks), {}
    folders = [os.path.abspath(path if path.is_dir() else path.parent) for path in asked.clips]
    release, work = os.path.commonpath(folders), asked.output / "work"
    compute = {"device": asked.device, "threads": os.cpu_count() or 1}
    manifest = find_manifest(asked, release, work)
    if asked.transcribe:
        wordless, manifest = manifest, work / "transcribed.parquet"
        told = {"clips": wordless, "release": release, "recogniser": asked.transcribe, "manifest": manifest}
        silence = {"silence-db": record.extraction["audio"]["silence_db"]}
        run_step("extractors.transcribe_clips", told | silence | compute)
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
    return Made(record, release, manifest, indexes, compute, asked.transcribe)


def find_manifest(asked: Asked, release: str, work: Path) -> Path:
    """Write the manifest of the clips that the user named, or of the speech in them, and return its path."""
    if asked.segment and asked.text:
        raise UserError(
            "--text: has no times, so no segment can have it; put the words in an .srt or .vtt beside the film"
        )
    named, speech = work / "manifest.parquet", work / "speech.parquet"
    clips = {"clips": list(asked.clips), "release": release, "text": asked.text, "manifest": named}
    run_step("extractors.find_clips", clips)
    if not asked.segment:
        return named
    run_step("extractors.find_speech", {"recordings": named, "release": release, "manifest": speech, **SPEECH})
    return speech


def warning_of(record: ModelRecord) -> str:
    """The warning about a model; empty for a model of real corpora."""
    return f"{GENERATED} {record.warning}" if record.warning else ""


def name_of(record: ModelRecord) -> str:
    """A model's display name, with its modalities if it does not have all."""
    of = "" if record.modalities == MODALITIES else f" (of {' and '.join(record.modalities)} alone)"
    return f"{record.label}, trained on {record.source} and adapted to {record.target}{of}"


def answered(answers: Sequence[Row]) -> int:
    """The number of clips with an answer."""
    return sum(answer["status"] == ANSWERED for answer in answers)
