"""Tables between programs: what is written is what is read, and anything else is refused in words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from helpers.tables import write_frame

from amanda.shared.tables.history import HISTORY, read_histories
from amanda.shared.tables.left_out import LEFT_OUT
from amanda.shared.tables.predictions import PREDICTIONS
from amanda.shared.tables.scores import CHOSEN, SCORES
from amanda.shared.tables.table import Table
from extractors.shared.files import write_table
from extractors.shared.program import UserError

NAMES = {"source": "meld", "target": "mosei", "method": "nan"}


def rows(*methods: str) -> pa.Table:
    """Two epochs of each method, with columns in another order and wider types than those of the schema."""
    found = [
        {"value": 0.1, "name": "total", "epoch": e, "seed": 0} | NAMES | {"method": m} for m in methods for e in (1, 2)
    ]
    return pa.Table.from_pylist(found)


def test_a_table_is_read_in_the_order_and_types_of_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    HISTORY.write(path, rows("nan").append_column("more", [[1, 2]]).replace_schema_metadata({"made": "today"}))
    table = HISTORY.read(path)
    assert table.schema.equals(HISTORY.schema)
    assert table.schema.metadata == {b"made": b"today"}
    assert table.to_pylist()[1] == NAMES | {"seed": 0, "epoch": 2, "name": "total", "value": 0.1}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (rows("p1").drop(["method"]), "no column method; make it again with python -m amanda.train_pair"),
        (rows("p1"), "column seed is int64 and should be int32; make it again with python -m amanda.train_pair"),
    ],
    ids=["a column too few", "another type"],
)
def test_another_table_is_refused(tmp_path: Path, table: pa.Table, words: str) -> None:
    path = tmp_path / "history.parquet"
    write_table(path, table)
    with pytest.raises(UserError, match=f"history.parquet: {words}"):
        HISTORY.read(path)


@pytest.mark.parametrize("other", [PREDICTIONS, SCORES, CHOSEN, LEFT_OUT], ids=lambda table: table.made_by)
def test_the_table_of_another_step_is_refused(tmp_path: Path, other: Table) -> None:
    path = tmp_path / "other.parquet"
    other.write(path, other.schema.empty_table())
    assert other.read(path).num_rows == 0
    with pytest.raises(UserError, match=r"no column|is int64 and should be int32"):
        HISTORY.read(path)


def test_one_selection_of_many_files_can_be_read(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.parquet" for number in (0, 1)]
    for number, path in enumerate(paths):
        rows = [{"seed": number, "selection": name} for name in ("last_epoch", "oracle")]
        write_frame(CHOSEN, path, pd.DataFrame(rows))
    assert CHOSEN.read_all(paths)["seed"].tolist() == [0, 0, 1, 1]
    assert CHOSEN.read_all(paths, "oracle")["seed"].tolist() == [0, 1]


def test_histories_are_told_apart_by_their_columns_and_not_by_their_paths(tmp_path: Path) -> None:
    for number, methods in enumerate((("p1",), ("p2", "nan"))):
        HISTORY.write(tmp_path / f"{number}.parquet", rows(*methods))
    found = read_histories([tmp_path / "1.parquet", tmp_path / "0.parquet"])
    assert set(found) == {("meld-mosei", name) for name in ("p1", "p2", "nan")}
    assert all(history["epoch"].tolist() == [1, 2] for history in found.values())
