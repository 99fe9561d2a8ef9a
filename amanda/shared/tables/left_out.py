"""Predictions of trained networks without one of the modalities."""

from __future__ import annotations

import pyarrow as pa

from amanda.shared.tables.table import Table

LEFT_OUT = Table(
    made_by="amanda.leave_out",
    schema=pa.schema(
        {
            "source": pa.string(),
            "target": pa.string(),
            "method": pa.string(),
            "seed": pa.int64(),
            "selection": pa.string(),
            "epoch": pa.int64(),
            "left_out": pa.string(),
            "clip_id": pa.string(),
            "predicted": pa.string(),
        }
    ),
)
"""One row per run, modality that is left out (or ``nothing``) and clip of the target."""
