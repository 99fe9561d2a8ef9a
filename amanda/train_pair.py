"""Features of a source and a target -> runs of one or more methods: weights, history and predictions of every seed.

The target has no flag for labels. Flags with several values, one for each method or setting, make a sweep over features
that are read once. The outputs of each value are the same as without the others. A value is kept if its outputs exist
and their inputs have not changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.shared.feature_flags import add_feature_flags, add_missing_flag, indexes_of
from amanda.shared.tables.history import HISTORY
from amanda.shared.tables.predictions import PREDICTIONS
from amanda.training.capture import Recorder, record_on_gpu
from amanda.training.checkpoint import Checkpoints
from amanda.training.data import check_pair, labelled, labels_of, read_corpus
from amanda.training.engine import train
from amanda.training.job import Job, Run
from amanda.training.outputs import device_name, history_table, predictions_table, write_times, write_weights
from amanda.training.record import is_made_from, record_of, with_record
from amanda.training.sweep import Value, read_sweep
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import file_sha256
from extractors.shared.fingerprint import fingerprint
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError, progress_bar, run

BY_BATCH, WAITING = "published_code_view", "log_determinant_published_code"
"""Settings of the published code that cannot be recorded."""


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_feature_flags(parser, "--source-features", "--target-features")
    add_missing_flag(parser)
    for side in ("source", "target"):
        parser.add_argument(f"--{side}-splits", required=True, type=Path, help="table of extractors.split_corpus")
    parser.add_argument("--source-labels", required=True, type=Path, help="label table of extractors.read_release")
    parser.add_argument("--source", required=True, help="the source's name, for the tables")
    parser.add_argument("--target", required=True, help="the target's name, for the tables")
    parser.add_argument("--seeds", required=True, type=int, nargs="+", help="one run each, of every sweep")
    sweep = parser.add_argument_group("one value each, or as many of each as the sweep has")
    sweep.add_argument("--algorithm", required=True, nargs="+", choices=sorted(ALGORITHMS))
    sweep.add_argument("--method", required=True, nargs="+", help="the method's name in the config, for the tables")
    sweep.add_argument("--settings", required=True, nargs="+", help="JSON: a value for every key of the algorithm")
    sweep.add_argument("--weights", required=True, type=Path, nargs="+", help="output: a folder of safetensors files")
    sweep.add_argument(
        "--history", required=True, type=Path, nargs="+", help="output: named values of each epoch (Parquet)"
    )
    sweep.add_argument(
        "--predictions", required=True, type=Path, nargs="+", help="output: logits of every epoch (Parquet)"
    )
    sweep.add_argument(
        "--times", required=True, type=Path, nargs="+", help="output: seconds that the training took (TSV)"
    )
    parser.add_argument(
        "--resident-mb", required=True, type=int, help="a corpus with more megabytes of frames is read batch by batch"
    )
    parser.add_argument(
        "--steps",
        required=True,
        choices=("one_by_one", "recorded"),
        help="recorded: each a CUDA graph, and runs side by side, where a GPU, the algorithm and its settings allow it",
    )
    add_compute_flags(parser)
    return parser.parse_args()


def read_job(flags: argparse.Namespace, value: Value, device: torch.device) -> Job:
    """Read both corpora, once for all runs; of the source the clips that have a label."""
    labels = read_labels(flags.source_labels)
    source, target = (
        read_corpus(
            indexes_of(flags, f"--{side}-features"),
            getattr(flags, f"{side}_splits"),
            flags.missing_modality,
            device,
            flags.resident_mb * 10**6,
            among,
        )
        for side, among in (("source", labelled(labels)), ("target", None))
    )
    check_pair(source, target)
    found = labels_of(source, labels)
    return Job(value.algorithm, value.settings, source, found, target, device, labels.classes)


def choose_recorder(steps: str, job: Job) -> Recorder | None:
    """The recorder of a job's steps, if they are to be ``recorded`` and can be; the reason on stderr if they cannot."""
    settings = job.settings
    obstacles = {
        "there is no GPU": job.device.type != "cuda",
        "clips lack a modality": job.source.lacking or job.target.lacking,
        "frames are read batch by batch (--resident-mb)": job.source.streamed or job.target.streamed,
        f"the shape of textcnn_input {BY_BATCH} depends on the batch": settings.textcnn_input == BY_BATCH,
        f"{job.algorithm} makes the host wait": load_algorithm(job.algorithm).waits,
        f"the determinant of entropy {WAITING} makes it wait": settings.entropy == WAITING,
    }
    found = [reason for reason, holds in obstacles.items() if holds]
    if steps == "recorded" and found:
        sys.stderr.write(f"steps are taken one by one: {found[0]}\n")
    return None if steps == "one_by_one" or found else record_on_gpu


def digest_of(flags: argparse.Namespace, value: Value, device: torch.device) -> str:
    """A digest of everything that the runs depend on: tables with the frames' digests, settings, code, libraries.

    The code is this program with the value's algorithm. The kind of device counts because each has its own random
    streams, and the way of taking steps counts because it changes rounding.
    """
    tables = [*flags.source_features, flags.source_splits, *flags.target_features, flags.target_splits]
    files = [file_sha256(path) for path in [*tables, flags.source_labels]]
    code = fingerprint("amanda.train_pair", ALGORITHMS[value.algorithm][0])
    parts = [
        value.algorithm,
        value.settings.as_json(),
        files,
        code,
        device_name(device),
        flags.steps,
        flags.missing_modality,
    ]
    parts += [np.__version__, torch.__version__]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Parse the flags, then train every seed of each value and write its outputs."""
    flags = parse_flags()
    sweep = read_sweep(flags)
    if len(set(flags.seeds)) < len(flags.seeds) or min(flags.seeds) < 0:
        raise UserError(f"--seeds {' '.join(map(str, flags.seeds))}: give different whole numbers from 0")
    device = prepare_compute(flags.device, flags.threads)
    digests = [digest_of(flags, value, device) for value in sweep]
    wanted = [
        (value, digest) for value, digest in zip(sweep, digests, strict=True) if not is_current(flags, value, digest)
    ]
    if not wanted:
        return
    job = read_job(flags, sweep[0], device)
    finished = [
        train_value(flags, replace(job, algorithm=value.algorithm, settings=value.settings), value, digest)
        for value, digest in wanted
    ]
    # Only after all outputs exist: a workflow removes all outputs of a job that was killed, also of finished values.
    for checkpoints in finished:
        checkpoints.remove()


def names_of(flags: argparse.Namespace, value: Value) -> dict[str, str]:
    """The names of the value in the tables."""
    return {"source": flags.source, "target": flags.target, "method": value.method}


def is_current(flags: argparse.Namespace, value: Value, digest: str) -> bool:
    """Whether every output of a value exists and was made from the same inputs."""
    record = record_of(digest, names_of(flags, value), flags.seeds)
    return value.times.exists() and is_made_from(record, value.weights, [value.history, value.predictions])


def train_value(flags: argparse.Namespace, job: Job, value: Value, digest: str) -> Checkpoints:
    """Train every seed of one value of the sweep, starting from checkpoints if there are any, and write the outputs."""
    started = time.monotonic()
    unfinished = value.weights.parent / f".{value.weights.name}.unfinished"
    checkpoints = Checkpoints(unfinished, digest, value.settings.epochs)
    job = replace(job, recorder=choose_recorder(flags.steps, job))
    with progress_bar(f"epochs of {value.method}", value.settings.epochs * len(flags.seeds)) as epochs:

        def resume(run: Run) -> None:
            checkpoints.resume(run)
            epochs.update(len(run.history))

        def save(run: Run) -> None:
            checkpoints.save(run)
            epochs.update()

        runs = train(job, flags.seeds, resume, save)
    names = names_of(flags, value)
    record = record_of(digest, names, flags.seeds)
    write_weights(value.weights, names, job, runs, record)
    HISTORY.write(value.history, with_record(history_table(names, runs), record))
    PREDICTIONS.write(value.predictions, with_record(predictions_table(job, runs), record))
    write_times(value.times, names, time.monotonic() - started)
    return checkpoints


if __name__ == "__main__":
    run(main)
