"""From scores to effects and verdicts: numbers worked out by hand, and one clear sentence for each that is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from helpers.changed import changed

from amanda import check_bed, judge_bed
from amanda.bed.effects import effects_table, is_as_it_must_be
from amanda.bed.settings import EffectSettings
from amanda.bed.words import failures, page
from amanda.shared.tables.scores import SCORES
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

BEDS = {
    "shift": {"source": "plain", "target": "leaning", "method": "new", "against": "old", "must": "help"},
    "prior": {"source": "plain", "target": "skewed", "method": "new", "against": "old", "must": "hurt"},
    "look": {"source": "plain", "target": "leaning", "method": "old", "against": "new", "must": "unknown"},
}
SETTINGS = settings_of(
    EffectSettings,
    {
        "beds": [{"bed": name} | bed for name, bed in BEDS.items()],
        "seeds": [0, 1, 2],
        "selection": "last_epoch",
        "alpha": 0.05,
        "margin": 5,
        "labels": {"new": "a new method", "old": "an old one"},
    },
)
GAINS = {"shift": [1.0, 2.0, 3.0], "prior": [-9.0, -10.0, -11.0], "look": [2.0, 2.0, -1.0]}
"""Of each seed, from the score 50 of the other method."""


@pytest.fixture
def scores() -> pd.DataFrame:
    rows = []
    for name, bed in BEDS.items():
        for seed, gain in enumerate(GAINS[name]):
            about = {"source": bed["source"], "target": bed["target"], "seed": seed, "selection": "last_epoch"}
            rows += [about | {"method": f"{name}__{bed['method']}", "weighted_f1": 50 + gain}]
            rows += [about | {"method": f"{name}__{bed['against']}", "weighted_f1": 50.0}]
            rows += [about | {"method": f"{name}__{bed['method']}", "weighted_f1": 99.0, "selection": "oracle"}]
    # Of seeds and corpora that nobody asked for.
    return pd.DataFrame([*rows, rows[0] | {"seed": 7, "weighted_f1": 0.0}, rows[0] | {"target": "other"}])


@pytest.fixture
def table(scores: pd.DataFrame) -> pd.DataFrame:
    return effects_table(scores, SETTINGS).set_index("bed")


def test_effects_and_intervals_are_those_of_a_paired_t_test(table: pd.DataFrame) -> None:
    """Gains 1, 2, 3: mean 2, deviation 1, interval 2 ± 4.302653 / √3, which holds 0; -10 ± the same does not."""
    shift, prior = table.loc["shift"], table.loc["prior"]
    assert (shift["value"], shift["against_value"], shift["effect"], shift["deviation"]) == (52, 50, 2, 1)
    assert (shift["low"], shift["high"]) == pytest.approx((2 - 2.484138, 2 + 2.484138), abs=2e-2)
    assert prior["effect"] == -10
    assert (prior["low"], prior["high"]) == pytest.approx((-10 - 2.484138, -10 + 2.484138), abs=5e-2)
    assert table["as_it_must_be"].to_dict() == {"shift": False, "prior": True, "look": True}
    assert set(table["data"]) == {"SYNTHETIC features drawn from a formula"}
    assert set(table["n_seeds"]) == {3}


@pytest.mark.parametrize(
    ("low", "high", "right"),
    [
        (1, 6, {"help", "unknown"}),
        (-6, -1, {"hurt", "unknown"}),
        (1, 4, {"help", "nothing", "unknown"}),
        (-4, 4, {"nothing", "unknown"}),
        (-6, 4, {"unknown"}),
        (-4, 5, {"unknown"}),
        (0, 6, {"unknown"}),
        (np.nan, np.nan, {"unknown"}),
    ],
)
def test_the_interval_alone_decides(low: float, high: float, right: set[str]) -> None:
    words = ("help", "hurt", "nothing", "unknown")
    assert {must for must in words if is_as_it_must_be(low, high, must, 5)} == right


def test_a_missing_run_is_refused_by_name(scores: pd.DataFrame) -> None:
    of_run = (scores["method"] == "prior__old") & (scores["seed"] > 0)
    with pytest.raises(UserError, match="no last_epoch score of prior__old on plain-skewed, seeds 1, 2; train"):
        effects_table(scores[~of_run], SETTINGS)


def run(monkeypatch: pytest.MonkeyPatch, program: object, *flags: object) -> None:
    monkeypatch.setattr(sys, "argv", [program.__name__, *map(str, flags)])
    program.main()


def test_the_page_is_made_where_all_is_as_it_must_be(
    scores: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the programs; the wrong bed is left out first, then it is there and refused by name."""
    table, text = tmp_path / "known_answer.csv", tmp_path / "known_answer.md"
    filled = scores.reindex(columns=SCORES.schema.names)
    for name in SCORES.schema.names:
        if filled[name].isna().all():
            filled[name] = "" if pa.types.is_string(SCORES.schema.field(name).type) else 0
    SCORES.write(tmp_path / "scores.parquet", pa.Table.from_pandas(filled, preserve_index=False))
    beds = [bed for bed in SETTINGS.as_json()["beds"] if bed["bed"] != "shift"]
    told = ("--scores", tmp_path / "scores.parquet", "--table", table, "--settings")
    run(monkeypatch, judge_bed, *told, changed(SETTINGS, beds=beds).model_dump_json(exclude_unset=True))
    run(monkeypatch, check_bed, "--table", table, "--page", text)
    lines = text.read_text().splitlines()
    assert lines[2].startswith("**SYNTHETIC DATA: ")
    assert any("Each of 3 seeds" in line and "The 95 % interval" in line and "±5 points" in line for line in lines)
    assert lines[-2:] == [
        "| prior | a new method | an old one | 40.0 | 50.0 | -10.0 | -12.5 to -7.5 | hurt | **hurts** |",
        "| look | an old one | a new method | 51.0 | 50.0 | +1.0 | -3.3 to +5.3 | – | not told apart from 0 |",
    ]
    text.unlink()
    run(monkeypatch, judge_bed, *told, SETTINGS.model_dump_json(exclude_unset=True))
    with pytest.raises(UserError, match=r"known_answer.csv: something is broken here.*bed shift: a new method against"):
        run(monkeypatch, check_bed, "--table", table, "--page", text)
    assert not text.exists()


def test_a_wrong_effect_is_a_sentence_and_marked_on_the_page(table: pd.DataFrame) -> None:
    table = table.reset_index()
    assert failures(table) == [
        "bed shift: a new method against an old one must help, and its effect is +2.0 points (-0.5 to +4.5)"
    ]
    assert "| help | **within ±5: WRONG** |" in page(table)
    assert failures(table.assign(as_it_must_be=True)) == []
