"""Manifest, labels and release -> quality: every usable clip decoded, measured and judged, in a table and on a page."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import pyarrow as pa
import torch

from extractors.corpora.defects import write_defects
from extractors.pages.quality import quality_page
from extractors.quality.checks import QUALITY, closing_sentence
from extractors.quality.inspection import (
    MEDIA,
    FaceCounter,
    Media,
    Outcome,
    excluded_row,
    inspect,
    judged,
    media_files,
    not_inspected,
)
from extractors.quality.silence import judge_silence
from extractors.shared.children import Death, in_children
from extractors.shared.clip import Row
from extractors.shared.files import atomic_file, read_table, write_table
from extractors.shared.html import check_inputs
from extractors.shared.program import UserError, progress, run

SETTINGS = frozenset(
    {"duration_tolerance", "silence_db", "silence_below", "black_luma", "frozen_difference", "frozen_seconds"}
    | {"face_rate", "min_face_rate", "face_frames", "cascade_scale", "cascade_neighbours", "detection_side", "min_face"}
    | {"halves", "strips", "strip_frames", "listed"}
)
"""The keys of ``--settings``, all of them needed; their users say what they mean."""

NEVER = 0
"""Seconds after which a file is given up: a recording of hours takes as long as it takes."""


def inspect_clips(clips: Sequence[Row], release: Path, settings: Mapping[str, Any], threads: int) -> list[Row]:
    """Decode, measure and judge every usable clip; files side by side in processes, which one of them may end.

    Args:
        clips: rows of the manifest.
        release: the folder that their paths start from.
        settings: the keys of :data:`SETTINGS`.
        threads: files that are decoded at once; their number changes nothing in the result.

    Returns:
        One row of :data:`extractors.quality.checks.QUALITY` per clip, in the order of the manifest.
    """

    def prepare() -> Callable[[Media], list[Outcome]]:
        torch.set_num_threads(1)
        faces = FaceCounter(settings) if settings["face_rate"] else None
        return lambda media: inspect(media, release, faces)

    cv2.setNumThreads(1)  # its threads, as those of torch, do not outlive a fork: a child would wait for them
    files = media_files(clips)
    found: dict[tuple[int, str], Outcome] = {}
    for number, outcomes in progress(in_children(prepare, files, threads, NEVER), "files", len(files)):
        media = files[number]
        if isinstance(outcomes, Death):
            outcomes = not_inspected(media, outcomes)
            sys.stderr.write(f"{outcomes[0][1][0][1]}\n")
        found |= {(clip, media.column): outcome for clip, outcome in zip(media.numbers, outcomes, strict=True)}
    rows = [
        excluded_row(clip)
        if clip["status"] != "ok"
        else judged(clip, [found[number, column] for column in MEDIA], settings)
        for number, clip in enumerate(clips)
    ]
    return judge_silence(rows, settings)


def read_labels(path: Path, clips: Sequence[Row]) -> dict[str, str]:
    """clip_id -> class, empty for none.

    Raises:
        UserError: the table is missing, or not of the same reading as the manifest.
    """
    labels = {row["clip_id"]: row["label"] for row in read_table(path, "python -m extractors.read_release").to_pylist()}
    if not labels.keys() >= {clip["clip_id"] for clip in clips}:
        raise UserError(f"{path}: its clips are not those of the manifest; read the release again")
    return labels


def main() -> None:
    """Inspect a corpus, write its quality table and page, and say the closing sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument("--labels", required=True, type=Path, help="of the manifest; only counted, on the page")
    parser.add_argument("--release", required=True, type=Path, help="folder that the manifest's paths start from")
    parser.add_argument(
        "--settings", required=True, type=json.loads, help="JSON: bounds of the checks, sizes of the page"
    )
    parser.add_argument("--quality", required=True, type=Path, help="output, Parquet: one row per clip of the manifest")
    parser.add_argument("--page", required=True, type=Path, help="output, one HTML file with all its pictures inside")
    parser.add_argument(
        "--defects", required=True, type=Path, help="output, TSV: what is broken, as extra_defects reads it"
    )
    parser.add_argument("--threads", required=True, type=int, help="files to decode at once")
    flags = parser.parse_args()
    clips = read_table(flags.manifest, "python -m extractors.read_release").to_pylist()
    labels = read_labels(flags.labels, clips)
    check_inputs(flags.release, flags.settings, SETTINGS)
    rows = inspect_clips(clips, flags.release, flags.settings, flags.threads)
    write_table(flags.quality, pa.Table.from_pylist(rows, schema=QUALITY))
    write_defects(flags.defects, [(row["clip_id"], row["reason"]) for row in rows if row["status"] == "quarantined"])
    with atomic_file(flags.page) as temporary:
        temporary.write_text(quality_page(rows, clips, labels, flags.release, flags.settings), encoding="utf-8")
    sys.stdout.write(closing_sentence(rows) + "\n")


if __name__ == "__main__":
    run(main)
