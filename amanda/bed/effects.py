"""Turn scores into effects: what a method gains over another on each bed, with its interval and a verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd

from amanda.bed.settings import HELP, HURT, NOTHING, UNKNOWN, EffectSettings, NamedBed
from amanda.shared.runs import seed_list
from amanda.statistics.claims.interval import interval
from amanda.statistics.noise import LARGEST
from extractors.shared.program import UserError

DATA = "SYNTHETIC features drawn from a formula"
"""The column ``data`` of every row."""


def run_name(bed: str, method: str) -> str:
    """The name of a run in the tables of training and scoring; two beds may train one method on one pair."""
    return f"{bed}__{method}"


def effects_table(scores: pd.DataFrame, settings: EffectSettings) -> pd.DataFrame:
    """One row per bed: both methods' mean scores, the mean difference over seeds, its interval, and the verdict.

    Args:
        scores: ``weighted_f1`` in percent per source, target, method (a :func:`run_name`), seed and selection.
        settings: the beds, and how they are judged.

    Raises:
        UserError: a run is missing.
    """
    rows = []
    for bed in settings.beds:
        ours, theirs = (_scores(scores, bed, method, settings) for method in (bed.method, bed.against))
        margin = settings.margin if bed.margin is None else bed.margin
        low, high = interval(ours - theirs, settings.alpha, LARGEST)
        rows.append(
            {
                "bed": bed.bed,
                "source": bed.source,
                "target": bed.target,
                "method": settings.labels[bed.method],
                "against": settings.labels[bed.against],
                "value": ours.mean(),
                "against_value": theirs.mean(),
                "effect": (ours - theirs).mean(),
                "low": low,
                "high": high,
                "deviation": (ours - theirs).std(ddof=1),
                "must": bed.must,
                "as_it_must_be": is_as_it_must_be(low, high, bed.must, margin),
                "n_seeds": len(ours),
                "margin": margin,
                "alpha": settings.alpha,
                "selection": settings.selection,
                "data": DATA,
            }
        )
    return pd.DataFrame(rows)


def is_as_it_must_be(low: float, high: float, must: str, margin: float) -> bool:
    """Whether the interval of an effect shows what the bed asks for; where nothing is known, any interval does."""
    return {
        HELP: low > 0,
        HURT: high < 0,
        NOTHING: -margin < low and high < margin,
        UNKNOWN: True,
    }[must]


def _scores(scores: pd.DataFrame, bed: NamedBed, method: str, settings: EffectSettings) -> np.ndarray:
    """Weighted F1 of a method on a bed, [seeds]."""
    run = run_name(bed.bed, method)
    is_of_run = (scores["source"] == bed.source) & (scores["target"] == bed.target) & (scores["method"] == run)
    found = scores[is_of_run & (scores["selection"] == settings.selection)].set_index("seed")["weighted_f1"]
    absent = [seed for seed in settings.seeds if seed not in found.index]
    if absent:
        raise UserError(
            f"--scores: no {settings.selection} score of {run} on {bed.source}-{bed.target}, "
            f"{seed_list(absent)}; train and score it first"
        )
    return found.loc[list(settings.seeds)].to_numpy()
