"""Stored features -> the drift of a few clips that are extracted again, and whether old and new may be mixed.

After an upgrade of a library, a driver or a machine the digests agree, but the numbers may differ slightly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from extractors.features.clip_extraction import Task, add_task_flags, make_task
from extractors.features.store import USABLE, open_features
from extractors.shared.clip import Row
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import atomic_file, read_table
from extractors.shared.program import UserError, run


def choose_canaries(usable: Sequence[str], count: int) -> list[str]:
    """``count`` clips, evenly spaced over the corpus; all if there are fewer."""
    count = min(count, len(usable))
    return [usable[(2 * number + 1) * len(usable) // (2 * count)] for number in range(count)]


def drift(old: np.ndarray, new: np.ndarray, blocks: Sequence[int]) -> dict[int, float]:
    """Per block |new - old| / |old| (Euclidean norms over all its numbers); infinite if the shapes differ.

    Args:
        old: stored frames [T, blocks x hidden].
        new: the frames extracted again, in the stored precision.
        blocks: the blocks whose outputs are the columns.
    """
    if old.shape != new.shape:
        return dict.fromkeys(blocks, float("inf"))
    parts = zip(np.split(old.astype(np.float64), len(blocks), 1), np.split(new, len(blocks), 1), strict=True)
    return {
        block: float(np.linalg.norm(after - before) / max(float(np.linalg.norm(before)), 1e-12))
        for block, (before, after) in zip(blocks, parts, strict=True)
    }


def compare(clips: list[Row], task: Task, index: Path) -> pd.DataFrame:
    """One row per clip and block: clip_id, block, drift, and the libraries and device of both extractions."""
    features = open_features(index)
    before = {row["clip_id"]: row for row in read_table(index, "extractors.index_features").to_pylist()}
    rows = []
    for frames, now in task.finish([task.prepare(clip, task.identify(clip)) for clip in clips]):
        then = before[now["clip_id"]]
        for block, value in drift(features.frames(now["clip_id"]), frames, then["blocks"]).items():
            ways = {
                f"{name}_{when}": way[name]
                for name in ("libraries", "device")
                for when, way in (("then", then), ("now", now))
            }
            rows.append({"clip_id": now["clip_id"], "block": block, "drift": value} | ways)
    return pd.DataFrame(rows)


def verdict(table: pd.DataFrame, max_drift: float) -> str:
    """The result in one sentence, with advice."""
    per_block = table.groupby("block", sort=False)["drift"].agg(["median", "max"])
    told = ", ".join(
        f"block {block}: median {row['median']:.1e}, largest {row['max']:.1e}" for block, row in per_block.iterrows()
    )
    worst = table["drift"].max()
    advice = (
        "safe to mix old and new frames" if worst <= max_drift else "re-extract the corpus (extractors.forget_clips)"
    )
    return f"{table['clip_id'].nunique()} canary clips drift by ({told}); allowed is {max_drift:g}: {advice}"


def main() -> None:
    """Parse the flags, extract the canaries again, write the table and print the sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_task_flags(parser)
    parser.add_argument("--index", required=True, type=Path, help="the corpus index")
    parser.add_argument("--clips", required=True, type=int, help="how many canaries")
    parser.add_argument("--max-drift", required=True, type=float, help="largest relative drift of a block of a clip")
    parser.add_argument("--report", required=True, type=Path, help="output: CSV, a row per clip and block")
    add_compute_flags(parser)
    flags = parser.parse_args()
    manifest = {clip["clip_id"]: clip for clip in read_table(flags.manifest, "extractors.read_release").to_pylist()}
    index = read_table(flags.index, "extractors.index_features").to_pylist()
    usable = [row["clip_id"] for row in index if row["status"] in USABLE and row["clip_id"] in manifest]
    if not usable:
        raise UserError(f"{flags.index}: no clip with features; extract the corpus first")
    task = make_task(flags, prepare_compute(flags.device, flags.threads))
    table = compare([manifest[clip] for clip in choose_canaries(usable, flags.clips)], task, flags.index)
    with atomic_file(flags.report) as temporary:
        table.to_csv(temporary, index=False)
    sys.stderr.write(verdict(table, flags.max_drift) + "\n")


if __name__ == "__main__":
    run(main)
