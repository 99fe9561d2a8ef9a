"""Results with the comparisons and means that a test gives."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from amanda.reporting.page.results import Results
from amanda.reporting.settings import WholePageSettings
from extractors.shared.settings import settings_of
from helpers.page_inputs import Plan, settings_of_plan

NAN = float("nan")


PAIRS = ("iemocap-meld", "mosei-meld")


MEANS = {"direct_transfer": 40.0, "amanda_p1": 52.0, "amanda_p2": 44.0}


def results(*comparisons: tuple, means: dict[str, float] = MEANS, pairs: tuple = PAIRS, **settings: object) -> Results:
    """Results whose comparisons are rows of pair, method, other, difference, low, high and Holm's p."""
    of_plan = settings_of_plan(Plan(pairs=pairs, methods=tuple(means)))
    asked = settings_of(WholePageSettings, of_plan.as_json() | {"prior_distance": 0.1} | settings)
    rows = [(*(pair.split("-") if "-" in pair else (pair, pair)), *rest) for pair, *rest in comparisons]
    names = ["source", "target", "method", "other", "difference", "low", "high", "p_holm"]
    cells = [("all", "all", name, mean, mean - 3, mean + 4) for name, mean in means.items()]
    table = [
        (*pair.split("-"), name, mean + shift, 1.5, NAN)
        for name, mean in means.items()
        for pair, shift in zip(pairs, (-2, 2), strict=False)
    ]
    runs = [(*pair.split("-"), name, seed) for pair in pairs for name in means for seed in asked.seeds]
    return Results(
        table=pd.DataFrame(
            table, columns=["source", "target", "method", "weighted_f1_mean", "weighted_f1_std", "paper_weighted_f1"]
        ),
        cells=pd.DataFrame(cells, columns=["source", "target", "method", "weighted_f1_mean", "low", "high"]),
        comparisons=pd.DataFrame(rows, columns=names),
        ranks=pd.DataFrame(),
        detectable=pd.DataFrame({"source": ["iemocap", "all"], "target": ["meld", "all"], "detectable": [9.4, 4.21]}),
        scores=pd.DataFrame(runs, columns=["source", "target", "method", "seed"]),
        predictions=pd.DataFrame(),
        corpora=pd.DataFrame({"labelled": [900, 600], "usable": [700, 600]}),
        states=pd.DataFrame(),
        census="",
        histories={},
        seconds={},
        paths={name: Path("results") / name for name in ("table", "cells", "comparisons", "detectable", "corpora")},
        settings=asked,
        config={},
        made={"commit": "abc1234", "date": "2024-05-17", "versions": "these"},
    )


def none(pair: str, other: str = "amanda_p1") -> tuple:
    return (pair, "direct_transfer", other, 1.0, -9.0, 11.0, 0.8)
