"""From known scores to known tables."""

import math

import pandas as pd
import pytest

from amanda.report import markdown, table1
from extractors.program import UserError

SETTINGS = {
    "pairs": ["iemocap-msp_improv"],
    "methods": ["direct_transfer", "amanda_p2"],
    "seeds": [0, 1, 2],
    "selection": "last_epoch",
    "recipe": "paper",
    "releases": "synthetic",
    "labels": {"direct_transfer": "D.T.", "amanda_p2": "A-N(p = 2)"},
}
PAPER = pd.DataFrame({"method": ["direct_transfer"], "label": ["D.T."], "iemocap-msp_improv": [57.62]})


@pytest.fixture
def scores():
    rows = []
    for method, values in {"direct_transfer": (50.0, 52.0, 54.0), "amanda_p2": (60.0, 60.0, 60.0)}.items():
        for seed, value in enumerate(values):
            pair = {"source": "iemocap", "target": "msp_improv", "method": method, "seed": seed}
            rows.append(pair | {"selection": "last_epoch", "weighted_f1": value})
            rows.append(pair | {"selection": "oracle", "weighted_f1": value + 3})
    return pd.DataFrame(rows)


def test_mean_and_sample_standard_deviation_over_seeds(scores):
    table = table1(scores, PAPER, SETTINGS).set_index("method")
    assert table.loc["direct_transfer", "weighted_f1_mean"] == 52.0
    assert table.loc["direct_transfer", "weighted_f1_std"] == 2.0  # sqrt((4 + 0 + 4) / (3 - 1))
    assert table.loc["direct_transfer", "n_seeds"] == 3
    assert table.loc["amanda_p2", "weighted_f1_std"] == 0.0
    assert table.loc["direct_transfer", "oracle_weighted_f1_mean"] == 55.0


def test_the_papers_number_stands_beside_ours(scores):
    table = table1(scores, PAPER, SETTINGS).set_index("method")
    assert table.loc["direct_transfer", "paper_weighted_f1"] == 57.62
    assert table.loc["direct_transfer", "difference_to_paper"] == pytest.approx(52.0 - 57.62)
    assert math.isnan(table.loc["amanda_p2", "paper_weighted_f1"])


def test_both_tables_say_that_the_data_is_synthetic(scores):
    table = table1(scores, PAPER, SETTINGS)
    assert set(table["data"]) == {"SYNTHETIC twins"}
    assert "SYNTHETIC DATA" in markdown(table, SETTINGS)


def test_nothing_is_called_synthetic_when_the_releases_are_licensed(scores):
    settings = SETTINGS | {"releases": "licensed"}
    table = table1(scores, PAPER, settings)
    assert "ynthetic" not in table.to_csv() + markdown(table, settings)
    assert "SYNTHETIC" not in table.to_csv() + markdown(table, settings)


def test_the_markdown_has_the_papers_layout(scores):
    lines = markdown(table1(scores, PAPER, SETTINGS), SETTINGS).splitlines()
    assert lines[2] == "| Method | IE.→MS. |"
    assert lines[4] == "| D.T. | 52.00 ± 2.00 (57.62) |"
    assert lines[5] == "| A-N(p = 2) | 60.00 ± 0.00 |"


def test_a_missing_run_is_named(scores):
    with pytest.raises(UserError, match="no last_epoch score of amanda_p2 on iemocap-msp_improv"):
        table1(scores[scores["method"] != "amanda_p2"], PAPER, SETTINGS)


def test_the_shipped_paper_table_is_the_papers():
    from pathlib import Path

    paper = pd.read_csv(Path(__file__).parent.parent / "workflow" / "resources" / "paper_table1.csv")
    assert paper.shape == (10, 9)
    assert paper.set_index("method").loc["amanda_p2", "meld-msp_improv"] == 57.46
    assert paper.iloc[:, 2:].to_numpy().sum() == pytest.approx(3749.36, abs=0.005)
