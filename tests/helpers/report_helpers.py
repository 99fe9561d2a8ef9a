"""What the tests of several rooms share of report."""

from __future__ import annotations

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.html import table_document
from amanda.reporting.table1.latex import latex
from amanda.reporting.table1.markdown import markdown
from amanda.reporting.table1.notes import Evidence, notes
from amanda.reporting.table1.table import table1
from extractors.shared.settings import settings_of
from helpers.changed import changed

PAIR = {"source": "iemocap", "target": "msp_improv"}


SETTINGS = settings_of(
    ReportSettings,
    {
        "classes": ["neutral", "happy", "sad", "angry"],
        "unlabelled": [],
        "pairs": ["iemocap-msp_improv"],
        "methods": ["direct_transfer", "amanda_p2"],
        "seeds": [0, 1, 2],
        "selection": "last_epoch",
        "recipe": "paper",
        "releases": "licensed",
        "twins": [],
        "few_clips": 5,
        "dead_fraction": 0.5,
        "labels": {"direct_transfer": "D.T.", "amanda_p2": "A-N(p = 2)"},
        "missing_runs": "refuse",
        "in_domain": {"method": "direct_transfer", "targets": []},
        "modalities": {},
        "split": "test",
        "alpha": 0.05,
        "power": 0.8,
        "resamples": 2000,
        "bootstrap_seed": 0,
        "corpora": {
            "iemocap": {
                "reading": {"merge_excited": True, "scenarios": ["P", "R"]},
                "split": {"by": "session", "validation": ["4"], "test": ["5"]},
            }
        },
    },
)


SYNTHETIC = {"releases": "synthetic", "twins": ["iemocap", "msp_improv"]}


PAPER = pd.DataFrame({"method": ["direct_transfer"], "label": ["D.T."], "iemocap-msp_improv": [57.62]})


WITH_CEILING = {"in_domain": {"method": "direct_transfer", "targets": ["msp_improv"]}}


CELLS = pd.DataFrame([PAIR | {"method": "direct_transfer", "low": 46.0, "high": 58.0}])


COMPARISONS = pd.DataFrame([PAIR | {"method": "direct_transfer", "other": "amanda_p2"}])


CORPORA = pd.DataFrame(
    {"corpus": "iemocap", "label": ["neutral", "sad"], "usable": [10, 7], "train": [6, 4], "validation": 1, "test": 3}
)


DETECTABLE = pd.DataFrame([PAIR | {"n_seeds": 3, "n_clips": 6, "family": 45, "n_pairs": 1}])


STATES = pd.DataFrame([{"corpus": "iemocap", "modality": "audio", "state": "silent", "clips": 8, "of": 17}])


MADE = {"commit": "abc1234", "date": "2024-05-17", "versions": "Python 3.11"}


LINES = {"chance_weighted_f1": 25.0, "majority_weighted_f1": 13.5}


def two_methods() -> pd.DataFrame:
    """Scores of three seeds; the oracle gains 3 points."""
    rows = []
    for method, values in {"direct_transfer": (50.0, 52.0, 54.0), "amanda_p2": (60.0, 60.0, 60.0)}.items():
        for seed, value in enumerate(values):
            about = (
                PAIR
                | {"method": method, "seed": seed, "clips": 6}
                | LINES
                | {"device": "cpu", "trained_with": "torch 2"}
            )
            rows.append(about | {"selection": "last_epoch", "weighted_f1": value})
            rows.append(about | {"selection": "oracle", "weighted_f1": value + 3})
    return pd.DataFrame(rows)


def ceilings() -> pd.DataFrame:
    """Scores of three seeds of the row that is trained on the target's own labels, 72 on average."""
    about = {"source": "msp_improv", "target": "msp_improv", "method": "direct_transfer", "clips": 6} | LINES
    rules = {"source_validation_f1": 72.0, "last_epoch": 1.0, "oracle": 99.0}
    rows = [
        about | {"seed": seed, "selection": rule, "weighted_f1": value + seed - 1}
        for seed in (0, 1, 2)
        for rule, value in rules.items()
    ]
    return pd.DataFrame(rows)


def tabulate(scores: pd.DataFrame, p: float = 0.01, **keys: object) -> pd.DataFrame:
    comparisons = COMPARISONS.assign(difference=-8.0, p_holm=p)
    return table1(scores, ceilings(), PAPER, CELLS, comparisons, changed(SETTINGS, **keys))


def evidence(scores: pd.DataFrame, **keys: object) -> Evidence:
    detectable = DETECTABLE.assign(detectable=4.21, detectable_in_family=9.87)
    return Evidence(tabulate(scores, **keys), scores, CORPORA, STATES, detectable, MADE)


def all_formats(found: Evidence, settings: ReportSettings) -> list[str]:
    told = notes(found, settings)
    return [layout(found.table, told, settings) for layout in (markdown, latex, table_document)]
