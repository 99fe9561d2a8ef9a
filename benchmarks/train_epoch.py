"""Epochs at the paper's size with steps one by one, and recorded with parallel runs, for a machine with a GPU.

From the repository's root: ``python benchmarks/train_epoch.py --device cuda --seeds 3 --clips 128 --steps 40 --epochs 4
--threads 1``. Both train the same runs over frames that stay on the device, in alternation. The first epoch is not
timed, because it chooses kernels and records the step. The output compares the losses, and gives the share of the large
matrix products in the device's time. On a CPU nothing is recorded, and both ways are the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from torch.profiler import ProfilerActivity, profile
from train_clips import write_corpus
from train_step import read_job, recipe

from amanda.train_pair import choose_recorder
from amanda.training.engine import run_epoch, start
from amanda.training.job import Job, Run
from extractors.shared.compute import prepare_compute

STEPS = ("one_by_one", "recorded")


def timed_epoch(job: Job, runs: Sequence[Run]) -> float:
    """Seconds of one more epoch of the runs, predictions included."""
    begin = time.perf_counter()
    run_epoch(job, runs)
    return time.perf_counter() - begin


def product_share(job: Job, runs: Sequence[Run]) -> float:
    """Share of matrix products in the working time of the device (for a CPU: of this process) in an epoch."""
    gpu = job.device.type == "cuda"
    with profile(activities=[ProfilerActivity.CUDA if gpu else ProfilerActivity.CPU]) as profiled:
        run_epoch(job, runs)
    spent = {
        each.key: each.self_device_time_total if gpu else each.self_cpu_time_total for each in profiled.key_averages()
    }
    names = ("gemm", "cutlass", "nvjet", "aten::mm")  # cuBLAS's kernels on different cards, and the CPU's operation
    products = [value for name, value in spent.items() if any(each in name for each in names)]
    return sum(products) / sum(spent.values())


def main() -> None:
    """Write two corpora, train both ways, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", required=True)
    parser.add_argument("--seeds", required=True, type=int, help="runs")
    parser.add_argument("--clips", required=True, type=int, help="of each domain in a batch; the paper has 128")
    parser.add_argument("--steps", required=True, type=int, help="of an epoch")
    parser.add_argument("--epochs", required=True, type=int, help="two or more")
    parser.add_argument("--threads", required=True, type=int)
    flags = parser.parse_args()
    device = prepare_compute(flags.device, flags.threads)
    settings = recipe(epochs=flags.epochs + 1, batch_size=flags.clips)
    with tempfile.TemporaryDirectory() as name:
        for seed, side in enumerate(("source", "target")):
            write_corpus(Path(name) / side, seed, {"train": flags.clips * flags.steps, "validation": flags.clips})
        job = read_job(Path(name), settings, device)
    ways = {way: replace(job, recorder=choose_recorder(way, job)) for way in STEPS}
    measure({way: (job, [start(job, seed) for seed in range(flags.seeds)]) for way, job in ways.items()}, flags)


def measure(ways: dict[str, tuple[Job, list[Run]]], flags: argparse.Namespace) -> None:
    """Time the epochs of both ways in alternation, and print."""
    seconds = {way: [timed_epoch(*each) for each in [ways[way]]] for way in STEPS}
    for _ in range(flags.epochs - 1):
        for way in STEPS:
            seconds[way].append(timed_epoch(*ways[way]))
    for way in STEPS:
        each = 1000 * median(seconds[way][1:]) / flags.steps / flags.seeds
        share = product_share(*ways[way])
        print(f"{way:10} {each:8.2f} ms per step and run; matrix products are {share:.0%} of an epoch")
    totals = [[run.history[-1]["total"] for run in ways[way][1]] for way in STEPS]
    gap = max(abs(one - other) / abs(other) for one, other in zip(*totals, strict=True))
    print(f"loss of the last epoch: {totals[0]} and {totals[1]}, apart by {gap:.1e} of it at most")
    sys.stderr.write(f"seconds of each epoch: {seconds}\n")


if __name__ == "__main__":
    main()
