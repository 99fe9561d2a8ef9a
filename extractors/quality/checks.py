"""Measurements of a clip -> its problems and its status, and the summary sentence of a corpus."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from extractors.quality.settings import InspectionSettings
from extractors.shared.clip import Row

Finding = tuple[str, str]
"""The kind of a finding, which is counted, and the details for the clip."""

QUALITY = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("corpus", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("findings", pa.list_(pa.string()), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("remark", pa.string(), nullable=False),
        pa.field("streams", pa.string(), nullable=False),
        pa.field("speaker", pa.string(), nullable=False),
        pa.field("dialogue", pa.string(), nullable=False),
        pa.field("crop", pa.string(), nullable=False),
        pa.field("annotated_seconds", pa.float64()),
        pa.field("picture_seconds", pa.float64()),
        pa.field("sound_seconds", pa.float64()),
        pa.field("sound_gap", pa.float64()),
        pa.field("fps", pa.float64()),
        pa.field("width", pa.int64()),
        pa.field("height", pa.int64()),
        pa.field("channels", pa.int64()),
        pa.field("sample_rate", pa.int64()),
        pa.field("rms_db", pa.float64()),
        pa.field("cancelled", pa.bool_()),
        pa.field("luma", pa.float64()),
        pa.field("motion", pa.float64()),
        pa.field("face_rate", pa.float64()),
        pa.field("picture_damage", pa.int64()),
        pa.field("sound_damage", pa.int64()),
    ]
)
"""``results/quality/{corpus}.parquet``: one row per clip of the manifest, in its order.

``status`` is ``ok``; ``degraded``: usable, with a finding; ``quarantined``: a modality cannot be extracted; or
``excluded``: left out by the manifest and not measured. ``findings`` are kinds of findings. ``reason`` gives their
details with numbers, or is the manifest's reason. ``remark`` is the manifest's remark on a used clip. ``streams`` names
the streams that are read from files with several streams, see :func:`extractors.media.streams.choice`. The measurements
are in :mod:`extractors.quality.measure`; ``face_rate`` is the share of sampled frames with a face.
"""

QUARANTINE = ("missing file", "undecodable", "no pictures", "no sound")
"""Kinds of findings that make the extraction of a modality impossible."""

REASONS_TOLD = 4
"""Largest number of reasons in the closing sentence. Further reasons are only counted."""


def annotated_seconds(clip: Mapping[str, Any]) -> float | None:
    """Duration of the clip in seconds, by the manifest's times or, for a whole file, by the label file.

    A file with only an end is shortened because of a known defect. Such an end is a limit and not an annotation. The
    result is None if the duration is unknown.
    """
    for kind in ("video", "audio"):
        start, end = clip[f"{kind}_start"], clip[f"{kind}_end"]
        if start is not None and end is not None:
            return end - start
    whole, limit = clip["annotated_seconds"], clip["video_end"]
    return whole if whole is None or limit is None else min(whole, limit)


def judge(row: Row, failures: Sequence[Finding], settings: InspectionSettings) -> Row:
    """Set the ``status``, ``findings`` and ``reason`` of a measured clip. Silence is judged later.

    Args:
        row: the clip's measured columns.
        failures: findings with a kind in :data:`QUARANTINE`.
        settings: the bounds beyond which a clip is suspect.
    """
    found = [*failures, *_of_length(row, settings), *_of_content(row, settings)]
    kinds = list(dict.fromkeys(kind for kind, _ in found))
    status = "quarantined" if set(kinds) & set(QUARANTINE) else "degraded" if kinds else "ok"
    return row | {
        "status": status,
        "findings": kinds,
        "reason": "; ".join(dict.fromkeys(detail for _, detail in found)),
    }


def _of_length(row: Row, settings: InspectionSettings) -> Iterator[Finding]:
    tolerance, annotated = settings.duration_tolerance, row["annotated_seconds"]
    pictures, sound = row.get("picture_seconds"), row.get("sound_seconds")
    if annotated is not None:
        for what, seconds in (("pictures last", pictures), ("sound lasts", sound)):
            if seconds is not None and abs(seconds - annotated) > tolerance:
                kind = "too short" if seconds < annotated else "too long"
                yield kind, f"{kind}: {what} {seconds:.2f} s, annotated are {annotated:.2f} s"
    elif pictures is not None and sound is not None and abs(pictures - sound) > tolerance:
        yield "uneven", f"uneven: pictures last {pictures:.2f} s, sound lasts {sound:.2f} s"


def _of_content(row: Row, settings: InspectionSettings) -> Iterator[Finding]:
    for what in ("picture", "sound"):
        if row.get(f"{what}_damage"):
            yield f"damaged {what}", f"damaged {what}: {row[f'{what}_damage']} packets or frames"
    if row.get("rms_db") is not None and math.isnan(row["rms_db"]):
        yield "undecodable", "undecodable: the sound contains samples that are not numbers"
    elif row.get("cancelled"):
        yield "cancelled", f"cancelled: its channels cancel each other out, {row['rms_db']:.1f} dBFS are left"
    if (row.get("sound_gap") or 0.0) > settings.duration_tolerance:
        yield "holes", f"holes: {row['sound_gap']:.2f} s of its {row['sound_seconds']:.2f} s hold no sound"
    if row.get("luma") is not None and row["luma"] < settings.black_luma:
        yield "black", f"black: mean luma {row['luma']:.1f} of 255"
    elif (
        row.get("motion") is not None
        and row["motion"] < settings.frozen_difference
        and row["picture_seconds"] >= settings.frozen_seconds
    ):
        yield "frozen", f"frozen: no picture differs from the first by more than {row['motion']:.2f} of 255"
    if row.get("face_rate") is not None and row["face_rate"] < settings.min_face_rate:
        yield "few faces", f"few faces: in {row['face_rate']:.0%} of the sampled frames"


def count_reasons(rows: Iterable[Row]) -> Counter[tuple[str, str]]:
    """(status, kind of finding or the manifest's reason) -> number of clips."""
    reasons: Counter[tuple[str, str]] = Counter()
    for row in rows:
        reasons.update((row["status"], kind) for kind in row["findings"] or filter(None, [row["reason"]]))
    return reasons


def closing_sentence(rows: Sequence[Row]) -> str:
    """``n clips usable, m of them degraded, k excluded``, each with the reasons."""
    status, reasons = Counter(row["status"] for row in rows), count_reasons(rows)
    usable = status["ok"] + status["degraded"]
    gone = status["quarantined"] + status["excluded"]
    corpus, degraded = rows[0]["corpus"], status["degraded"]
    return (
        f"{corpus}: {usable} clips usable, {degraded} of them degraded{_why(reasons, ('degraded',))},"
        f" {gone} excluded{_why(reasons, ('quarantined', 'excluded'))}."
    )


def _why(reasons: Counter[tuple[str, str]], of_status: tuple[str, ...]) -> str:
    chosen = sorted(
        ((status, reason, count) for (status, reason), count in reasons.items() if status in of_status),
        key=lambda told: (of_status.index(told[0]), -told[2], told[1]),
    )
    if not chosen:
        return ""
    told = [f"{count} × {reason}" for _, reason, count in chosen[:REASONS_TOLD]]
    rest = sum(count for _, _, count in chosen[REASONS_TOLD:])
    return f" ({'; '.join([*told, f'{rest} for other reasons'] if rest else told)})"
