"""Scores are scikit-learn's; the oracle has rows of its own."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.pair import OF_METHOD, Sizes, train_flags, write_labels, write_pair
from helpers.scored_run import CLIPS, LABEL, LABEL_FREE, SCORED, run_score, write_run

from amanda import score_pair
from amanda import train_pair as train
from amanda.scoring.selection import SELECTION
from amanda.shared.origin import read_origin
from extractors.shared.clip import CLASSES
from extractors.shared.files import read_table
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError


def test_one_row_per_seed_and_rule_and_the_oracle_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    table = run_score(tmp_path, monkeypatch)
    assert list(table.columns[:8]) == ["source", "target", "method", "split", "seed", "selection", "epoch", "clips"]
    assert list(table["selection"]) == [*SELECTION, "oracle"] * 2
    assert set(table["device"]) == {"not recorded"}
    assert set(table["source"] + table["target"] + table["method"]) == {"meldmoseiamanda_p2"}
    assert table["clips"].unique().tolist() == [6]
    assert table["split"].unique().tolist() == ["test"]
    epochs = table.pivot_table(index="seed", columns="selection", values="epoch").astype(int)
    assert epochs.loc[0].to_dict() == {
        "source_validation_f1": 2,
        "information_maximisation": 1,
        "batch_nuclear_norm": 1,
        "soft_neighbourhood_density": 1,  # the collapse of the others is denser, and guarded against
        "deep_embedded_validation": 2,
        "entropy": 2,
        "label_prior": 1,
        "last_epoch": 3,
        "oracle": 3,
    }
    assert epochs.loc[1, "oracle"] == 1
    accuracy = table.set_index(["seed", "selection"])["accuracy"]
    assert accuracy[0, "source_validation_f1"] == pytest.approx(100 * 4 / 6)
    assert accuracy[0, "information_maximisation"] == pytest.approx(100 * 2 / 6)
    assert accuracy[1, "oracle"] == 100.0


def test_the_oracle_goes_by_the_score_of_the_table() -> None:
    """Weighted F1 is 0.71 and 0.63, macro F1 0.22 and 0.29, accuracy 0.8 and 0.6."""
    label = np.repeat([0, 1], [8, 2])
    predicted = {1: np.zeros(10, int), 2: np.repeat([0, 1], [4, 6])}
    of_epochs = [pd.DataFrame({"seed": 0, "epoch": e, "label": label, "predicted": p}) for e, p in predicted.items()]
    history = [dict.fromkeys([*LABEL_FREE, *SCORED], 0.0) for _ in predicted]
    chosen = {each["selection"]: each for each in score_pair.rows(pd.concat(of_epochs), {0: history}, CLASSES)}
    assert chosen["oracle"]["epoch"] == 1
    assert chosen["last_epoch"]["macro_f1"] > chosen["oracle"]["macro_f1"]


def test_the_stored_predictions_give_the_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has them needs neither logits nor label tables: every score is theirs, the oracle's too."""
    write_run(tmp_path)
    table = run_score(tmp_path, monkeypatch).set_index(["seed", "selection"])
    chosen = read_table(tmp_path / "chosen.parquet", "").to_pandas()
    assert set(chosen["source"] + chosen["target"] + chosen["method"] + chosen["split"]) == {"meldmoseiamanda_p2test"}
    assert len(chosen) == 2 * len(SELECTION | {"oracle": 0}) * 6
    for key, part in chosen.groupby(["seed", "selection"]):
        assert part["clip_id"].tolist() == [f"test{clip}" for clip in range(6)]
        assert part["label"].tolist() == [CLASSES[c] for c in LABEL]
        assert set(part["epoch"]) == {table.loc[key, "epoch"]}
        found = score_pair.score(
            *(part[name].map(CLASSES.index).to_numpy() for name in ("label", "predicted")), CLASSES
        )
        assert found["weighted_f1"] == pytest.approx(table.loc[key, "weighted_f1"])


def test_the_runs_of_a_sweep_are_scored_as_each_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    alone = run_score(tmp_path, monkeypatch)
    argv = list(sys.argv)
    for flag, further in (("--predictions", "predictions"), ("--scores", "more"), ("--chosen-predictions", "clips")):
        argv.insert(argv.index(flag) + 2, str(tmp_path / f"{further}.parquet"))
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(
        UserError, match="--predictions, --method, --scores, --chosen-predictions: give the same number for each"
    ):
        score_pair.main()
    argv.insert(argv.index("--method") + 2, "amanda_p2__alpha2=1")
    score_pair.main()
    more = read_table(tmp_path / "more.parquet", "").to_pandas()
    assert set(more["method"]) == {"amanda_p2__alpha2=1"}
    pd.testing.assert_frame_equal(more.drop(columns="method"), alone.drop(columns="method"))


def test_scores_are_scikit_learns_in_percent() -> None:
    predicted = np.array([0, 1, 1, 0, 0, 1])  # neither sad nor angry is ever predicted
    found = score_pair.score(LABEL, predicted, CLASSES)
    assert found["accuracy"] == pytest.approx(100 * 4 / 6)
    assert found["uar"] == pytest.approx(50.0)
    assert found["f1_neutral"] == pytest.approx(80.0)
    assert found["f1_sad"] == 0.0
    assert found["weighted_f1"] == pytest.approx((2 * 80 + 2 * 80) / 6)
    assert found["macro_f1"] == pytest.approx(40.0)


def test_a_class_that_the_split_does_not_hold_is_in_no_average() -> None:
    """All right of three classes is 100 everywhere, not 75; what is wrongly given the fourth counts as an error."""
    label = np.array([0, 0, 1, 1, 2, 2])
    right = score_pair.score(label, label, CLASSES)
    assert [right[name] for name in ("weighted_f1", "macro_f1", "accuracy", "uar")] == pytest.approx([100.0] * 4)
    assert math.isnan(right["f1_angry"])
    found = score_pair.score(label, np.array([0, 3, 1, 1, 2, 2]), CLASSES)
    assert found["uar"] == pytest.approx(100 * (1 / 2 + 1 + 1) / 3)
    assert found["macro_f1"] == pytest.approx(100 * (2 / 3 + 1 + 1) / 3)
    assert found["weighted_f1"] == pytest.approx(100 * (2 / 3 + 1 + 1) / 3)
    assert math.isnan(found["f1_angry"])


def test_scores_say_what_comes_without_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of six clips two each are of two classes: 1/3 at most of one, so 100 (1/3) (2/3) / (4/3)."""
    write_run(tmp_path)
    scores = run_score(tmp_path, monkeypatch)
    assert scores["majority_weighted_f1"].tolist() == pytest.approx([100 / 6] * len(scores))
    expected = 100 * (2 * (2 / 9) / (7 / 3) + 2 * (2 / 36) / (10 / 6))
    assert scores["chance_weighted_f1"].tolist() == pytest.approx([expected] * len(scores))


def test_an_empty_split_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    with pytest.raises(
        UserError, match=r"predictions\.parquet: the target has no labelled clip in the validation split"
    ):
        run_score(tmp_path, monkeypatch, "validation")
    assert not (tmp_path / "scores.parquet").exists()


def test_a_clip_without_label_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    write_labels(tmp_path / "labels.parquet", CLIPS[:-1], np.tile(LABEL, 2)[:-1])
    with pytest.raises(UserError, match=r"labels\.parquet: no row for 1 clip, such as test5"):
        run_score(tmp_path, monkeypatch)


def test_target_labels_move_the_oracle_and_no_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path)
    before = run_score(tmp_path, monkeypatch)
    write_labels(tmp_path / "labels.parquet", CLIPS, np.tile((LABEL + 1) % 4, 2))
    after = run_score(tmp_path, monkeypatch)
    ruled = before["selection"] != "oracle"
    assert (before["epoch"] == after["epoch"])[ruled].all()
    assert (before["epoch"] != after["epoch"])[~ruled].all()
    assert (before["weighted_f1"] != after["weighted_f1"]).any()


def test_the_prior_is_that_of_the_sources_train_split(tmp_path: Path) -> None:
    write_run(tmp_path)
    prior = score_pair.source_prior(read_labels(tmp_path / "source_labels.parquet"), tmp_path / "source_splits.parquet")
    assert prior.tolist() == [0.25, 0.25, 0.25, 0.25]


def test_what_training_recorded_is_what_scoring_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights that training kept are those of the epoch that is scored."""
    pair = write_pair(tmp_path / "pair", Sizes())
    flags = train_flags(pair, tmp_path, "amanda", json.dumps(OF_METHOD["amanda"]), [0, 1])
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
    train.main()
    table, classes = score_pair.read_predictions(tmp_path / "predictions.parquet")
    assert tuple(classes) == CLASSES
    assert read_origin(tmp_path / "predictions.parquet")["device"] == "cpu"
    assert ", torch 2" in read_origin(tmp_path / "predictions.parquet")["trained_with"]
    source = table[table["domain"] == "source"]
    table.loc[source.index, "label"] = score_pair.places_of(
        source["clip_id"], read_labels(pair / "source" / "labels.parquet")
    )
    recorded = read_table(tmp_path / "history.parquet", "").to_pandas()
    for seed, part in table.groupby("seed"):
        history = score_pair.label_free_history(part, np.full(4, 0.25))
        for name in ("source_validation_f1", "information_maximisation"):
            of_name = recorded[(recorded["seed"] == seed) & (recorded["name"] == name)]
            np.testing.assert_allclose([epoch[name] for epoch in history], of_name["value"], rtol=1e-12)
