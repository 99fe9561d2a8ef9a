"""The page of runs of which some are missing names those."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from helpers.page_document import Document, write
from helpers.page_inputs import Plan, write_results


def test_missing_runs_are_named(tmp_path: Path) -> None:
    plan = Plan()
    flags = write_results(tmp_path, plan)
    lost = ("mosei-meld", "amanda_p2")
    for name in ("--scores", "--predictions", "--histories", "--times"):
        start = flags.index(name) + 1
        flags = [
            flag
            for n, flag in enumerate(flags)
            if not (start <= n < start + 6 and lost[0] in flag and f"/{lost[1]}" in flag)
        ]
    path = tmp_path / "results/table1.csv"
    table = pd.read_csv(path)
    gone = (table["source"] == "mosei") & (table["method"] == lost[1])
    table.loc[gone, ["weighted_f1_mean", "weighted_f1_std", "selection_gap"]] = np.nan
    table["missing"] = np.where(gone, "seeds 0, 1", "")
    table.to_csv(path, index=False)
    words = " ".join("".join(Document(write(tmp_path, flags)).texts).split())
    assert "10 of 12 2 runs missing" in words
    assert "1 of 8 cells have no number" in words
    assert "amanda p2 on MO.→ME. (seeds 0, 1)" in words
    assert "amanda p2: no run." in words
    assert "No run." in words
    assert "Cells without a record: 1." in words
