"""Tables of the user's own, CSV or Parquet, and the clips that are read from them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, MODALITIES, Clip
from helpers import releases

READING = {"reader": "custom", "table": "clips.csv"}
WORDS = {"NA": "happy", "0012": "sad", "None": "other"}


def read(root: Path, table: str, content: bytes | str = "", words: dict = WORDS, **reading: object) -> list[Clip]:
    """The clips of a table that names one file, in the order of their names."""
    if content:
        releases.write(root / table, content)
    releases.write(root / "a.mp4", b"x")
    return read_clips("mylab", root, READING | {"table": table} | reading, MODALITIES, words, CLASSES)


def parquet(root: Path, **columns: object) -> list[Clip]:
    """The clips of a Parquet table with these columns, and plain ones where none is given."""
    count = len(next(iter(columns.values())))
    plain = {"clip_id": [f"c{n}" for n in range(count)], "video": ["a.mp4"] * count, "audio": ["a.mp4"] * count}
    plain |= {"label": ["sad"] * count, "text": ["x"] * count}
    pq.write_table(pa.table(plain | columns), root / "clips.parquet")
    return read(root, "clips.parquet")
