"""Scores of redrawn clips: the same draws for all that is compared, and scikit-learn's numbers."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from helpers.changed import changed
from helpers.significance_helpers import SETTINGS, predict
from sklearn.metrics import f1_score

from amanda.scoring.metrics import weighted_f1_of
from amanda.statistics.bootstrap import clip_places, draw_clips, draw_seeds, resample
from amanda.statistics.comparison import significance
from extractors.shared.clip import CLASSES


def test_the_f1_of_counts_is_scikit_learns_for_many_tables_at_once() -> None:
    label, predicted = np.random.default_rng(0).integers(4, size=(2, 5, 30))
    predicted[0] = 1  # three classes that are never predicted
    confusion = np.zeros((5, 4, 4))
    np.add.at(confusion, (np.arange(5)[:, None], label, predicted), 1)
    expected = [
        f1_score(a, b, labels=range(4), average="weighted", zero_division=0)
        for a, b in zip(label, predicted, strict=True)
    ]
    np.testing.assert_allclose(weighted_f1_of(confusion), expected, rtol=1e-12)


def test_redrawn_scores_are_those_of_the_redrawn_clips() -> None:
    """Slowly, clip by clip, with scikit-learn: the same numbers, for every method and seed from the same clips."""
    table = predict(40)
    table = table.assign(place=clip_places(table, CLASSES))
    of_pair = table[table["source"] == "iemocap"]
    scores = resample(of_pair, ["one", "two"], SETTINGS.model_copy(update={"resamples": 3}))
    drawn = draw_clips("meld", 40, SETTINGS.model_copy(update={"resamples": 3}))
    assert (drawn.sum(axis=1) == 40).all()
    order = of_pair.sort_values("place")["clip_id"].unique()
    for (row, method), seed in ((each, seed) for each in enumerate(("one", "two")) for seed in (0, 1, 2)):
        run = of_pair[(of_pair["method"] == method) & (of_pair["seed"] == seed)].set_index("clip_id").loc[order]
        for place in range(3):
            redrawn = run.loc[np.repeat(order, drawn[place])]
            expected = 100 * f1_score(redrawn["label"], redrawn["predicted"], average="weighted", zero_division=0)
            assert scores.resampled[row, seed, place] == pytest.approx(expected)
        whole = 100 * f1_score(run["label"], run["predicted"], average="weighted", zero_division=0)
        assert scores.observed[row, seed] == pytest.approx(whole)


def test_one_target_has_the_same_redraws_whatever_else_is_compared() -> None:
    assert (draw_clips("meld", 50, SETTINGS) == draw_clips("meld", 50, SETTINGS)).all()
    assert (draw_clips("meld", 50, SETTINGS) != draw_clips("mosei", 50, SETTINGS)).any()
    assert (draw_clips("meld", 50, SETTINGS) != draw_clips("meld", 50, changed(SETTINGS, bootstrap_seed=1))).any()
    np.testing.assert_allclose(draw_seeds(3, SETTINGS).sum(axis=1), 1)


def test_names_of_clips_change_no_number() -> None:
    """Other names in another order, the same in all runs: the same tables to the last bit."""
    table = predict(60)
    renamed = table.assign(clip_id=table["clip_id"].map(lambda name: sha256(name.encode()).hexdigest()))
    expected, found = (significance(each, SETTINGS) for each in (table, renamed.sample(frac=1, random_state=0)))
    for name, of_name in expected.items():
        pd.testing.assert_frame_equal(found[name], of_name, check_exact=True)


def test_a_clip_has_one_place_on_all_pairs_of_its_target() -> None:
    table = predict(60)
    places = table.assign(place=clip_places(table, CLASSES)).groupby("clip_id")["place"]
    assert (places.nunique() == 1).all()
    assert sorted(places.first()) == list(range(60))
