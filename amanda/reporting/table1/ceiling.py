"""Lines to hold a number against: chance, the majority class, and the ceiling, a training on the target's own labels.

The ceiling is scored like every other row, and takes no part in their comparisons: no other row sees those labels.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.shared.runs import Absent, Runs, absent_runs

IN_DOMAIN = "in_domain"
"""The row of Table 1 that is the ceiling."""

LABEL = "In-domain (ceiling)"

OWN_SELECTION = "source_validation_f1"
"""What chooses its epoch: its source is the target, and has a validation split with labels."""

LINES = {"majority_weighted_f1": "Majority class", "chance_weighted_f1": "Chance"}
"""Columns of Table 1 that need no training, and what they are called."""


def absent_ceilings(ceilings: pd.DataFrame, settings: ReportSettings) -> Absent:
    """The ceilings that are asked for and are not there; refused as :func:`amanda.shared.runs.absent_runs` does."""
    wanted = settings.in_domain
    if not wanted.targets:
        return {}
    asked = Runs(
        pairs=tuple(f"{target}-{target}" for target in wanted.targets),
        methods=(wanted.method,),
        seeds=settings.seeds,
        selection=OWN_SELECTION,
        missing_runs=settings.missing_runs,
    )
    return absent_runs(ceilings, asked)


def as_rows(ceilings: pd.DataFrame, settings: ReportSettings) -> pd.DataFrame:
    """The scores of the ceilings as those of a row of every pair that has the target, chosen by ``OWN_SELECTION``."""
    chosen = ceilings[(ceilings["selection"] == OWN_SELECTION) & ceilings["seed"].isin(settings.seeds)]
    parts = [
        chosen[chosen["target"] == target].assign(source=source, method=IN_DOMAIN, selection=settings.selection)
        for source, target in (pair.split("-") for pair in settings.pairs)
    ]
    return pd.concat(parts, ignore_index=True)


def gap_closed(table: pd.DataFrame, settings: ReportSettings) -> pd.DataFrame:
    """The ceiling of each cell, and the share of the way to it that a method goes from the row without those labels.

    Args:
        table: ``source``, ``target``, ``method`` and ``weighted_f1_mean``.
        settings: which method is trained both without and with the target's labels.

    Returns:
        ``ceiling_weighted_f1`` and ``gap_closed``, which is missing where the ceiling is not above that row.
    """
    scores = table.set_index(["source", "target", "method"])["weighted_f1_mean"]
    pairs = list(zip(table["source"], table["target"], strict=True))
    ceiling, floor = (
        pd.Series([scores.get((*pair, method)) for pair in pairs], dtype=float)
        for method in (IN_DOMAIN, settings.in_domain.method)
    )
    gap = (ceiling - floor).where(ceiling > floor)
    return pd.DataFrame({"ceiling_weighted_f1": ceiling, "gap_closed": (table["weighted_f1_mean"] - floor) / gap})


def explained(table: pd.DataFrame, settings: ReportSettings) -> Iterator[str]:
    """What the lines are, and which part of the gap each method closes over all pairs, in sentences."""
    if settings.in_domain.targets:
        method, labels = settings.in_domain.method, settings.labels
        yield (
            f"{LABEL} is {labels.get(method, method)} trained on the labelled train split of the target, its"
            " epoch chosen on the validation split; no other row sees these labels, and no test compares it."
        )
        closed = [
            f"{labels[name]} {100 * share:.0f} %"
            for name, share in _over_pairs(table, settings).items()
            if name != method
        ]
        if closed:
            yield (
                f"Of the gap from {labels[method]} to it, the mean over the pairs that have one, methods"
                f" close: {', '.join(closed)}."
            )
    yield (
        "Majority class calls every clip what most of the scored clips are; chance calls the classes equally often"
        " whatever the clip."
    )


def _over_pairs(table: pd.DataFrame, settings: ReportSettings) -> dict[str, float]:
    """The share of the mean gap that each method closes, over the pairs that have one and on which all are known."""
    scores = table.pivot_table("weighted_f1_mean", ["source", "target"], "method", dropna=False)
    method = settings.in_domain.method
    if not {method, IN_DOMAIN} <= set(scores):
        return {}
    known = scores.reindex(columns=[*settings.methods, IN_DOMAIN]).dropna()
    mean = known[known[IN_DOMAIN] > known[method]].mean()
    return (
        ((mean - mean[method]) / (mean[IN_DOMAIN] - mean[method])).dropna().drop(IN_DOMAIN, errors="ignore").to_dict()
    )
