"""Features of a corpus -> one sentence: whether the frames, input and settings of all clips are unchanged.

Each clip's frames and media are hashed again, and its digest is computed again with the present weights and settings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from extractors.features.clip_extraction import Task, add_task_flags, make_task
from extractors.features.order import order_clips
from extractors.features.shard_journal import frames_sha256
from extractors.features.store import USABLE, open_frames
from extractors.shared.clip import Row
from extractors.shared.files import atomic_file, read_table
from extractors.shared.program import UserError, progress, run

SHOWN = 20
"""Largest number of mismatches that are printed one by one."""


def mismatches(clips: list[Row], rows: list[Row], task: Task, folder: Path) -> Iterator[tuple[str, str]]:
    """Name and problem of each clip that does not match.

    Args:
        clips: the rows of the manifest.
        rows: the rows of the corpus index, in the same order.
        task: the extraction with the present settings and weights.
        folder: folder of the index.
    """
    files: dict[str, np.ndarray] = {}
    for clip, row in progress(zip(clips, rows, strict=True), "clips", len(clips)):
        if row["status"] not in USABLE:
            continue
        if row["frames_file"] not in files:
            files[row["frames_file"]] = open_frames(folder / row["frames_file"], 0)
        frames = files[row["frames_file"]][row["offset"] : row["offset"] + row["length"]]
        problem = _problem(row, frames, task.identify(clip))
        if problem:
            yield row["clip_id"], problem


def _problem(row: Row, frames: np.ndarray, identity: Row) -> str:
    """The first mismatch of one clip; empty if there is none."""
    if frames_sha256(frames) != row["frames_sha256"]:
        return "its frames in the file are not those that were extracted"
    if not identity["input_hash"]:
        return "its media is missing or may not be opened"
    if identity["input_hash"] != row["input_hash"]:
        return "its media or its row in the manifest has changed since"
    return (
        ""
        if identity["digest"] == row["digest"]
        else "it was extracted with other weights, settings or files of the backbone, or with another version of the"
        " pre-processing"
    )


def main() -> None:
    """Parse the flags, hash everything again, and write the sentence if all matches."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_task_flags(parser)
    parser.add_argument("--index", required=True, type=Path, help="the corpus index")
    parser.add_argument(
        "--report", required=True, type=Path, help="output: the sentence; absent where something differs"
    )
    flags = parser.parse_args()
    manifest = read_table(flags.manifest, "extractors.read_release")
    rows = order_clips(manifest, read_table(flags.index, "extractors.index_features")).to_pylist()
    task = make_task(flags, torch.device("cpu"))
    found = list(mismatches(manifest.to_pylist(), rows, task, flags.index.parent))
    for clip_id, problem in found[:SHOWN]:
        sys.stderr.write(f"{clip_id}: {problem}\n")
    if found:
        raise UserError(
            f"{flags.index}: {len(found)} of {len(rows)} clips do not match, the first because {found[0][1]};"
            " restore what changed, or run the extraction again, which redoes just these"
        )
    with atomic_file(flags.report) as temporary:
        temporary.write_text(f"{flags.index.name}: all {len(rows)} clips match their files, weights and settings\n")


if __name__ == "__main__":
    run(main)
