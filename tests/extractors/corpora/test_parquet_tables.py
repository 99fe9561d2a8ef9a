"""Parquet tables of the user's own: each storage of texts and times is read or refused."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.own_tables import parquet

from extractors.corpora.custom import TIMES
from extractors.shared.program import UserError

LONG = pa.array(["a rather long text that no view holds inline"])


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pa.array(["é", None], pa.large_string()), ["é", ""]),
        (LONG.cast(pa.string_view()), LONG.to_pylist()),
        (pa.array(["don’t".encode(), None], pa.binary()), ["don’t", ""]),
        (LONG.cast(pa.large_binary()), LONG.to_pylist()),
        (LONG.cast(pa.binary()).cast(pa.binary_view()), LONG.to_pylist()),
        (pa.array([b"ab"], pa.binary(2)), ["ab"]),
        (pa.array(["b", None, "a", "b"]).dictionary_encode(), ["b", "", "a", "b"]),
        (pa.array([b"b", None], pa.binary()).dictionary_encode(), ["b", ""]),
        (pa.array([12, None, 7], pa.int16()).dictionary_encode(), ["12", "", "7"]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.nulls(2), ["", ""]),
        (pa.nulls(2, pa.float64()), ["", ""]),
        (pa.nulls(1, pa.list_(pa.string())), [""]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_text_in_every_storage_is_read_as_text(tmp_path: Path, column: pa.Array, found: list[str]) -> None:
    clips = parquet(tmp_path, speaker=column)
    assert [clip.speaker for clip in clips] == found


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([1.0, None]), "double"),
        (pa.array([True]), "bool"),
        (pa.array([decimal.Decimal("1.50")]), r"decimal128\(3, 2\)"),
        (pa.array([datetime.datetime(2024, 1, 1)]), r"timestamp\[us\]"),
        (pa.array([datetime.date(2024, 1, 1)]), r"date32\[day\]"),
        (pa.array([datetime.time(1, 2)]), r"time64\[us\]"),
        (pa.array([datetime.timedelta(1)]), r"duration\[us\]"),
        (pa.array([["a"]]), "list<element: string>"),
        (pa.array([{"a": 1}]), "struct<a: int64>"),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), "map<string, int32.*>"),
        (pa.array([b"0" * 16], pa.uuid()), "extension<arrow.uuid>"),
        (pa.array(["{}"], pa.json_()), "extension<arrow.json>"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_what_is_no_text_is_refused_by_column_and_type(tmp_path: Path, column: pa.Array, kind: str) -> None:
    with pytest.raises(UserError, match=rf"clips\.parquet: column 'text' holds {kind}; write it as text"):
        parquet(tmp_path, text=column)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([0.25, None], pa.float64()),
        pa.array([0.25, None], pa.float32()),
        pa.array(np.array([0.25, 0.5], np.float16)),
        pa.array([decimal.Decimal("0.25"), None]),
        pa.array(["0.25", None]),
    ],
    ids=lambda value: str(value.type),
)
def test_times_may_be_numbers_of_any_kind(tmp_path: Path, column: pa.Array) -> None:
    first, second = parquet(tmp_path, **dict.fromkeys(("video_start", "audio_start"), column))
    assert (first.video_start, first.audio_start) == (0.25, 0.25)
    assert second.video_start in (None, 0.5)
    assert parquet(tmp_path, **{name: [2 + name.endswith("end")] for name in TIMES})[0].audio_end == 3.0


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pa.array([datetime.timedelta(seconds=1)]),
            r"'video_start' holds duration\[us\]; write it as numbers of seconds",
        ),
        (pa.array([True]), "'video_start' holds bool; write it as numbers of seconds"),
        (pa.array([float("nan")]), "row 1: video_start is 'nan'; give seconds"),
        (pa.array([float("inf")]), "row 1: video_start is 'inf'; give seconds"),
    ],
)
def test_times_that_are_no_numbers_are_refused(tmp_path: Path, column: pa.Array, message: str) -> None:
    with pytest.raises(UserError, match=message):
        parquet(tmp_path, video_start=column)


def test_cells_of_parquet_that_are_no_words_are_refused_by_row(tmp_path: Path) -> None:
    bad = pa.array([b"ok", b"caf\xe9"])
    for column in (bad, bad.view(pa.string())):
        with pytest.raises(UserError, match=r"clips\.parquet: row 2: text is b'caf\\xe9', which is not UTF-8"):
            parquet(tmp_path, text=column)
    with pytest.raises(UserError, match=r"clips\.parquet: row 2: text is '#NAME\?', what a spreadsheet program shows"):
        parquet(tmp_path, text=["x", "#NAME?"])
    with pytest.raises(UserError, match=r"clips\.parquet: row 1: text contains a zero byte"):
        parquet(tmp_path, text=["a\0b"])


def test_folders_named_like_columns_add_none(tmp_path: Path) -> None:
    (tmp_path / "speaker=P01").mkdir()
    (clip,) = parquet(tmp_path / "speaker=P01", text=["x"])
    assert clip.speaker == ""
