"""The model card: README.md of a model folder, with the header that the model hub reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np

from amanda.shared.names import corpus_name, method_name
from amanda.shared.wording import counted, listed
from amanda.sharing.record import ModelRecord
from amanda.sharing.settings import LEAST_CLIPS, SharingSettings
from amanda.statistics.claims.interval import interval

LIMITS = """\
- The classes are {classes}. A clip of any other emotion gets one of these.
- Probabilities were calibrated on the source's validation clips. On other recordings they are too high; an adaptation
  reduces this error but does not remove it.
- A score on one corpus says little about recordings of other people, languages, rooms and cameras.
- Labels are what annotators saw in acted or public recordings, not what somebody felt. Do not judge people by them.
"""

PRIVACY = """\
The folder contains no clip, name, transcript or path. Beside the networks it contains means and standard deviations of
single input columns, label shares and a calibration, each with its number of clips. Weights reveal a little about
membership in their training set. Release only one version: two versions whose clips differ by one reveal that clip.
"""


PARTS_OF = {"text": "the words", "audio": "the voice", "visual": "the face"}
"""Modality -> its description for the model card."""


def write_card(
    record: ModelRecord,
    settings: SharingSettings,
    scores: Iterable[tuple[str, Sequence[float]]],
    alpha: float,
    split: str,
) -> str:
    """The model card, Markdown with a YAML header.

    Args:
        record: the content of ``model.json``.
        settings: licence and limits of sharing.
        scores: name of a score on the target and its value for each run, in percent.
        alpha: level of the intervals over runs.
        split: the target's split that was scored.
    """
    pair = f"{corpus_name(record.source)} → {corpus_name(record.target)}"
    parts = [
        header(record, settings),
        f"# {method_name(record.label)}, {pair}\n",
        *(f"**{warning}**\n" for warning in warnings_of(record)),
        f"One of {', '.join(record.classes)}, from {listed(PARTS_OF[name] for name in record.modalities)} of a clip."
        " To use it:\n",
        "```python\nimport amanda\n\nmodel = amanda.load(folder)\n```\n",
        f"`model.predict(frames, faces)` takes a clip's frames from {', '.join(backbones(record))}.\n",
        f"## Scores\n\n{score_table(scores, alpha, split, record)}",
        f"## What it knows of its source\n\n{source_table(record)}",
        f"## Limits\n\n{LIMITS.format(classes=', '.join(record.classes))}",
        f"## Privacy\n\n{PRIVACY}",
        f"## Licence\n\n{settings.licence_note}\n",
    ]
    return "\n".join(parts)


def header(record: ModelRecord, settings: SharingSettings) -> str:
    """The YAML header; texts are quoted as in JSON, which is valid YAML."""
    tags = ["emotion-recognition", "multimodal", "domain-adaptation", *(["synthetic"] if record.warning else [])]
    lines = [
        "---",
        f"license: {settings.licence}",
        "library_name: amanda",
        "pipeline_tag: video-classification",
        f"tags: {json.dumps(tags)}",
        f"model_name: {json.dumps(f'{record.method} {record.source}-{record.target}')}",
        "---",
    ]
    return "\n".join(lines) + "\n"


def warnings_of(record: ModelRecord) -> list[str]:
    """Warnings before any number: synthetic data, and statistics of few clips."""
    least = min(*(each.clips for each in record.statistics.values()), record.share_clips, record.calibration.clips)
    few = (
        f"FEW CLIPS: a statistic in this folder is of {counted(least, 'clip')} only, fewer than {LEAST_CLIPS}."
        " Statistics of so few clips may reveal who was among them; do not share such a model of real people's clips."
    )
    return [text for text in (record.warning, few if least < LEAST_CLIPS else "") if text]


def backbones(record: ModelRecord) -> list[str]:
    """Each backbone in words, with the first digits of its checksum."""
    return [f"{each.weights} ({name}, SHA-256 {each.weights_sha256[:8]}…)" for name, each in record.backbones.items()]


def score_table(scores: Iterable[tuple[str, Sequence[float]]], alpha: float, split: str, record: ModelRecord) -> str:
    """Mean of each score over the runs, with its interval; a sentence if the target has no labels."""
    scores = list(scores)
    if all(np.isnan(values).all() for _, values in scores):
        return f"{corpus_name(record.target)} has no labels, so that there is no score.\n"
    lines = [
        f"On the {split} split of {corpus_name(record.target)}, mean over {counted(len(record.runs), 'run')} of single"
        f" networks in percent, with {100 * (1 - alpha):g} % Student-t intervals over runs.\n",
        "| score | mean | interval |",
        "| --- | ---: | ---: |",
    ]
    for name, values in scores:
        low, high = interval(np.asarray(values, np.float64), alpha, 100.0)
        shown = "none: one run" if np.isnan(low) else f"{max(low, 0):.1f} to {high:.1f}"
        lines.append(f"| {name} | {np.mean(values):.1f} | {shown} |")
    return "\n".join(lines) + "\n"


def source_table(record: ModelRecord) -> str:
    """Each statistic in the folder, with the number of clips from which it was computed."""
    found = record.calibration
    shares = ", ".join(f"{name} {share:.2f}" for name, share in record.shares.items())
    lines = [
        "| statistic | value | clips |",
        "| --- | --- | ---: |",
        f"| label shares | {shares} | {record.share_clips} |",
    ]
    lines += [
        f"| mean and deviation of each {name} column | `columns.safetensors` | {each.clips} |"
        for name, each in record.statistics.items()
    ]
    lines.append(f"| mean confidence | {found.confidence:.2f} | {found.clips} |")
    lines.append(f"| calibration error there, after temperature | {found.error:.2f} | {found.clips} |")
    return "\n".join(lines) + "\n"
