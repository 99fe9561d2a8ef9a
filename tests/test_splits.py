"""The split program: parts by official split, session or speaker; checked groups; disjoint, none empty."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extractors.clip import MANIFEST, SPLITS
from extractors.files import write_table
from extractors.program import UserError
from extractors.splits import split_clips

ROWS = [
    {"clip_id": f"c{n}", "session": str(n % 5 + 1), "speaker": f"S{n % 5 + 1}{'FM'[n % 2]}", "dialogue": f"d{n // 2}"}
    | {"official_split": ("train", "validation", "test")[min(n // 2, 2)]}
    for n in range(20)
]


def test_by_session_the_rest_trains() -> None:
    parts = split_clips(ROWS, {"by": "session", "validation": ["4"], "test": [5]})
    for row, part in zip(ROWS, parts, strict=True):
        assert part == {"4": "validation", "5": "test"}.get(row["session"], "train")


def test_official_is_taken_over() -> None:
    assert split_clips(ROWS, {"by": "official"}) == [row["official_split"] for row in ROWS]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"by": "session", "validation": ["4"], "test": ["9"]}, r"no usable clip has session '9'; there are 1, 2"),
        ({"by": "session", "validation": ["4"], "test": []}, "test would be empty"),
        ({"by": "session", "validation": ["4"], "test": ["4"]}, "session 4 is in validation and in test"),
        ({"by": "session", "validation": ["1", "2", "3"], "test": ["4", "5"]}, "train would be empty"),
        ({"by": "session", "validation": "4", "test": ["5"]}, "validation must be a list"),
        ({"by": "session", "test": ["5"]}, "validation is missing"),
        ({"by": "official", "test": ["5"]}, "test is missing or unknown"),
        ({"by": "moon"}, "use official"),
        ({}, "use official"),
    ],
)
def test_bad_rules_are_refused(rule: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        split_clips(ROWS, rule)


def test_official_without_a_split_or_across_dialogues_is_refused() -> None:
    with pytest.raises(UserError, match="c0 the first, have no official split"):
        split_clips([row | {"official_split": ""} for row in ROWS], {"by": "official"})
    with pytest.raises(UserError, match="dialogue 'd' would be in train and in validation"):
        split_clips([row | {"dialogue": "d"} for row in ROWS], {"by": "official"})


def test_program_splits_usable_clips_only(tmp_path: Path) -> None:
    blank = {field.name: None if pa.types.is_floating(field.type) else "" for field in MANIFEST}
    rows = [blank | row | {"status": "excluded" if row["clip_id"] == "c3" else "ok"} for row in ROWS]
    write_table(tmp_path / "m.parquet", pa.Table.from_pylist(rows, schema=MANIFEST))
    command = [
        *(sys.executable, "-m", "extractors.splits", "--manifest", str(tmp_path / "m.parquet")),
        *("--rule", json.dumps({"by": "official"}), "--splits", str(tmp_path / "s.parquet")),
    ]
    assert subprocess.run(command, check=False).returncode == 0
    table = pq.read_table(tmp_path / "s.parquet")
    assert table.schema.equals(SPLITS)
    assert table["clip_id"].to_pylist() == [row["clip_id"] for row in ROWS if row["clip_id"] != "c3"]
