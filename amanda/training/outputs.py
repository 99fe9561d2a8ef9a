"""The outputs of training: history, predictions and weights of every run of a job."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from safetensors.torch import save_file

from amanda.scoring.kept import KEPT
from amanda.shared.origin import with_origin
from amanda.shared.tables.history import HISTORY
from amanda.shared.tables.predictions import LOGITS
from amanda.shared.tables.table import per_class
from amanda.training.job import Job, Run
from amanda.training.record import KEY
from extractors.shared.files import atomic_file, atomic_folder


def device_name(device: torch.device) -> str:
    """The kind of device, with the model name if it is a GPU."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type


def history_table(names: Mapping[str, str], runs: Sequence[Run]) -> pa.Table:
    """One row per seed, epoch (from 1) and named value.

    Args:
        names: ``source``, ``target`` and ``method``, the same in every row.
        runs: of one job.
    """
    rows = [
        {**names, "seed": run.seed, "epoch": epoch, "name": name, "value": value}
        for run in runs
        for epoch, values in enumerate(run.history, start=1)
        for name, value in values.items()
    ]
    return pa.Table.from_pylist(rows, HISTORY.schema)


def predictions_table(job: Job, runs: Sequence[Run]) -> pa.Table:
    """One row per domain, seed, epoch and clip: the source's validation clips and all clips of the target."""
    validation = job.source.clips("validation").numpy()
    parts = []
    for each in runs:
        source, target = np.stack(each.source_logits), np.stack(each.target_logits)
        clip_ids, split = job.source.clip_ids[validation], job.source.split[validation]
        ratios, names = np.stack(each.log_ratios), per_class(LOGITS, job.classes)
        parts.append(_predictions(names, "source", each.seed, clip_ids, split, source, ratios))
        unknown = np.full(target.shape[:2], np.nan, np.float32)
        clip_ids, split = job.target.clip_ids, job.target.split
        parts.append(_predictions(names, "target", each.seed, clip_ids, split, target, unknown))
    return with_origin(pa.concat_tables(parts), device_name(job.device))


def _predictions(
    names: Sequence[str],
    domain: str,
    seed: int,
    clip_ids: np.ndarray,
    split: np.ndarray,
    logits: np.ndarray,
    log_ratio: np.ndarray,
) -> pa.Table:
    """Rows of one domain and run; ``logits`` is [epochs, clips, classes], ``log_ratio`` [epochs, clips]."""
    epochs, clips, _ = logits.shape
    columns = {
        "domain": pa.array(np.repeat(domain, epochs * clips)),
        "split": pa.array(np.tile(split, epochs)),
        "seed": pa.array(np.repeat(seed, epochs * clips), pa.int32()),
        "epoch": pa.array(np.repeat(np.arange(1, epochs + 1), clips), pa.int32()),
        "clip_id": pa.array(np.tile(clip_ids, epochs)),
    }
    flat = logits.reshape(epochs * clips, len(names))
    columns |= {name: pa.array(flat[:, place]) for place, name in enumerate(names)}
    return pa.table(columns | {"log_density_ratio": pa.array(log_ratio.reshape(-1), from_pandas=True)})


def write_weights(folder: Path, names: Mapping[str, str], job: Job, runs: Sequence[Run], record: str) -> None:
    """Write ``seed{seed}-{selection}.safetensors`` of every run and selection, with all that is needed to load it.

    Args:
        folder: the output folder; it is replaced as a whole.
        names: as for :func:`history_table`.
        job: the job that was trained.
        runs: its runs.
        record: the digest of its inputs, see :func:`amanda.training.record.record_of`.
    """
    with atomic_folder(folder) as temporary:
        for each in runs:
            for selection, weights in each.kept.items():
                about = {
                    **names,
                    "algorithm": job.algorithm,
                    "settings": job.settings.as_json(),
                    "dims": job.source.dims,
                    "classes": job.classes,
                    "seed": each.seed,
                    "selection": selection,
                    "epoch": KEPT[selection](each.history),
                }
                path = temporary / f"seed{each.seed}-{selection}.safetensors"
                save_file(weights, path, metadata={"about": json.dumps(about), KEY: record})
                path.chmod(0o644)


def write_times(path: Path, names: Mapping[str, str], seconds: float) -> None:
    """Write the elapsed time of a training, including the effect of other load on the machine.

    Args:
        path: tab-separated, with one row.
        names: as for :func:`history_table`.
        seconds: elapsed time.
    """
    with atomic_file(path) as temporary:
        temporary.write_text(
            "\t".join([*names, "seconds"]) + "\n" + "\t".join([*names.values(), f"{seconds:.1f}"]) + "\n"
        )
