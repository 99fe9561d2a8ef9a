"""Scores where some clips, or all, have no label."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.pair import write_names
from helpers.scored_run import CLIPS, LABEL, LABEL_FREE, run_score, write_run

from amanda.shared.tables.scores import PREDICTED
from amanda.shared.tables.table import per_class
from extractors.shared.clip import CLASSES
from extractors.shared.files import read_table
from extractors.shared.program import UserError


def test_a_target_without_labels_is_chosen_by_the_rules_and_has_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The epochs of every label-free rule are those of the labelled target; there is no oracle, no score, no clip."""
    write_run(tmp_path)
    known = run_score(tmp_path, monkeypatch)
    write_names(tmp_path / "labels.parquet", CLIPS, [""] * 12)
    table = run_score(tmp_path, monkeypatch)
    ruled = known[known["selection"] != "oracle"].reset_index(drop=True)
    pd.testing.assert_frame_equal(table[["seed", "selection", "epoch"]], ruled[["seed", "selection", "epoch"]])
    pd.testing.assert_frame_equal(table[LABEL_FREE], ruled[LABEL_FREE])
    scores = ["weighted_f1", "macro_f1", "accuracy", "uar", "f1_sad", "chance_weighted_f1", "majority_weighted_f1"]
    assert table[scores].isna().all(axis=None)
    assert table["clips"].unique().tolist() == [0]
    assert read_table(tmp_path / "chosen.parquet", "").num_rows == 0


def test_of_a_target_with_some_labels_these_are_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two clips of the test split: seed 0 has both right from the first epoch on."""
    write_run(tmp_path)
    names = ["" if clip != f"test{n % 6}" or n % 6 > 1 else CLASSES[LABEL[n % 6]] for n, clip in enumerate(CLIPS)]
    write_names(tmp_path / "labels.parquet", CLIPS, names)
    table = run_score(tmp_path, monkeypatch)
    assert table["clips"].unique().tolist() == [2]
    assert table.set_index(["seed", "selection"]).loc[(0, "last_epoch"), "accuracy"] == 100.0
    assert set(read_table(tmp_path / "chosen.parquet", "")["clip_id"].to_pylist()) == {"test0", "test1"}


def test_shares_of_predictions_are_of_all_clips_of_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed 0, epoch 3: the train clips are all neutral, the test clips right: 8, 2, 1 and 1 of 12."""
    write_run(tmp_path)
    row = run_score(tmp_path, monkeypatch).set_index(["seed", "selection"]).loc[0, "last_epoch"]
    found = [row[name] for name in per_class(PREDICTED, CLASSES)]
    assert found == pytest.approx([8 / 12, 2 / 12, 1 / 12, 1 / 12])


def test_labels_of_other_classes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    write_names(tmp_path / "labels.parquet", CLIPS, ["joy"] * 12, ["joy", "fear"])
    with pytest.raises(
        UserError, match=r"/labels\.parquet: has the classes joy, fear, and .* neutral, happy, sad, angry"
    ):
        run_score(tmp_path, monkeypatch)
