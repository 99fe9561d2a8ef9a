"""Predictions of a training: logits of every epoch for the source's validation clips and all clips of the target."""

from __future__ import annotations

import pyarrow as pa

from amanda.shared.tables.table import Table

LOGITS = "logit_*"
"""The columns with the logit of each class, in their order."""

PREDICTIONS = Table(
    made_by="amanda.train_pair",
    schema=pa.schema(
        {
            "domain": pa.string(),
            "split": pa.string(),
            "seed": pa.int32(),
            "epoch": pa.int32(),
            "clip_id": pa.string(),
            LOGITS: pa.float32(),
            "log_density_ratio": pa.float32(),
        }
    ),
)
"""One row per domain (``source`` or ``target``), run, epoch (from 1) and clip; the target has no density ratio."""
