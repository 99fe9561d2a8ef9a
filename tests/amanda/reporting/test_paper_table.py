"""The shipped numbers of the paper."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers.places import ROOT


def test_the_shipped_paper_table_is_the_papers() -> None:
    paper = pd.read_csv(ROOT / "workflow" / "resources" / "paper_table1.csv")
    assert paper.shape == (10, 9)
    assert paper.set_index("method").loc["amanda_p2", "meld-msp_improv"] == 57.46
    assert paper.iloc[:, 2:].to_numpy().sum() == pytest.approx(3749.36, abs=0.005)
