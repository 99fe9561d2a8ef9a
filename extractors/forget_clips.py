"""Forget the features of some clips, so that the next extraction makes them again and reuses all others.

It prints the files of frames to make again, for ``snakemake --forcerun $(python -m extractors.forget_clips ...)``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run

ALL = "all"


def forget(folder: Path, clips: set[str]) -> dict[str, int]:
    """Forget clips of one corpus and modality.

    Args:
        folder: the folder of the shards, such as ``results/features/meld/visual``.
        clips: their names, or ``{"all"}``.

    Returns:
        Shard -> number of its clips that were forgotten.

    Raises:
        UserError: there are no shards, or a clip is in none of them.
    """
    journals = sorted(folder.glob(".*.npy.kept/journal.jsonl"))
    if not journals:
        raise UserError(
            f"{folder}: no finished extraction; name a folder that has one, such as results/features/meld/visual"
        )
    rows = {path: [json.loads(line) for line in path.read_text().splitlines()] for path in journals}
    known = {row["clip_id"] for shard in rows.values() for row in shard}
    unknown = sorted(clips - known - {ALL})
    if unknown:
        raise UserError(f"{folder}: no clip {unknown[0]} among its {len(known)}; name one of the index")
    forgotten = {}
    for path, shard in rows.items():
        kept = [row for row in shard if ALL not in clips and row["clip_id"] not in clips]
        if len(kept) < len(shard):
            name = path.parent.name.removeprefix(".").removesuffix(".npy.kept")
            forgotten[name] = len(shard) - len(kept)
            with atomic_file(path) as temporary:
                temporary.write_text("".join(json.dumps(row) + "\n" for row in kept))
    return forgotten


def main() -> None:
    """Parse the flags and forget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--features", required=True, type=Path, help="folder of shards: results/features/CORPUS/MODALITY"
    )
    # Names of clips, like those of videos, may begin with a hyphen. So everything after --clips is a name.
    parser.add_argument(
        "--clips", required=True, nargs=argparse.REMAINDER, help="names of clips, or all; the last flag of the command"
    )
    flags = parser.parse_args()
    if not flags.clips:
        raise UserError("--clips: names no clip; write names of the index, or all")
    for shard, count in forget(flags.features, set(flags.clips)).items():
        sys.stderr.write(f"{flags.features}/{shard}: {count} clips forgotten\n")
        sys.stdout.write(f"{flags.features}/{shard}.npy\n")


if __name__ == "__main__":
    run(main)
