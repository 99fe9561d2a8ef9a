"""The outputs of scoring: scores of every run, and the scored predictions."""

from __future__ import annotations

import pyarrow as pa

from amanda.shared.tables.table import Table

F1 = "f1_*"
"""Columns with the F1 of each class."""

SHARES = "estimated_share_*"
"""Columns with the target's label share of each class as estimated without its labels."""

PREDICTED = "predicted_share_*"
"""Columns with the share of the target's clips, of all splits, that each class is predicted for."""

UNEXPLAINED = "estimate_unexplained"
"""Column of what the estimate leaves over: the share of predictions that no change of label shares explains."""

_CHOICE = {
    "source": pa.string(),
    "target": pa.string(),
    "method": pa.string(),
    "split": pa.string(),
    "seed": pa.int64(),
    "selection": pa.string(),
    "epoch": pa.int64(),
}
"""The run, and the epoch that a selection chose of it."""

SCORES = Table(
    made_by="amanda.score_pair",
    schema=pa.schema(
        {
            **_CHOICE,
            "clips": pa.int64(),
            **dict.fromkeys(("chance_weighted_f1", "majority_weighted_f1"), pa.float64()),
            **dict.fromkeys(("weighted_f1", "macro_f1", "accuracy", "uar"), pa.float64()),
            **dict.fromkeys((F1, SHARES, UNEXPLAINED, PREDICTED), pa.float64()),
            "device": pa.string(),
            "trained_with": pa.string(),
        }
    ),
)
"""One row per run and selection; scores are in percent, shares from 0 to 1.

For a target without labels the scores are NaN, ``clips`` is 0, and there is no oracle.

``chance_weighted_f1`` and ``majority_weighted_f1`` come from :func:`amanda.scoring.metrics.without_training`.
"""

CHOSEN = Table(
    made_by="amanda.score_pair",
    schema=pa.schema({**_CHOICE, "clip_id": pa.string(), "label": pa.string(), "predicted": pa.string()}),
)
"""One row per run, selection and labelled clip of the target's scored split."""
