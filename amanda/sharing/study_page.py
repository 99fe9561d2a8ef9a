"""The study of adaptation without the source, as a page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from amanda.shared.names import pair_name
from amanda.shared.twins import corpora_of, warning
from amanda.shared.wording import counted, markdown_row
from amanda.sharing.study import NONE, PRESENT, WAYS, WRONG, StudySettings, means_over_pairs
from amanda.statistics.claims.interval import interval

WORDS = {
    NONE: "no adaptation",
    PRESENT: "label alignment beside the source's clips",
    "numbers": "four numbers",
    "speakers": "speakers standardised, four numbers",
    "train": "encoders by label alignment, four numbers",
}
"""What each way is called."""


def write_page(scores: pd.DataFrame, far: pd.DataFrame, settings: StudySettings) -> str:
    """The page.

    Args:
        scores: rows of each pair, way and seed; see :func:`amanda.sharing.study.adapted_scores`.
        far: rows of each pair, modality and kind of frames; see :func:`amanda.sharing.study.distances`.
        settings: what was compared.
    """
    pairs, seeds = settings.pairs, scores["seed"].nunique()
    caution = warning(corpora_of(pairs), settings, {})
    parts = [
        "# Adaptation without the source\n",
        *([f"**{caution}**\n"] if caution else []),
        f"Each run of {settings.method} is adapted with nothing of its source but the model folder, to the"
        " unlabelled train clips of the target, and scored on its test clips. Beside it stands"
        f" {settings.present}, which was trained on the source's clips and the same unlabelled ones."
        f" {counted(len(pairs), 'pair')}: {', '.join(map(pair_name, pairs))}; {counted(seeds, 'run')} of each."
        f" Intervals are Student's t at {100 * (1 - settings.alpha):g} % over runs, of the mean over pairs; clips"
        " are held fixed.\n",
        score_table(scores, settings.alpha),
        "## Distance of the inputs\n",
        "The squared distance of two normal distributions with diagonal covariances, in units of the source's"
        f" variances; mean over columns. From {settings.adaptation.alarm:g} on, `amanda.adapt_model` calls frames"
        " wrong."
        " Shuffled, scaled (by 3) and zeroed frames are made wrong on purpose. The last column is the fall of the mean"
        " confidence from the source's validation clips, in points.\n",
        distance_table(far),
    ]
    return "\n".join(parts)


def score_table(scores: pd.DataFrame, alpha: float) -> str:
    """A row for each way: its scores, and its gains over none and over adaptation beside the source."""
    means = means_over_pairs(scores).set_index(["way", "seed"])
    runs = scores.set_index(["way", "pair", "seed"])["weighted_f1"]
    lines = [
        "| | F1 | UAR | F1 minus no adaptation | UAR minus no adaptation | F1 minus source-present | runs below none |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for way in (NONE, PRESENT, *WAYS):
        f1, uar = means.loc[way, "weighted_f1"], means.loc[way, "uar"]
        cells = [WORDS[way], f"{f1.mean():.1f}", f"{uar.mean():.1f}"]
        cells += [_gain(f1, means.loc[NONE, "weighted_f1"], alpha, way != NONE)]
        cells += [_gain(uar, means.loc[NONE, "uar"], alpha, way != NONE)]
        cells += [_gain(f1, means.loc[PRESENT, "weighted_f1"], alpha, way not in (NONE, PRESENT))]
        below = runs.loc[way] < runs.loc[NONE]
        cells += [f"{int(below.sum())} of {len(below)}" if way != NONE else ""]
        lines.append(markdown_row(cells))
    return "\n".join(lines) + "\n"


def _gain(one: pd.Series, other: pd.Series, alpha: float, wanted: bool) -> str:
    if not wanted:
        return ""
    differences = (one - other).to_numpy(np.float64)
    low, high = interval(differences, alpha, 100.0)
    return f"{differences.mean():+.1f}" + ("" if np.isnan(low) else f" ({low:+.1f} to {high:+.1f})")


def distance_table(far: pd.DataFrame) -> str:
    """A row for each pair and modality: distance of right and of wrong frames, and the fall of confidence."""
    kinds: Sequence[str] = ("right", *WRONG)
    lines = [f"| | modality | {' | '.join(kinds)} | fall |", "| --- | --- |" + " ---: |" * (len(kinds) + 1)]
    for (pair, modality), rows in far.groupby(["pair", "modality"], sort=False):
        by_kind = rows.set_index("frames")["distance"]
        fall = rows["confidence_fall"].dropna().iloc[0]
        cells = [pair_name(str(pair)), str(modality), *(f"{by_kind[kind]:.2f}" for kind in kinds), f"{fall:.1f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
