"""Reference lines: chance, the majority class, and the ceiling, which is trained on the target's own labels.

The ceiling is scored like every other row. It is not part of the comparisons, because no other row sees these labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from amanda.shared.runs import Absent, absent_runs

IN_DOMAIN = "in_domain"
"""The row of Table 1 that is the ceiling."""

LABEL = "In-domain (ceiling)"

OWN_SELECTION = "source_validation_f1"
"""The selection of its epoch: its source is the target, which has a validation split with labels."""

LINES = {"majority_weighted_f1": "Majority class", "chance_weighted_f1": "Chance"}
"""Columns of Table 1 that need no training, and their names in the table."""


def absent_ceilings(ceilings: pd.DataFrame, settings: Mapping) -> Absent:
    """The missing ceilings; raises the error of :func:`amanda.shared.runs.absent_runs` if they must not be missing."""
    wanted = settings["in_domain"]
    pairs = [f"{target}-{target}" for target in wanted["targets"]]
    asked = {"pairs": pairs, "methods": [wanted["method"]], "selection": OWN_SELECTION}
    return absent_runs(ceilings, {**settings, **asked})


def as_rows(ceilings: pd.DataFrame, settings: Mapping) -> pd.DataFrame:
    """The ceilings' scores as a row of every pair with that target; ``OWN_SELECTION`` chooses the epoch."""
    chosen = ceilings[(ceilings["selection"] == OWN_SELECTION) & ceilings["seed"].isin(settings["seeds"])]
    parts = [
        chosen[chosen["target"] == target].assign(source=source, method=IN_DOMAIN, selection=settings["selection"])
        for source, target in (pair.split("-") for pair in settings["pairs"])
    ]
    return pd.concat(parts, ignore_index=True)


def gap_closed(table: pd.DataFrame, settings: Mapping) -> pd.DataFrame:
    """The ceiling of each cell, and the share of the gap that a method closes.

    The gap is the difference between the ceiling and the same method trained without the target's labels.

    Args:
        table: ``source``, ``target``, ``method`` and ``weighted_f1_mean``.
        settings: ``in_domain``, with the ``method`` that is trained both without and with the target's labels.

    Returns:
        ``ceiling_weighted_f1`` and ``gap_closed``, which is missing if the ceiling is not above that method.
    """
    scores = table.set_index(["source", "target", "method"])["weighted_f1_mean"]
    pairs = list(zip(table["source"], table["target"], strict=True))
    ceiling, floor = (
        pd.Series([scores.get((*pair, method)) for pair in pairs], dtype=float)
        for method in (IN_DOMAIN, settings["in_domain"]["method"])
    )
    gap = (ceiling - floor).where(ceiling > floor)
    return pd.DataFrame({"ceiling_weighted_f1": ceiling, "gap_closed": (table["weighted_f1_mean"] - floor) / gap})


def explained(table: pd.DataFrame, settings: Mapping) -> Iterator[str]:
    """Sentences about the reference lines, and the share of the gap that each method closes over all pairs."""
    if settings["in_domain"]["targets"]:
        method, labels = settings["in_domain"]["method"], settings["labels"]
        yield (
            f"{LABEL} is {labels.get(method, method)} trained on the labelled train split of the target; its epoch is"
            " chosen on the validation split. No other row sees these labels, and no significance test includes it."
        )
        closed = [
            f"{labels[name]} {100 * share:.0f} %"
            for name, share in _over_pairs(table, settings).items()
            if name != method
        ]
        if closed:
            yield (
                f"Share of the gap between {labels[method]} and the ceiling that a method closes, from means over the"
                f" pairs with a gap: {', '.join(closed)}."
            )
    yield (
        "Majority class predicts the most frequent class of the scored clips for every clip; chance predicts each class"
        " equally often at random."
    )


def _over_pairs(table: pd.DataFrame, settings: Mapping) -> dict[str, float]:
    """The share of the mean gap that each method closes, over the pairs with a gap and with all numbers."""
    scores = table.pivot_table("weighted_f1_mean", ["source", "target"], "method", dropna=False)
    method = settings["in_domain"]["method"]
    if not {method, IN_DOMAIN} <= set(scores):
        return {}
    known = scores.reindex(columns=[*settings["methods"], IN_DOMAIN]).dropna()
    mean = known[known[IN_DOMAIN] > known[method]].mean()
    return (
        ((mean - mean[method]) / (mean[IN_DOMAIN] - mean[method])).dropna().drop(IN_DOMAIN, errors="ignore").to_dict()
    )
