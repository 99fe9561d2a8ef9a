"""Quality of a corpus -> one HTML file that needs no other: what was found, both halves to confirm, the worst clips."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

from extractors.pages.quality_pictures import choose_halves, choose_worst, halves, strip
from extractors.quality.checks import closing_sentence, count_reasons
from extractors.quality.silence import silence_bound
from extractors.shared.clip import CLASSES, Row
from extractors.shared.html import html_page, html_table

STYLE = """
figure { margin: 1.5rem 0; } figcaption { margin-bottom: .4rem; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; display: block; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 0 2rem; }
.halves { display: flex; gap: 1rem; }
.halves p { margin: 0; padding: .3rem; border: 4px solid transparent; }
.halves p.used { border-color: var(--mark); }
.used strong { color: var(--mark); }
"""

REASONED = 40
"""Reasons on the page; the manifest can give each clip its own."""

FORMATS = 12
"""Kinds of media file on the page."""

CHOICES = 20
"""Choices among streams on the page."""

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
    clips: Sequence[Row],
    labels: Mapping[str, str],
    release: Path,
    settings: Mapping[str, Any],
) -> str:
    """The page of a corpus.

    Args:
        rows: its quality table.
        clips: its manifest, the same clips in the same order.
        labels: clip_id -> class, empty where a clip has none; they are counted and nothing else.
        release: the folder that the manifest's paths start from.
        settings: the bounds of the checks, and ``halves``, ``strips`` (clips shown), ``strip_frames`` (frames of
            each) and ``listed`` (most clips in the table of findings).
    """
    source = {clip["clip_id"]: clip for clip in clips}
    sections = [
        f'<p class="closing">{escape(closing_sentence(rows))}</p>',
        _reasons(rows),
        _classes(rows, labels),
        _bounds(silence_bound(rows, settings), settings),
        _formats(rows),
        _streams(rows),
        _halves(choose_halves(rows, settings["halves"]), source, release),
        _strips(choose_worst(rows, settings["strips"]), source, release, settings["strip_frames"]),
        _findings([row for row in rows if row["findings"]], settings["listed"]),
    ]
    return html_page(f"Quality of {rows[0]['corpus']}", STYLE, sections, release)


def _reasons(rows: Sequence[Row]) -> str:
    counted = [(status, reason, count) for (status, reason), count in count_reasons(rows).most_common(REASONED)]
    caption = "Clips per reason; a clip can have several. Quarantined and excluded clips are not usable."
    return "<h2>Why</h2>\n" + html_table(
        caption, ["status", "reason", "clips"], counted or [("ok", "no finding", len(rows))]
    )


def _classes(rows: Sequence[Row], labels: Mapping[str, str]) -> str:
    """Findings of the usable clips of each class: what is found in one class only may be its way of speaking."""
    usable = [row for row in rows if row["status"] != "excluded"]
    classes = list(dict.fromkeys([*CLASSES, *(labels[row["clip_id"]] for row in usable)]))
    members = {name: [row for row in usable if labels[row["clip_id"]] == name] for name in classes}
    kinds = Counter(kind for row in usable for kind in row["findings"])
    if not kinds:
        return ""
    told = [("all clips", *(len(members[name]) for name in classes))]
    for kind, _ in kinds.most_common():
        told.append((kind, *(sum(kind in row["findings"] for row in members[name]) for name in classes)))
    told.append(("median loudness, dBFS", *(_number(_median_loudness(members[name])) for name in classes)))
    caption = "Clips of each class. What is found in one class much more often than in the others may be no defect."
    headings = ["finding", *(name or "no class" for name in classes)]
    return "<h2>Which classes</h2>\n" + html_table(caption, headings, told, row_headings=1)


def _median_loudness(rows: Sequence[Row]) -> float | None:
    heard = [row["rms_db"] for row in rows if row.get("rms_db") is not None and math.isfinite(row["rms_db"])]
    return median(heard) if heard else None


def _bounds(silence: float, settings: Mapping[str, Any]) -> str:
    faces = f"; few faces: below {settings['min_face_rate']:.0%} of the sampled frames" if settings["face_rate"] else ""
    return (
        f"<p>Bounds: length off by more than {settings['duration_tolerance']:g} s; silent: below"
        f" {silence:.1f} dBFS ({settings['silence_below']:g} dB below the median of the corpus, but at least"
        f" {settings['silence_db']:g}); black: mean luma below {settings['black_luma']:g} of 255; frozen: for at"
        f" least {settings['frozen_seconds']:g} s no picture differs from the first by"
        f" {settings['frozen_difference']:g} of 255{faces}.</p>"
    )


def _formats(rows: Sequence[Row]) -> str:
    kinds = Counter(
        (f"{row['width']} x {row['height']}", _number(row["fps"]), row["channels"] or "", row["sample_rate"] or "")
        for row in rows
        if row.get("width") and row.get("channels")
    )
    counted = [(*kind, count) for kind, count in kinds.most_common(FORMATS)]
    other = kinds.total() - sum(count for *_, count in counted)
    caption = "Measured on the files, not read from their headers" + f"; {other} clips are of other kinds" * bool(other)
    return "<h2>The media</h2>\n" + html_table(
        f"{caption}.", ["pictures", "frames per second", "channels", "samples per second", "clips"], counted
    )


def _streams(rows: Sequence[Row]) -> str:
    chosen = [row for row in rows if row["streams"]]
    if not chosen:
        return ""
    example = {row["streams"]: row["clip_id"] for row in reversed(chosen)}
    counted = Counter(row["streams"] for row in chosen).most_common(CHOICES)
    other = len(chosen) - sum(count for _, count in counted)
    caption = (
        "Files with several streams to read. The one marked default is read, then those meant for everyone, then the"
        " first; never a cover" + f"; {other} clips have other choices" * bool(other)
    )
    told = [(words, count, example[words]) for words, count in counted]
    return "<h2>Which stream</h2>\n" + html_table(f"{caption}.", ["read", "clips", "such as"], told)


def _halves(chosen: Sequence[Row], source: Mapping[str, Row], release: Path) -> str:
    figures = []
    for row in chosen:
        pictures = halves(source[row["clip_id"]], release)
        parts = "".join(
            f'<p class="{"used" if side == row["crop"] else "other"}">'
            f'<img src="{uri}" alt="{side} half of the middle frame of {escape(row["clip_id"])}">'
            f"{'<strong>in use</strong>' if side == row['crop'] else 'not in use'} ({side})</p>"
            for side, uri in pictures.items()
        )
        caption = f"{escape(row['clip_id'])}: speaker {escape(row['speaker'])} is taken from the {row['crop']} half"
        figures.append(f'<figure><figcaption>{caption}</figcaption><div class="halves">{parts}</div></figure>')
    if not figures:
        return ""
    question = (
        "<p>Two people, side by side. Does the framed half show the speaker that is named, and the same person wherever"
        " this name stands? If it shows the other one everywhere, the choice of the half is the wrong way round.</p>"
    )
    return "\n".join(["<h2>Which half</h2>", question, '<div class="pairs">', *figures, "</div>"])


def _strips(chosen: Sequence[Row], source: Mapping[str, Row], release: Path, frames: int) -> str:
    figures = []
    for row in chosen:
        uri = strip(source[row["clip_id"]], release, frames)
        picture = f'<img src="{uri}" alt="{frames} frames of {escape(row["clip_id"])} in order of time">' if uri else ""
        caption = f"{escape(row['clip_id'])} ({row['status']}): {escape(row['reason'])}"
        figures.append(f"<figure><figcaption>{caption}</figcaption>{picture or 'No frame can be read.'}</figure>")
    return "\n".join(["<h2>The worst clips that have pictures</h2>", *(figures or ["<p>No clip has a finding.</p>"])])


def _findings(found: Sequence[Row], listed: int) -> str:
    if not found:
        return ""
    told = [
        (row["clip_id"], row["status"], row["reason"], *(_number(row.get(key)) for key in MEASUREMENTS))
        for row in sorted(found, key=lambda row: row["status"] != "quarantined")[:listed]
    ]
    caption = f"{len(told)} of {len(found)} clips with findings; the quality table has all clips."
    headings = ["clip", "status", "reason", *MEASUREMENTS.values()]
    return "<h2>All findings</h2>\n" + html_table(caption, headings, told)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
