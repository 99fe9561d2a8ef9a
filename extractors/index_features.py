"""Shard indexes -> the index of a corpus: every clip of the manifest once, with limits on lost clips."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa

from extractors.features.order import order_clips
from extractors.features.store import CORPUS_INDEX, SHARD_INDEX, USABLE, open_frames
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError, run
from extractors.shared.settings import Settings, Share, key, read_settings

PROVENANCE = ("extractor", "weights_sha256", "config_sha256", "blocks", "preprocessing", "precision", "compute")
"""Columns with one value for all clips of a corpus, because otherwise their frames cannot be compared."""


class Limits(Settings):
    """How much may go wrong before the pipeline stops."""

    max_failed_fraction: Share = key("largest share of a corpus' clips that may end without features")
    max_faceless_fraction: Share = key("largest share of a corpus' clips in which no frame shows a face")


def read_shards(shards: list[Path], index: Path) -> pa.Table:
    """All rows of the shards' indexes with ``frames_file``, the path of their frames relative to ``index``'s folder.

    Raises:
        UserError: a file is missing, is not an index of a shard, or lists more frames than exist.
    """
    tables = []
    for shard in shards:
        table = read_table(shard, "extractors.extract_shard")
        if not table.schema.equals(SHARD_INDEX):
            raise UserError(f"{shard}: not the index of a shard; make it with extractors.extract_shard")
        frames = shard.with_suffix(".npy")
        open_frames(frames, sum(table["length"].to_pylist()))
        relative = Path(os.path.relpath(frames, index.parent)).as_posix()
        files = pa.array([relative] * table.num_rows, pa.string())
        tables.append(table.append_column(CORPUS_INDEX.field("frames_file"), files))
    return pa.concat_tables(tables)


def check_provenance(rows: pa.Table) -> None:
    """Refuse clips that were extracted in different ways.

    Raises:
        UserError: the values of a column differ; with the column and the values.
    """
    for column in PROVENANCE:
        values = {json.dumps(value) for value in rows[column].to_pylist()}
        if len(values) > 1:
            raise UserError(
                f"the shards differ in {column} ({', '.join(sorted(values))}); extract them all in the same way"
            )


def mixture(rows: pa.Table) -> str:
    """A note if frames were extracted with different libraries or devices, which round differently."""
    ways = {column: set(rows[column].to_pylist()) for column in ("libraries", "device")}
    return "".join(
        f"the clips were extracted with different {column} ({' | '.join(sorted(found))}); extractors.compare_canaries"
        " checks whether their frames may be mixed\n"
        for column, found in ways.items()
        if len(found) > 1
    )


def check_limits(rows: pa.Table, limits: Limits) -> None:
    """Refuse a corpus with too many lost clips.

    Raises:
        UserError: too many clips failed or show no face; with the first three reasons.
    """
    clips = rows.select(["clip_id", "status", "reason", "faces"]).to_pandas()
    used = clips[clips.status != "excluded"]
    usable = used[used.status.isin(USABLE)]
    _check(used, used[used.status == "failed"], "failed", "max_failed_fraction", limits.max_failed_fraction)
    _check(usable, usable[usable.faces == 0], "show no face", "max_faceless_fraction", limits.max_faceless_fraction)


def _check(all_clips: pd.DataFrame, lost: pd.DataFrame, what: str, name: str, share: float) -> None:
    if len(lost) <= share * len(all_clips):
        return
    reasons = "; ".join(f"{clip.clip_id}: {clip.reason}" for clip in lost.head(3).itertuples())
    raise UserError(
        f"{len(lost)} of {len(all_clips)} clips {what}, more than {name} {share:g} ({reasons});"
        " correct the cause or raise the limit"
    )


def main() -> None:
    """Parse the flags and write the index of a corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument(
        "--shards", required=True, type=Path, nargs="+", help="indexes of all shards, frames beside them"
    )
    parser.add_argument("--limits", required=True, help=f"JSON: {', '.join(Limits.model_fields)}")
    parser.add_argument("--index", required=True, type=Path, help="output: Parquet, one row per clip of the manifest")
    flags = parser.parse_args()
    manifest = read_table(flags.manifest, "extractors.read_release")
    rows = order_clips(manifest, read_shards(flags.shards, flags.index))
    check_provenance(rows)
    sys.stderr.write(mixture(rows))
    check_limits(rows, read_settings(Limits, flags.limits, "--limits"))
    write_table(flags.index, rows)


if __name__ == "__main__":
    run(main)
