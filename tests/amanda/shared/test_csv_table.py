"""Names in the tables that this project writes and reads stay names, whatever they look like."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from amanda.shared.csv_table import read_csv


@pytest.mark.parametrize("names", [["nan", "null"], ["007", "1e5"], ["true", "false"], ["NA", "None"]])
def test_names_stay_what_they_are(tmp_path: Path, names: list[str]) -> None:
    columns = ("source", "target", "method", "other", "label", "left_out", "groups")
    pd.DataFrame(dict.fromkeys(columns, names) | {"n": [1, None]}).to_csv(tmp_path / "t.csv", index=False)
    table = read_csv(tmp_path / "t.csv")
    for column in columns:
        assert table[column].tolist() == names
    assert table["n"].isna().tolist() == [False, True]


def test_a_word_that_is_not_there_is_an_empty_text_and_a_number_is_nan(tmp_path: Path) -> None:
    pd.DataFrame({"method": ["a", "b"], "missing": ["", "seeds 0, 1"], "mean": [0.1, None]}).to_csv(
        tmp_path / "t.csv", index=False
    )
    table = read_csv(tmp_path / "t.csv")
    assert table["missing"].tolist() == ["", "seeds 0, 1"]
    assert table["mean"].isna().tolist() == [False, True]
