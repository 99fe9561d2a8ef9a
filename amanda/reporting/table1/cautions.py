"""Cautions about a score: modalities without information, few scored clips, classes without clips."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.shared.tables.scores import F1
from amanda.shared.tables.table import classes_of, columns_of
from amanda.shared.wording import counted

STATES = {
    "failed": "{clips} of {of} clips have no {modality} features",
    "silent": "in {clips} of {of} clips the sound is silent",
    "wordless": "{clips} of {of} clips have an empty transcript",
    "faceless": "{clips} of {of} clips show no face",
    "alike": "{clips} of {of} clips have the very same {modality} features",
}
"""The states of extractors.count_states in words."""


def dead_modalities(states: pd.DataFrame, settings: ReportSettings) -> Iterator[str]:
    """A sentence for each corpus and modality that has no information in more of the clips than ``dead_fraction``.

    A clip is in at most one of the states, except ``alike``. The other states are added up; ``alike`` counts alone.

    Args:
        states: of extractors.count_states.
        settings: from which share of the clips on.
    """
    kinds = states["state"].where(states["state"] == "alike", "without content")
    keys = [states["corpus"], states["modality"], kinds]
    together = states.groupby(keys, sort=False)["clips"].transform("sum")
    many = states[(together > settings.dead_fraction * states["of"]) & (states["clips"] > 0)]
    for (corpus, _), rows in many.groupby(["corpus", "modality"], sort=False):
        told = [STATES[row.state].format(**row._asdict()) for row in rows.itertuples()]
        yield f"{corpus}: {', and '.join(told)}."


def small_tests(table: pd.DataFrame, settings: ReportSettings) -> Iterator[str]:
    """A sentence for each target that is scored on fewer clips than ``few_clips``.

    Args:
        table: Table 1, with ``target`` and ``clips``.
        settings: what few clips are, and the split that is scored.
    """
    for target, clips in table.dropna(subset="clips").groupby("target", sort=False)["clips"].first().items():
        if 0 < clips < settings.few_clips:
            yield (
                f"The {settings.split} split of {target} has {counted(int(clips), 'clip')}: one correct clip more or"
                f" less changes the accuracy by {100 / clips:.0f} points."
            )


def absent_classes(scores: pd.DataFrame, settings: ReportSettings) -> Iterator[str]:
    """A sentence for each target without a scored clip of some class.

    Args:
        scores: of amanda.score_pair, where the F1 of such a class is missing.
        settings: the split that is scored, and the corpora without labels.
    """
    columns = dict(zip(columns_of(scores, F1), classes_of(scores, F1), strict=True))
    for target, rows in scores.groupby("target", sort=False):
        absent = [name for column, name in columns.items() if rows[column].isna().all()]
        if absent and target not in settings.unlabelled:
            yield (
                f"The {settings.split} split of {target} has no clip of {' and '.join(absent)}: means over classes"
                " are over the other classes."
            )
