"""Corpora of random frames at the real size and with lengths like IEMOCAP's, for the benchmarks of training."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from helpers.pair import write_features, write_labels

from extractors.shared.clip import SPLITS
from extractors.shared.files import write_table

DIMS = {"text": 2304, "audio": 2304, "visual": 768}
"""Width of a frame: three blocks of BERT and of wav2vec2, and APViT."""


def lengths(modality: str, clips: int, draw: np.random.Generator) -> np.ndarray:
    """Frames of each clip: audio 225 on average, at most 1000; text 15 tokens; 64 pictures."""
    if modality == "visual":
        return np.full(clips, 64)
    mean, spread, most = {"audio": (225, 0.65, 1000), "text": (15, 0.55, 80)}[modality]
    values = draw.lognormal(np.log(mean) - spread**2 / 2, spread, clips)
    return np.clip(np.round(values), 1, most).astype(int)


def write_corpus(folder: Path, seed: int, splits: dict[str, int]) -> None:
    """Write the features, splits and labels of a corpus, as the programs before training would."""
    draw = np.random.default_rng(seed)
    clips = sum(splits.values())
    clip_ids = [f"c{seed}_{number}" for number in range(clips)]
    for modality, dim in DIMS.items():
        counts = lengths(modality, clips, draw)
        frames = [draw.standard_normal((count, dim), np.float32) for count in counts]
        valid = [(draw.random(count) < 0.9).tolist() for count in counts] if modality == "visual" else None
        write_features(folder / f"{modality}.parquet", clip_ids, frames, valid)
    split = [name for name, count in splits.items() for _ in range(count)]
    write_table(folder / "splits.parquet", pa.table({"clip_id": clip_ids, "split": split}, SPLITS))
    write_labels(folder / "labels.parquet", clip_ids, np.arange(clips) % 4)
