"""A pair of corpora made of random numbers, in the files that training reads: features, splits, labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.losses.surrogates import LogExp, Norm
from amanda.shared.settings import TrainingSettings
from extractors.features.store import CORPUS_INDEX
from extractors.shared.clip import CLASSES, LABELS, MODALITIES, SPLITS
from extractors.shared.files import write_table
from extractors.shared.labels import write_labels as write_label_table
from extractors.shared.settings import Kind, settings_of

SETTINGS = {
    "modalities": list(MODALITIES),
    "representation": 8,
    "filters": 6,
    "kernels": [3, 4, 5],
    "textcnn_input": "concatenated",
    "visual_pooling": "faces",
    "head_unimodal": [8],
    "head_joint": [8],
    "dropout_encoder": 0.5,
    "dropout_head": 0.3,
    "initialisation": "torch",
    "compute": "float32",
    "epochs": 3,
    "batch_size": 8,
    "learning_rate": 0.002,
    "betas": [0.9, 0.999],
    "weight_decay": 0.0,
    "schedule": {"kind": "constant"},
    "clip_norm": None,
    "gamma": 0.0005,
    "entropy": "gaussian_diagonal",
    "variance": "biased",
    "variance_floor": 1e-6,
    "cross_entropy_weights": {"unimodal": 1.0, "joint": 1.0},
    "probe_clips": 16,
}
"""The common settings at a size that trains in a blink."""

ALIGNMENT = {
    "alpha1": 0.08,
    "prior": "source",
    "alpha2": 0.1,
    "aligned": "representations",
    "covariance": "centred",
    "alignment_scale": 1.0,
    "align_joint": True,
    "assert_theory": True,
    "surrogate": {"family": "norm", "p": 2},
}
"""What Amanda needs besides."""

ADVERSARIAL = {"trade_off": 1.0, "reversal": {"kind": "progress", "slope": 10}}
DISCRIMINATOR = {"discriminator": [8, 8], "leak_discriminator": 0.0, "dropout_discriminator": 0.5}
DISCRIMINATOR |= {"target_share": 1.0, "domain_surrogate": {"family": "norm", "p": 1}}

EXAMPLES = ALIGNMENT | ADVERSARIAL | DISCRIMINATOR | {"certainty": "authors", "randomised": None}
"""A value of every setting that an algorithm may have besides the common ones."""

OF_METHOD = {
    name: {key: (SETTINGS | EXAMPLES)[key] for key in load_algorithm(name).Settings.model_fields} for name in ALGORITHMS
}


def typed(values: Mapping[str, Any], kind: type[Kind] = TrainingSettings) -> Kind:
    """Settings as a program reads them."""
    return settings_of(kind, values)


def settings_for(name: str, **changes: Any) -> TrainingSettings:
    """The settings of an algorithm at a size that trains in a blink, with some changed."""
    return typed(OF_METHOD[name] | changes, load_algorithm(name).Settings)


def surrogate_of(values: Mapping[str, Any]) -> Norm | LogExp:
    """The settings of a surrogate."""
    return typed(values, Norm if values["family"] == "norm" else LogExp)


@dataclass
class Sizes:
    """How big a corpus is, how far its classes lie apart, and how far it lies from the others."""

    clips: dict[str, int] = field(default_factory=lambda: {"train": 24, "validation": 8, "test": 8})
    dims: dict[str, int] = field(default_factory=lambda: {"text": 6, "audio": 6, "visual": 5})
    lengths: dict[str, tuple[int, int]] = field(default_factory=lambda: {"text": (1, 9), "audio": (6, 30)})
    frames: int = 6
    shift: float = 0.3
    signal: float = 1.0
    classes: tuple[str, ...] = CLASSES


def write_corpus(folder: Path, seed: int, sizes: Sizes) -> None:
    """Write a feature index and its frames for each modality, ``splits.parquet`` and ``labels.parquet``.

    A clip's frames are noise around a centre of its class, which the corpus shifts a little; classes take turns.
    """
    draw = np.random.default_rng(seed)
    split = [name for name, count in sizes.clips.items() for _ in range(count)]
    clip_ids = [f"c{seed}_{number}" for number in range(len(split))]
    classes = np.arange(len(split)) % len(sizes.classes)
    for place, modality in enumerate(MODALITIES):
        dim = sizes.dims[modality]
        centres = sizes.signal * np.random.default_rng(place).standard_normal((len(sizes.classes), dim))
        centres = centres + sizes.shift * draw.standard_normal(dim)
        least, most = sizes.lengths.get(modality, (sizes.frames, sizes.frames))
        lengths = draw.integers(least, most + 1, len(split))
        frames = [centres[c] + draw.standard_normal((n, dim)) for c, n in zip(classes, lengths, strict=True)]
        valid = [(draw.random(n) < 0.8).tolist() for n in lengths] if modality == "visual" else None
        write_features(folder / f"{modality}.parquet", clip_ids, frames, valid)
    write_table(folder / "splits.parquet", pa.table({"clip_id": clip_ids, "split": split}, SPLITS))
    write_labels(folder / "labels.parquet", clip_ids, classes, sizes.classes)


def write_labels(path: Path, clip_ids: list[str], classes: np.ndarray, names: Sequence[str] = CLASSES) -> None:
    write_names(path, clip_ids, [names[c] for c in classes], names)


def write_names(path: Path, clip_ids: Sequence[str], labels: Sequence[str], classes: Sequence[str] = CLASSES) -> None:
    """Write a label table; an empty label is none."""
    table = pa.table({"clip_id": clip_ids, "label_raw": labels, "label": labels}, LABELS)
    write_label_table(path, table, classes)


def write_features(index: Path, clip_ids: list[str], frames: list[np.ndarray], valid: list[list[bool]] | None) -> None:
    """Write a corpus index and its one file of frames; a clip without frames is ``failed``."""
    index.parent.mkdir(parents=True, exist_ok=True)
    np.save(index.with_suffix(".npy"), np.concatenate(frames).astype(np.float16))
    lengths = [len(array) for array in frames]
    columns = {
        "clip_id": clip_ids,
        "status": ["ok" if length else "failed" for length in lengths],
        "offset": np.cumsum([0, *lengths[:-1]]),
        "length": lengths,
        "valid": valid or [None] * len(clip_ids),
        "frames_file": [f"{index.stem}.npy"] * len(clip_ids),
    }
    for column in CORPUS_INDEX:
        if column.name not in columns:
            filler = [] if pa.types.is_list(column.type) else "" if pa.types.is_string(column.type) else 1
            columns[column.name] = [filler] * len(clip_ids)
    arrays = [pa.array(columns[column.name], column.type) for column in CORPUS_INDEX]
    write_table(index, pa.Table.from_arrays(arrays, schema=CORPUS_INDEX))


def write_pair(folder: Path, sizes: Sizes) -> Path:
    """Write corpora ``source`` and ``target`` below ``folder`` and return it."""
    write_corpus(folder / "source", 1, sizes)
    write_corpus(folder / "target", 2, sizes)
    return folder


def train_flags(
    pair: Path,
    output: Path,
    algorithm: str,
    settings: str,
    seeds: list[int],
    resident_mb: int = 1000,
    modalities: Sequence[str] = MODALITIES,
    missing: str = "drop",
) -> list[str]:
    """Flags of ``amanda.train_pair`` for a pair that :func:`write_pair` wrote."""
    flags = ["--resident-mb", str(resident_mb), "--steps", "recorded"]
    flags += ["--modalities", *modalities, "--missing-modality", missing]
    for side in ("source", "target"):
        flags += [f"--{side}-features", *(str(pair / side / f"{name}.parquet") for name in modalities)]
        flags += [f"--{side}-splits", str(pair / side / "splits.parquet")]
    flags += ["--source-labels", str(pair / "source" / "labels.parquet"), "--settings", settings]
    flags += ["--source", "source", "--target", "target", "--algorithm", algorithm, "--method", algorithm]
    flags += ["--seeds", *map(str, seeds), "--weights", str(output / "weights"), "--device", "cpu", "--threads", "1"]
    flags += ["--history", str(output / "history.parquet"), "--predictions", str(output / "predictions.parquet")]
    return [*flags, "--times", str(output / "times.tsv")]
