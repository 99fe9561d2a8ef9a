"""Manifest and release -> a quality table with a row for each decoded and measured clip, and pictures of some clips."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import pyarrow as pa
import torch

from extractors.corpora.defects import write_defects
from extractors.pages.inputs import check_release
from extractors.pages.quality_pictures import PICTURES, read_pictures
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
from extractors.quality.settings import InspectionSettings
from extractors.quality.silence import judge_silence
from extractors.shared.children import Death, in_children
from extractors.shared.clip import Row
from extractors.shared.files import read_table, write_table
from extractors.shared.program import progress, run
from extractors.shared.settings import read_settings

NEVER = 0
"""Time limit of a file in seconds; 0 means none, because long recordings take long."""


def inspect_clips(clips: Sequence[Row], release: Path, settings: InspectionSettings, threads: int) -> list[Row]:
    """Decode, measure and judge every usable clip, in parallel processes because a file may crash its process.

    Args:
        clips: rows of the manifest.
        release: the folder to which their paths are relative.
        settings: the bounds for suspect clips.
        threads: number of files that are decoded at once. It does not affect the result.

    Returns:
        One row of :data:`extractors.quality.checks.QUALITY` per clip, in the order of the manifest.
    """

    def prepare() -> Callable[[Media], list[Outcome]]:
        torch.set_num_threads(1)
        faces = FaceCounter(settings) if settings.face_rate else None
        return lambda media: inspect(media, release, faces)

    cv2.setNumThreads(1)  # like torch's threads, they do not survive a fork, and a child would wait for them
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
        else judged(clip, [found[number, column] for column in MEDIA if (number, column) in found], settings)
        for number, clip in enumerate(clips)
    ]
    return judge_silence(rows, settings)


def main() -> None:
    """Inspect a corpus, write its quality table and the pictures for its page, and print the closing sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument("--release", required=True, type=Path, help="folder that the manifest's paths start from")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(InspectionSettings.model_fields)}")
    parser.add_argument("--quality", required=True, type=Path, help="output, Parquet: one row per clip of the manifest")
    parser.add_argument("--pictures", required=True, type=Path, help="output, Parquet: pictures for the page")
    parser.add_argument(
        "--defects", required=True, type=Path, help="output, TSV: broken clips, in the form of extra_defects"
    )
    parser.add_argument("--threads", required=True, type=int, help="files to decode at once")
    flags = parser.parse_args()
    settings = read_settings(InspectionSettings, flags.settings)
    check_release(flags.release)
    clips = read_table(flags.manifest, "python -m extractors.read_release").to_pylist()
    rows = inspect_clips(clips, flags.release, settings, flags.threads)
    write_table(flags.quality, pa.Table.from_pylist(rows, schema=QUALITY))
    write_defects(flags.defects, [(row["clip_id"], row["reason"]) for row in rows if row["status"] == "quarantined"])
    pictures = read_pictures(rows, clips, flags.release, settings)
    write_table(flags.pictures, pa.Table.from_pylist(pictures, schema=PICTURES))
    sys.stdout.write(closing_sentence(rows) + "\n")


if __name__ == "__main__":
    run(main)
