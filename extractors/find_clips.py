"""Media files, folders and tables that a user names -> the manifest of their clips."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pyarrow as pa

from extractors.clips.named import find_clips
from extractors.shared.clip import MANIFEST
from extractors.shared.files import write_table
from extractors.shared.program import UserError, run


def main() -> None:
    """Find the clips, report the unusable ones, and write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", required=True, nargs="+", type=Path, help="media files, folders, CSV tables")
    parser.add_argument("--release", required=True, type=Path, help="a folder above all clips")
    parser.add_argument("--text", required=True, help="the words of a single clip; empty: those of the file beside it")
    parser.add_argument("--manifest", required=True, type=Path, help="output, Parquet")
    flags = parser.parse_args()
    clips = find_clips(flags.clips, flags.release, flags.text)
    excluded = [clip for clip in clips if clip.status == "excluded"]
    if len(excluded) == len(clips):
        names = ", ".join(clip.clip_id for clip in excluded[:3])
        raise UserError(f"{flags.release}: none of the {len(clips)} clips exists ({names}); correct the paths")
    for clip in clips:
        if clip.reason:
            sys.stderr.write(f"{clip.clip_id}: {clip.reason}\n")
    rows = [{field.name: getattr(clip, field.name) for field in MANIFEST} for clip in clips]
    write_table(flags.manifest, pa.Table.from_pylist(rows, schema=MANIFEST))


if __name__ == "__main__":
    run(main)
