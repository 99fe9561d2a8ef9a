"""One training step compared with a plain implementation of the same model: ratios, peak memory, shares of time.

From the repository's root: ``python benchmarks/train_step.py --clips 128 --repeats 3 --threads 2 --compute float32``.
Both use the same clips, at the paper's size and with realistic lengths, and alternate in one process. The output has
the ratios of the median elapsed seconds and of the median processor seconds. Processor seconds depend less on other
work on the machine, but do not include the loaders of the plain implementation. First all losses and gradients of the
two are compared on one batch, without dropout.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from statistics import median

import torch
import yaml
from torch import Tensor
from torch.profiler import ProfilerActivity, profile
from train_clips import DIMS, write_corpus
from train_plain import Clips, PlainNetwork, collate, loader, same

from amanda.algorithms.amanda import AmandaSettings
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.training.data import labels_of, read_corpus
from amanda.training.engine import make_optimiser, start
from amanda.training.job import Job, Run
from amanda.training.steps import step
from extractors.shared.clip import MODALITIES
from extractors.shared.labels import read_labels
from extractors.shared.settings import settings_of

ROOT = Path(__file__).resolve().parent.parent
CPU = torch.device("cpu")


def recipe(**changes: object) -> AmandaSettings:
    """The settings of the paper's recipe for Amanda with p = 2."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    paper = config["recipes"]["paper"]
    row = config["method_settings"]["amanda_p2"]
    values = paper["training"] | paper["algorithms"]["amanda"] | row["settings"] | changes
    return settings_of(AmandaSettings, values)


def read_job(folder: Path, settings: AmandaSettings, device: torch.device) -> Job:
    """Both corpora in memory, on the device if it has its own memory."""
    source, target = (
        read_corpus(
            {name: folder / side / f"{name}.parquet" for name in MODALITIES},
            folder / side / "splits.parquet",
            "drop",
            device,
            10**12,
        )
        for side in ("source", "target")
    )
    labels = read_labels(folder / "source" / "labels.parquet")
    return Job("amanda", settings, source, labels_of(source, labels), target, device, labels.classes)


def plainly(job: Job, run: Run) -> Algorithm:
    """The algorithm of a run with the plain network in place of ours, with the same weights."""
    algorithm = copy.deepcopy(run.algorithm)
    algorithm.network = PlainNetwork(algorithm.network, DIMS, job.settings)
    with torch.no_grad():
        for ours, theirs in same(run.algorithm.network, algorithm.network, lambda parameter: parameter):
            theirs.copy_(ours)
    return algorithm


def our_batch(job: Job, clips: Tensor) -> tuple[Labelled, Unlabelled]:
    """The same clips of both domains, packed."""
    return Labelled(job.source.frames(clips), job.labels[clips]), Unlabelled(job.target.frames(clips))


def plain_batches(job: Job, clips: Tensor, size: int) -> Iterator[tuple[Labelled, Unlabelled]]:
    """Padded batches of both domains, each from its own loader, pass after pass."""
    loaders = [loader(corpus, job.labels, clips, size) for corpus in (job.source, job.target)]
    while True:
        for source, (frames, _) in zip(*loaders, strict=True):
            yield Labelled(*source), Unlabelled(frames)


def compare(job: Job, clips: Tensor, dtype: torch.dtype) -> None:
    """Print the differences of loss terms and gradients on one batch; those of gradients as a share of the largest."""
    job = replace(job, settings=job.settings.model_copy(update={"dropout_encoder": 0.0, "dropout_head": 0.0}))
    run = start(job, 0)
    plain, ours = plainly(job, run).to(dtype), run.algorithm.to(dtype)
    padded = [
        collate([Clips(corpus, job.labels, dtype)[clip] for clip in clips]) for corpus in (job.source, job.target)
    ]
    found = [
        ours.losses(*our_batch(job, clips), 0.0),
        plain.losses(Labelled(*padded[0]), Unlabelled(padded[1][0]), 0.0),
    ]
    for algorithm, terms in zip((ours, plain), found, strict=True):
        algorithm.objective(terms).backward()
    values = [torch.stack([term.detach() for term in terms.values()]) for terms in found]
    terms = float(((values[0] - values[1]).abs() / values[1].abs().clamp(min=1e-3)).max())
    pairs = same(ours.network, plain.network, lambda parameter: parameter.grad)
    gradients = max(float((one - other).abs().max() / other.abs().max()) for one, other in pairs)
    print(
        f"{dtype} on {len(clips)} clips of each domain: loss terms agree to {terms:.1e}, gradients to {gradients:.1e}"
    )


class Contestant:
    """One implementation with its optimiser, and the seconds, processor seconds and memory of its steps."""

    def __init__(
        self, algorithm: Algorithm, settings: AmandaSettings, batches: Iterator[tuple[Labelled, Unlabelled]]
    ) -> None:
        self.algorithm, self.batches = algorithm.train(), batches
        self.optimiser = make_optimiser(algorithm, settings)
        self.wall: list[float] = []
        self.busy: list[float] = []
        self.memory = 0.0

    def step(self) -> None:
        """One step, from the request for a batch to the new weights."""
        Path("/proc/self/clear_refs").write_text("5")  # resets the peak
        before, wall, busy = memory("VmRSS"), time.perf_counter(), time.process_time()
        step(self.algorithm, self.optimiser, *next(self.batches), 0.0, None)
        self.wall.append(time.perf_counter() - wall)
        self.busy.append(time.process_time() - busy)
        self.memory = max(self.memory, memory("VmHWM") - before)

    def __str__(self) -> str:
        return f"{median(self.wall):8.2f} s, {median(self.busy):8.2f} processor s, {self.memory:6.2f} GB on top"


def memory(name: str) -> float:
    """Memory of the process in gigabytes, now (VmRSS) or at its peak (VmHWM)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024 / 1e9


def product_rate() -> float:
    """Floating-point operations per processor second in a large float32 product, for the computation of the floor."""
    one, other = torch.randn(2048, 2304), torch.randn(2304, 1536)
    seconds = []
    for _ in range(5):
        begin = time.process_time()
        one @ other
        seconds.append(time.process_time() - begin)
    return 2 * 2048 * 2304 * 1536 / median(seconds)


def shares(contestant: Contestant) -> str:
    """Shares of a step's time by operation, the largest first."""
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        contestant.step()
    found = sorted(profiled.key_averages(), key=lambda each: -each.self_cpu_time_total)
    total = sum(each.self_cpu_time_total for each in found)
    return ", ".join(f"{each.key} {each.self_cpu_time_total / total:.0%}" for each in found[:8])


def main() -> None:
    """Write two corpora, compare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, required=True, help="of each domain in a batch; the paper has 128")
    parser.add_argument("--repeats", type=int, required=True, help="steps of each implementation")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--compute", nargs="+", required=True, help="float32, bfloat16: the setting of that name")
    flags = parser.parse_args()
    torch.set_num_threads(flags.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed, side in enumerate(("source", "target")):
            write_corpus(folder / side, seed, {"train": flags.clips, "validation": 8})
        measure(read_job(folder, recipe(), CPU), flags.clips, flags.repeats, flags.compute)


def measure(job: Job, size: int, repeats: int, computes: list[str]) -> None:
    """Compare the numbers, then time both in alternation."""
    clips = torch.arange(size)
    for dtype in (torch.float64, torch.float32):
        compare(job, clips[:16], dtype)
    run = start(job, 0)
    settings = job.settings
    contestants = {"plain": Contestant(plainly(job, run), settings, plain_batches(job, clips, size))}
    for compute in computes:
        algorithm = start(replace(job, settings=settings.model_copy(update={"compute": compute})), 0).algorithm
        contestants[compute] = Contestant(algorithm, settings, repeat(our_batch(job, clips)))
    for _ in range(repeats + 1):
        for contestant in contestants.values():
            contestant.step()
    report(job, clips, contestants)


def report(job: Job, clips: Tensor, contestants: dict[str, Contestant]) -> None:
    """Print the measurements beside the floor."""
    plain = contestants["plain"]
    for name, each in contestants.items():
        del each.wall[0], each.busy[0]  # the first step warms up
        ratios = median(plain.wall) / median(each.wall), median(plain.busy) / median(each.busy)
        print(f"{name:9} {each}: x{ratios[0]:.1f} wall, x{ratios[1]:.1f} processor")
    packed = [corpus.packed[name] for corpus in (job.source, job.target) for name in ("text", "audio")]
    frames = sum(int(each.lengths[clips].sum()) for each in packed)
    work = 2 * frames * sum(job.settings.kernels) * job.settings.filters * DIMS["audio"]
    floor = work / product_rate()
    print(f"convolutions by definition: {work / 1e9:.0f} GFLOP, {floor:.2f} processor s at its rate of large products")
    bfloat16 = "yes" if torch.cpu._is_avx512_bf16_supported() else "no, it is emulated"
    print(f"bfloat16 in this processor: {bfloat16}; AMX: {'yes' if torch.cpu._is_amx_tile_supported() else 'no'}")
    for name in contestants.keys() - {"plain"}:
        print(f"shares of a step in {name}: {shares(contestants[name])}")


if __name__ == "__main__":
    main()
