"""No number of the statistics is one that cannot be: scores, differences, intervals, p-values, what is detectable."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers.changed import changed
from helpers.significance_helpers import SETTINGS, predict
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from amanda.shared.wording import counted, settled
from amanda.statistics.comparison import significance
from amanda.statistics.noise import Estimate, difference_interval, estimate, hedges_g, p_value, score_interval
from amanda.statistics.power import detectable_table, sentence
from amanda.statistics.ranks import rank_table
from extractors.shared.program import UserError


def test_an_interval_of_a_score_by_hand() -> None:
    """Wilson's for 8 of 10 and z: (0.8 + z²/20 ± z √(0.016 + z²/400)) / (1 + z²/10)."""
    z = stats.norm.ppf(0.975)
    found = Estimate(np.array([80.0]), np.array([100 * np.sqrt(0.016)]), np.array([np.inf]))
    expected = [(0.8 + z * z / 20 + sign * z * np.sqrt(0.016 + z * z / 400)) / (1 + z * z / 10) for sign in (-1, 1)]
    np.testing.assert_allclose(np.concatenate(score_interval(found, 0.05)), 100 * np.array(expected))
    certain = Estimate(np.array([0.0, 100.0]), np.zeros(2), np.full(2, np.inf))
    np.testing.assert_array_equal(score_interval(certain, 0.05), [[0, 100], [0, 100]])


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(2, 5), st.sampled_from([0.01, 0.05, 0.5]))
def test_no_number_is_beyond_its_scale(data: st.DataObject, seeds: int, alpha: float) -> None:
    """Scores from 0 to 100 of two methods, however they differ between seeds and redraws."""
    score = st.floats(0, 100) | st.sampled_from([0.0, 100.0])
    one, other = np.array(data.draw(st.lists(score, min_size=8 * seeds, max_size=8 * seeds))).reshape(2, seeds, 4)
    for_scores = estimate(one[:, 0], one[:, 1:])
    low, high = score_interval(for_scores, alpha)
    assert 0 <= low <= for_scores.mean + 1e-9
    assert for_scores.mean - 1e-9 <= high <= 100
    found = estimate(one[:, 0] - other[:, 0], one[:, 1:] - other[:, 1:])
    low, high = difference_interval(found, alpha)
    assert -100 <= low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= high <= 100
    p = p_value(found)
    assert 0 < p <= 1
    if abs(p - alpha) > 1e-6 and found.standard_error > 1e-6:
        assert (low <= 0 <= high) == (p > alpha)


def test_where_no_difference_can_be_shown_words_say_so_and_no_number_does() -> None:
    """Two seeds whose noise would make a difference of 41.2 the least in one comparison and 248.8 in any of many."""
    about = {"source": "iemocap", "target": "meld", "n_seeds": 2, "n_clips": 28, "n_pairs": 1, "family": 45}
    rows = [{"detectable": 41.2, "detectable_in_family": 248.8}, {"detectable": 30.0, "detectable_in_family": 90.0}]
    rows += [{"detectable": 50.0, "detectable_in_family": 300.0}]
    table = detectable_table(pd.DataFrame([about | row for row in rows]))
    assert table["detectable"].tolist() == [41.2]
    assert table["detectable_in_family"].isna().all()
    told = sentence(table, ["IE.→ME."], changed(SETTINGS, seeds=[0, 1]))
    assert "IE.→ME. 41.2 (none)" in told
    assert "none: it would have to be larger than 100 points" in told
    alone = sentence(table.assign(family=1), ["IE.→ME."], changed(SETTINGS, seeds=[0, 1]))
    assert alone.startswith("The smallest difference in points that 2 seeds can show: IE.→ME. 41.2 (alpha")
    nothing = sentence(table.assign(detectable=np.nan), ["IE.→ME."], changed(SETTINGS, seeds=[0, 1]))
    assert nothing.startswith("No difference can be shown with 2 seeds (alpha 0.05, power 0.8): it would")


def test_statistics_of_two_seeds_and_few_clips_hold_no_number_that_cannot_be() -> None:
    settings = changed(SETTINGS, seeds=[0, 1], resamples=100)
    for clips in (4, 7, 28):
        tables = significance(predict(clips, settings), settings)
        cells, comparisons = tables["cells"], tables["comparisons"]
        assert cells[["weighted_f1_mean", "low", "high"]].stack().between(0, 100).all()
        assert comparisons[["difference", "low", "high"]].stack().between(-100, 100).all()
        assert (comparisons["low"] <= comparisons["difference"]).all()
        assert (comparisons["difference"] <= comparisons["high"]).all()
        assert comparisons[["p", "p_holm"]].stack().between(0, 1, inclusive="right").all()
        for table in (comparisons, tables["detectable"]):
            assert table[["detectable", "detectable_in_family"]].stack().between(0, 100).all()


def test_one_method_alone_is_compared_with_none() -> None:
    tables = significance(predict(40, changed(SETTINGS, methods=["one"])), changed(SETTINGS, methods=["one"]))
    assert len(tables["comparisons"]) == len(tables["detectable"]) == 0
    told = sentence(tables["detectable"], [], SETTINGS)
    assert told == "There are no two methods to compare."


def test_methods_of_different_pairs_are_not_compared_and_none_at_all_is_refused() -> None:
    table, named = predict(40), changed(SETTINGS, missing_runs="name")
    apart = table[(table["method"] == "one") == (table["source"] == "iemocap")]
    tables = significance(apart[apart["method"] != "three"], named)
    assert len(tables["cells"]) == 2
    assert tables["comparisons"].empty
    assert tables["ranks"].empty
    with pytest.raises(UserError, match="no method has every seed on any pair; train all seeds"):
        significance(table[table["seed"] == 0], named)


def test_tables_round_without_signs_or_rests() -> None:
    table = settled(pd.DataFrame({"a": [-1e-12, -0.00004], "b": [1, 2], "c": ["x", "y"]}), 4)
    assert table.to_csv(index=False, float_format="%.4f") == "a,b,c\n0.0000,1,x\n0.0000,2,y\n"
    assert counted(1, "clip") == "1 clip"
    assert counted(0, "clip") == "0 clips"


def test_a_tie_is_one_whatever_the_order_of_a_sum() -> None:
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    scores = np.array([[(0.1 + 0.2 + 0.3) / 3], [(0.3 + 0.2 + 0.1) / 3]])
    assert rank_table(scores, ["a", "b"], 0.05)["mean_rank"].tolist() == [1.5, 1.5]
    assert np.isnan(hedges_g(np.array([0.1 + 0.2, 0.3, 0.3])))
    assert str(estimate(np.array([-1e-12, 0.0]), np.zeros((2, 3))).mean) == "0.0"
