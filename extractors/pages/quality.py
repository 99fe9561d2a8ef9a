"""Quality of a corpus -> a self-contained HTML file: findings, halves of recordings to confirm, and the worst clips."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from extractors.pages.quality_pictures import SIDES
from extractors.pages.template import render
from extractors.pages.thumbnail import data_uri
from extractors.quality.checks import closing_sentence, count_reasons
from extractors.quality.settings import QualitySettings
from extractors.quality.silence import silence_bound
from extractors.shared.clip import Row
from extractors.shared.labels import Labels

Cells = tuple[str | int, ...]
"""A row of a table on the page."""

REASONED = 40
"""Largest number of reasons on the page, because each clip in the manifest can have its own reason."""

FORMATS = 12
"""Largest number of kinds of media files on the page."""

CHOICES = 20
"""Largest number of choices among streams on the page."""

MEASUREMENTS = {
    "annotated_seconds": "annotated, s",
    "picture_seconds": "pictures, s",
    "sound_seconds": "sound, s",
    "sound_gap": "of it without sound, s",
    "rms_db": "loudness, dBFS",
    "luma": "luma",
    "motion": "motion",
    "face_rate": "face rate",
}
"""Columns of the quality table that the page prints, and their headings."""


def quality_page(
    rows: Sequence[Row],
    pictures: Sequence[Row],
    labels: Labels,
    release: Path,
    settings: QualitySettings,
) -> str:
    """The page of a corpus.

    Args:
        rows: its quality table.
        pictures: rows of :data:`extractors.pages.quality_pictures.PICTURES`.
        labels: labels of its clips. They are only counted.
        release: the folder of the release, which shows whether it is a synthetic twin.
        settings: the bounds for suspect clips, and the length of the table of findings.
    """
    known = {row["clip_id"]: row for row in rows}
    found = [row for row in rows if row["findings"]]
    classes = labels.of_clip
    used = (classes[row["clip_id"]] for row in rows if row["status"] != "excluded")
    names = list(dict.fromkeys([*labels.classes, *used]))
    return render(
        "quality.html.j2",
        release,
        corpus=rows[0]["corpus"],
        sentence=closing_sentence(rows),
        reasons=_reasons(rows),
        class_names=[name or "no class" for name in names],
        classes=_classes(rows, classes, names),
        settings=settings,
        silence=silence_bound(rows, settings),
        formats=_formats(rows),
        streams=_streams(rows),
        halves=_halves(known, pictures),
        strips=[(known[one["clip_id"]], _uri(one)) for one in pictures if one["kind"] == "strip"],
        measurements=list(MEASUREMENTS.values()),
        found=len(found),
        findings=_findings(found, settings.listed),
    )


def _halves(known: Mapping[str, Row], pictures: Sequence[Row]) -> list[tuple[Row, dict[str, str]]]:
    """Each side-by-side clip, and the halves of it that can be shown."""
    shown: dict[str, dict[str, str]] = {}
    for one in pictures:
        if one["kind"] in SIDES:
            sides = shown.setdefault(one["clip_id"], {})
            sides |= {one["kind"]: _uri(one)} if one["jpeg"] else {}
    return [(known[clip_id], sides) for clip_id, sides in shown.items()]


def _uri(picture: Row) -> str:
    return data_uri(picture["jpeg"]) if picture["jpeg"] else ""


def _reasons(rows: Sequence[Row]) -> Sequence[Cells]:
    counted = [(status, reason, count) for (status, reason), count in count_reasons(rows).most_common(REASONED)]
    return counted or [("ok", "no finding", len(rows))]


def _classes(rows: Sequence[Row], labels: Mapping[str, str], names: Sequence[str]) -> Sequence[Cells]:
    """Findings of the usable clips of each class. A finding in one class only may be a property of its speech."""
    usable = [row for row in rows if row["status"] != "excluded"]
    members = [[row for row in usable if labels[row["clip_id"]] == name] for name in names]
    kinds = Counter(kind for row in usable for kind in row["findings"])
    if not kinds:
        return []
    counted = [
        (kind, *(sum(kind in row["findings"] for row in group) for group in members)) for kind, _ in kinds.most_common()
    ]
    loudness = (_number(_median_loudness(group)) for group in members)
    return [("all clips", *map(len, members)), *counted, ("median loudness, dBFS", *loudness)]


def _median_loudness(rows: Sequence[Row]) -> float | None:
    heard = [row["rms_db"] for row in rows if row.get("rms_db") is not None and math.isfinite(row["rms_db"])]
    return median(heard) if heard else None


def _formats(rows: Sequence[Row]) -> dict[str, Any]:
    """The most frequent kinds of files, and the number of clips of other kinds."""
    kinds = Counter(
        (f"{row['width']} x {row['height']}", _number(row["fps"]), row["channels"] or "", row["sample_rate"] or "")
        for row in rows
        if row.get("width") and row.get("channels")
    )
    counted = [(*kind, count) for kind, count in kinds.most_common(FORMATS)]
    return {"rows": counted, "other": kinds.total() - sum(count for *_, count in counted)}


def _streams(rows: Sequence[Row]) -> dict[str, Any]:
    """The most frequent choices among streams, each with its first clip, and the number of clips with other choices."""
    chosen = [row for row in rows if row["streams"]]
    example = {row["streams"]: row["clip_id"] for row in reversed(chosen)}
    counted = Counter(row["streams"] for row in chosen).most_common(CHOICES)
    told = [(words, count, example[words]) for words, count in counted]
    return {"rows": told, "other": len(chosen) - sum(count for _, count in counted)}


def _findings(found: Sequence[Row], listed: int) -> Sequence[Cells]:
    """The first clips with findings. Quarantined clips come first."""
    return [
        (row["clip_id"], row["status"], row["reason"], *(_number(row.get(key)) for key in MEASUREMENTS))
        for row in sorted(found, key=lambda row: row["status"] != "quarantined")[:listed]
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
