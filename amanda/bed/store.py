"""Write a drawn corpus in the files that training and scoring read: features, splits and labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from amanda.bed.draw import Drawn
from extractors.features.store import CORPUS_INDEX
from extractors.shared.clip import CLASSES, LABELS, SPLITS
from extractors.shared.files import atomic_file, file_sha256, write_table
from extractors.shared.labels import write_labels

MADE_BY = "amanda.write_bed"


def write_corpus(folder: Path, name: str, drawn: Drawn) -> None:
    """Write ``{modality}.parquet``, ``{modality}.npy``, ``splits.parquet`` and ``labels.parquet`` into ``folder``."""
    clip_ids = [f"{name}_{number}" for number in range(len(drawn.label))]
    for modality, frames in drawn.frames.items():
        write_features(folder / f"{modality}.parquet", clip_ids, frames)
    write_table(folder / "splits.parquet", pa.table([clip_ids, drawn.split.tolist()], schema=SPLITS))
    names = [CLASSES[place] for place in drawn.label]
    write_labels(folder / "labels.parquet", pa.table([clip_ids, names, names], schema=LABELS), CLASSES)


def write_features(index: Path, clip_ids: Sequence[str], frames: np.ndarray) -> None:
    """Write the index of a corpus and its one file of frames, beside it.

    Args:
        index: the index; the frames get its name with the ending ``.npy``.
        clip_ids: [clips].
        frames: [clips, frames, dim].
    """
    clips, length, dim = frames.shape
    path = index.with_suffix(".npy")
    with atomic_file(path) as temporary:
        np.save(temporary, frames.reshape(clips * length, dim).astype(np.float32))
    same_for_all = {
        "status": "ok",
        "reason": "",
        "length": length,
        "extractor": MADE_BY,
        "weights": "none",
        "weights_sha256": "",
        "config_sha256": "",
        "revision": "",
        "blocks": [],
        "preprocessing": 1,
        "precision": "float32",
        "compute": "float64",
        "device": "cpu",
        "libraries": f"numpy {np.__version__}",
        "input_hash": "",
        "digest": "",
        "frames_sha256": file_sha256(path),
        "frames_file": path.name,
    }
    columns = {name: [value] * clips for name, value in same_for_all.items()}
    columns |= {"clip_id": list(clip_ids), "offset": [number * length for number in range(clips)]}
    # The other columns are about pictures and durations; they are null, as for a modality without these.
    arrays = [pa.array(columns.get(column.name, [None] * clips), column.type) for column in CORPUS_INDEX]
    write_table(index, pa.Table.from_arrays(arrays, schema=CORPUS_INDEX))
