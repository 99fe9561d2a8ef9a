"""Made-up predictions of a run, and their scores by the program."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from amanda import score_pair
from amanda.scoring.selection import SELECTION
from amanda.shared.tables.predictions import PREDICTIONS
from amanda.shared.tables.scores import PREDICTED, SHARES, UNEXPLAINED
from amanda.shared.tables.table import per_class
from extractors.shared.clip import CLASSES
from extractors.shared.files import read_table, write_table
from helpers.pair import write_labels

LABEL = np.array([0, 1, 2, 3, 0, 1])
CLIPS = [f"{s}{c}" for s in ("train", "test") for c in range(6)]
LABEL_FREE = [*per_class(SHARES, CLASSES), UNEXPLAINED, *per_class(PREDICTED, CLASSES)]
SCORED = SELECTION.keys() - {"last_epoch"}


def write_run(folder: Path) -> None:
    """Two seeds of three epochs; epoch e gets the first 2e clips of the test split right, seed 1 in reverse order.

    The source's two validation clips are right in the second epoch only; the target's train clips are all of one class
    but in the first epoch. The second is the surest.
    """
    rows = []
    for seed in (0, 1):
        for epoch in (1, 2, 3):
            right = 2 * (epoch if seed == 0 else 4 - epoch)
            about, sure = {"seed": seed, "epoch": epoch}, 4 + epoch % 3
            for clip, label in enumerate(LABEL):
                test, train = label if clip < right else (label + 1) % 4, label if epoch == 1 else 0
                rows.append(about | row("target", "test", clip, test, sure) | {"log_density_ratio": None})
                rows.append(about | row("target", "train", clip, train, sure) | {"log_density_ratio": None})
            for clip, label in enumerate(LABEL[:2]):
                predicted = label if epoch == 2 else 3
                rows.append(
                    about | row("source", "validation", clip, predicted, sure) | {"log_density_ratio": 0.1 * clip}
                )
    PREDICTIONS.write(folder / "predictions.parquet", pa.Table.from_pylist(rows))
    write_labels(folder / "labels.parquet", CLIPS, np.tile(LABEL, 2))
    write_labels(folder / "source_labels.parquet", [f"validation{c}" for c in range(6)], LABEL)
    splits = {"clip_id": [f"validation{c}" for c in range(6)], "split": ["validation"] * 2 + ["train"] * 4}
    write_table(folder / "source_splits.parquet", pa.table(splits))


def row(domain: str, split: str, clip: int, predicted: int, sure: int) -> dict[str, object]:
    logits = {f"logit_{name}": np.float32(sure * (place == predicted)) for place, name in enumerate(CLASSES)}
    return {"domain": domain, "split": split, "clip_id": f"{split}{clip}"} | logits


def run_score(folder: Path, monkeypatch: pytest.MonkeyPatch, split: str = "test") -> pd.DataFrame:
    flags = [
        "--predictions",
        "predictions.parquet",
        "--source-labels",
        "source_labels.parquet",
        "--source-splits",
        "source_splits.parquet",
        "--target-labels",
        "labels.parquet",
    ]
    flags = [str(folder / flag) if flag.endswith(".parquet") else flag for flag in flags]
    flags += ["--source", "meld", "--target", "mosei", "--method", "amanda_p2"]
    flags += ["--settings", f'{{"split": "{split}"}}', "--scores", str(folder / "scores.parquet")]
    flags += ["--chosen-predictions", str(folder / "chosen.parquet")]
    monkeypatch.setattr(sys, "argv", ["amanda.score_pair", *flags])
    score_pair.main()
    return read_table(folder / "scores.parquet", "").to_pandas()
