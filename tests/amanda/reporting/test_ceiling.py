"""The lines that Table 1 holds its numbers against: the ceiling, and the gap to it that a method closes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.changed import changed
from helpers.report_helpers import (
    CELLS,
    COMPARISONS,
    SETTINGS,
    WITH_CEILING,
    all_formats,
    ceilings,
    evidence,
    tabulate,
    two_methods,
)

from amanda.reporting.table1.ceiling import explained
from amanda.reporting.table1.notes import notes
from amanda.reporting.table1.table import table1
from extractors.shared.program import UserError

CEILING = changed(SETTINGS, **WITH_CEILING)
COMPARED = COMPARISONS.assign(difference=-8.0, p_holm=0.01)
NO_PAPER = pd.DataFrame({"method": [], "label": []})


@pytest.fixture
def table() -> pd.DataFrame:
    """D.T. 52, another method 60, the ceiling 72."""
    return tabulate(two_methods(), **WITH_CEILING).set_index("method")


def test_the_ceiling_is_a_row_of_every_pair_chosen_by_its_own_validation_split(table: pd.DataFrame) -> None:
    """The scores of its other rules, 1 and 99, have no part in it."""
    row = table.loc["in_domain"]
    assert row["weighted_f1_mean"] == 72.0
    assert row["weighted_f1_std"] == 1.0
    assert (row["source"], row["target"]) == ("iemocap", "msp_improv")
    assert row["selection"] == "source_validation_f1"
    assert table.loc["amanda_p2", "selection"] == "last_epoch"
    assert np.isnan(row["oracle_weighted_f1_mean"])
    assert np.isnan(row["paper_weighted_f1"])


def test_each_cell_knows_its_lines_and_how_much_of_the_gap_it_closes(table: pd.DataFrame) -> None:
    assert (table["clips"] == 6).all()
    assert (table["chance_weighted_f1"] == 25.0).all()
    assert (table["majority_weighted_f1"] == 13.5).all()
    assert (table["ceiling_weighted_f1"] == 72.0).all()
    assert table["gap_closed"].to_dict() == {"direct_transfer": 0.0, "amanda_p2": 0.4, "in_domain": 1.0}  # 8 of 20


def test_the_ceiling_is_no_rival_and_never_the_best(table: pd.DataFrame) -> None:
    assert table["better_beyond_noise"].to_dict() == {"direct_transfer": False, "amanda_p2": True, "in_domain": False}


def test_every_format_shows_the_ceiling_and_the_gap() -> None:
    for text in all_formats(evidence(two_methods(), **WITH_CEILING), CEILING):
        assert "In-domain (ceiling)" in text
        assert "72.00" in text
        assert "close: A-N(p = 2) 40" in text
        assert "Majority class" in text


def test_a_ceiling_below_direct_transfer_leaves_no_gap() -> None:
    low = ceilings().assign(weighted_f1=40.0)
    found = evidence(two_methods(), **WITH_CEILING)
    table = table1(two_methods(), low, NO_PAPER, CELLS, COMPARED, CEILING)
    assert table["gap_closed"].isna().all()
    assert (table["ceiling_weighted_f1"] == 40.0).all()
    assert not any("close:" in told for told in explained(table, CEILING))
    texts = all_formats(replace(found, table=table), CEILING)
    assert not any("nan" in text.split("What the seeds")[0] for text in texts)


def test_a_missing_ceiling_is_refused_or_named() -> None:
    partial = ceilings().query("seed != 1")
    with pytest.raises(UserError, match=r"no source_validation_f1 score of .* on msp_improv-msp_improv, seed 1"):
        table1(two_methods(), partial, NO_PAPER, CELLS, COMPARED, CEILING)
    settings = changed(CEILING, missing_runs="name")
    for there in (partial, partial[:0]):
        table = table1(two_methods(), there, NO_PAPER, CELLS, COMPARED, settings).set_index("method")
        assert table.loc["in_domain", "missing"].startswith("seed")
        assert table["ceiling_weighted_f1"].isna().all()
        assert table["gap_closed"].isna().all()


def test_without_a_ceiling_nothing_is_said_of_one() -> None:
    found = evidence(two_methods())
    assert "in_domain" not in set(found.table["method"])
    assert not any("ceiling" in note.text for note in notes(found, SETTINGS))


@pytest.mark.parametrize("twins", [["iemocap", "msp_improv"], ["iemocap"], ["msp_improv"]])
def test_no_format_sets_the_papers_numbers_beside_a_twin(twins: list[str]) -> None:
    """Neither a number of the paper nor how often ours agree with it; they are back where both corpora are real."""
    synthetic = WITH_CEILING | {"releases": "synthetic", "twins": twins}
    settings, found = changed(SETTINGS, **synthetic), evidence(two_methods(), **synthetic)
    columns = found.table.filter(like="paper")
    assert len(columns.columns) == 3
    assert columns.isna().all(axis=None)
    for text in all_formats(found, settings):
        assert "57.62" not in text
        assert "lies in our" not in text
        assert "paper (ours" not in text
    real = evidence(two_methods(), **WITH_CEILING)
    assert all("57.62" in text and "lies in our" in text for text in all_formats(real, CEILING))
