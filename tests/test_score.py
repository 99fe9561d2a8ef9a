"""Scores are scikit-learn's; the oracle has rows of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pair import write_labels
from sklearn.metrics import f1_score

from amanda import score
from amanda.metrics import weighted_f1
from amanda.select import SELECTION
from extractors.clip import CLASSES
from extractors.files import read_table, write_table
from extractors.program import UserError

LABEL = np.array([0, 1, 2, 3, 0, 1])


def write_run(folder: Path) -> None:
    """Two seeds of three epochs; epoch e gets the first 2e clips of the test split right, seed 1 in reverse order."""
    rows, history = [], []
    for seed in (0, 1):
        for epoch in (1, 2, 3):
            right = 2 * (epoch if seed == 0 else 4 - epoch)
            for split in ("train", "test"):
                for clip, label in enumerate(LABEL):
                    predicted = label if clip < right else (label + 1) % 4
                    logits = {f"logit_{name}": np.float32(place == predicted) for place, name in enumerate(CLASSES)}
                    clip_id = f"{split}{clip}"
                    about = {"domain": "target", "split": split, "seed": seed, "epoch": epoch, "clip_id": clip_id}
                    rows.append(about | logits)
            values = {"source_validation_f1": 1.0 if epoch == 2 else 0.5, "information_maximisation": float(-epoch)}
            history += [{"seed": seed, "epoch": epoch, "name": n, "value": v} for n, v in values.items()]
    source = [row | {"domain": "source", "split": "validation"} for row in rows[:6]]
    write_table(folder / "predictions.parquet", pa.Table.from_pylist(rows + source))
    write_table(folder / "history.parquet", pa.Table.from_pylist(history))
    write_labels(folder / "labels.parquet", [f"{s}{c}" for s in ("train", "test") for c in range(6)], np.tile(LABEL, 2))


def run_score(folder: Path, monkeypatch: pytest.MonkeyPatch, split: str = "test") -> pd.DataFrame:
    flags = [
        "--predictions",
        "predictions.parquet",
        "--history",
        "history.parquet",
        "--target-labels",
        "labels.parquet",
    ]
    flags = [str(folder / flag) if flag.endswith(".parquet") else flag for flag in flags]
    flags += ["--source", "meld", "--target", "mosei", "--method", "amanda_p2"]
    flags += ["--settings", f'{{"split": "{split}"}}', "--scores", str(folder / "scores.parquet")]
    monkeypatch.setattr(sys, "argv", ["amanda.score", *flags])
    score.main()
    return read_table(folder / "scores.parquet", "").to_pandas()


def test_one_row_per_seed_and_rule_and_the_oracle_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    table = run_score(tmp_path, monkeypatch)
    assert list(table.columns[:8]) == ["source", "target", "method", "split", "seed", "selection", "epoch", "clips"]
    assert list(table["selection"]) == [*SELECTION, "oracle"] * 2
    assert set(table["source"] + table["target"] + table["method"]) == {"meldmoseiamanda_p2"}
    assert table["clips"].unique().tolist() == [6]
    assert table["split"].unique().tolist() == ["test"]
    epochs = table.pivot_table(index="seed", columns="selection", values="epoch").astype(int)
    assert epochs.loc[0].to_dict() == {
        "source_validation_f1": 2,
        "information_maximisation": 1,
        "last_epoch": 3,
        "oracle": 3,
    }
    assert epochs.loc[1, "oracle"] == 1
    accuracy = table.set_index(["seed", "selection"])["accuracy"]
    assert accuracy[0, "source_validation_f1"] == pytest.approx(100 * 4 / 6)
    assert accuracy[0, "information_maximisation"] == pytest.approx(100 * 2 / 6)
    assert accuracy[1, "oracle"] == 100.0


def test_scores_are_scikit_learns_in_percent() -> None:
    predicted = np.array([0, 1, 1, 0, 0, 1])  # neither sad nor angry is ever predicted
    found = score.score(LABEL, predicted)
    assert found["accuracy"] == pytest.approx(100 * 4 / 6)
    assert found["uar"] == pytest.approx(50.0)
    assert found["f1_neutral"] == pytest.approx(80.0)
    assert found["f1_sad"] == 0.0
    assert found["weighted_f1"] == pytest.approx((2 * 80 + 2 * 80) / 6)
    assert found["macro_f1"] == pytest.approx(40.0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_the_f1_of_training_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    label, predicted = np.array(pairs).T
    expected = f1_score(label, predicted, labels=range(4), average="weighted", zero_division=0)
    assert weighted_f1(label, predicted, 4) == pytest.approx(expected, abs=1e-12)


def test_an_empty_split_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    with pytest.raises(UserError, match=r"predictions\.parquet: the target has no clip in the validation split"):
        run_score(tmp_path, monkeypatch, "validation")
    assert not (tmp_path / "scores.parquet").exists()


def test_a_clip_without_label_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    write_labels(tmp_path / "labels.parquet", [f"test{clip}" for clip in range(5)], LABEL[:5])
    with pytest.raises(UserError, match=r"labels\.parquet: no label for 1 clips, such as test5"):
        run_score(tmp_path, monkeypatch)
