"""Of a target without labels the table has dashes, and the page says what is known without them."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from helpers.page_document import Document, write
from helpers.page_inputs import Plan, write_results


def words_of(folder: Path, flags: list[str]) -> str:
    return " ".join("".join(Document(write(folder, flags)).texts).split())


def test_beside_a_target_with_labels(tmp_path: Path) -> None:
    plan = Plan(pairs=("iemocap-meld", "mosei-iemocap"), unlabelled=("meld",))
    flags = write_results(tmp_path, plan)
    table = pd.read_csv(tmp_path / "results/table1.csv")
    unscored = table["target"] == "meld"
    assert table["weighted_f1_mean"].isna().tolist() == unscored.tolist()
    assert table["missing"].isna().all()
    assert "in_domain" not in table.loc[unscored, "method"].tolist()
    assert set(pd.read_csv(tmp_path / "results/statistics/cells.csv")["target"]) == {"iemocap", "all"}
    words = words_of(tmp_path, flags)
    assert "meld has no labels, so a dash replaces each score." in words
    assert "No labels." in words
    assert re.search(r"amanda p2, as predicted ?0\.250", words)
    assert "has no labels to be compared with" in words
    assert "12 of 12 none is missing" in words
    assert "Missing runs" not in words
    assert "runs are missing" not in words
    assert "holds no clip of" not in words
    assert "nan" not in words.lower().split()


def test_without_any_label_there_is_a_page(tmp_path: Path) -> None:
    flags = write_results(tmp_path, Plan(unlabelled=("meld",)))
    for name in ("cells", "comparisons", "ranks", "detectable"):
        assert pd.read_csv(tmp_path / f"results/statistics/{name}.csv").empty
    words = words_of(tmp_path, flags)
    assert "No target has labels to score by" in words
    assert "nan" not in words.lower().split()
    assert (tmp_path / "results/answer.txt").read_text().startswith("Does adaptation help? This table cannot say.")


@pytest.mark.parametrize("unlabelled", [("meld",), ()])
def test_how_far_each_label_free_thing_is_shown(tmp_path: Path, unlabelled: tuple[str, ...]) -> None:
    """Curves, distances and estimates need no label: they are there with and without."""
    words = words_of(tmp_path, write_results(tmp_path, Plan(unlabelled=unlabelled)))
    for told in ("Proxy A-distance on", "direct transfer: losses", "Estimated label shares on"):
        assert told in words
