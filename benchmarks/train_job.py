"""Times of a whole job (a pair, a method, its seeds): import, load, train, score; and scores in bfloat16.

From the repository's root: ``python benchmarks/train_job.py --seeds 5 --epochs 10 --threads 1``. The job has the size
of a synthetic twin's in the demo, and frames with a signal, so that scores differ from chance. Both number formats are
one sweep over features that are read once. Scores are the weighted F1 on the target's test split after the last epoch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from train_step import ROOT, recipe

from amanda import train_pair
from amanda.algorithms.amanda import AmandaSettings
from amanda.scoring import metrics
from extractors.shared.clip import CLASSES

sys.path.insert(0, str(ROOT / "tests"))
from helpers.pair import Sizes, train_flags, write_pair

TWIN = {
    "representation": 32,
    "filters": 32,
    "head_unimodal": [32],
    "head_joint": [32, 32],
    "batch_size": 16,
    "learning_rate": 0.004,
    "alignment_scale": 1 / 4096,
}
FORMATS = ("float32", "bfloat16")


def seconds(work: Callable[[], object]) -> float:
    """The elapsed time of a call, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def score_flags(pair: Path, runs: Path) -> list[str]:
    """Flags of ``amanda.score_pair``."""
    flags = ["--predictions", str(runs / "predictions.parquet"), "--source", "one", "--target", "other"]
    flags += ["--source-labels", str(pair / "source" / "labels.parquet"), "--method", "amanda"]
    flags += ["--source-splits", str(pair / "source" / "splits.parquet"), "--settings", '{"split": "test"}']
    flags += ["--scores", str(runs / "scores.parquet"), "--chosen-predictions", str(runs / "chosen.parquet")]
    return [*flags, "--target-labels", str(pair / "target" / "labels.parquet")]


def sweep_flags(pair: Path, folder: Path, settings: AmandaSettings, seeds: int) -> list[str]:
    """Flags of ``amanda.train_pair`` for one run of both number formats."""
    each = [
        train_flags(
            pair, folder / name, "amanda", json.dumps(settings.as_json() | {"compute": name}), list(range(seeds))
        )
        for name in FORMATS
    ]
    for name in ("--algorithm", "--method", "--settings", "--weights", "--history", "--predictions"):
        place = each[0].index(name) + 2
        each[0][place:place] = [flags[flags.index(name) + 1] for flags in each[1:]]
    return each[0]


def weighted_f1(pair: Path, runs: Path) -> np.ndarray:
    """Weighted F1 on the target's test split after the last epoch, in percent, for each seed."""
    table = pd.read_parquet(runs / "predictions.parquet")
    label = pd.read_parquet(pair / "target" / "labels.parquet").set_index("clip_id")["label"].map(CLASSES.index)
    table = table[(table["domain"] == "target") & (table["split"] == "test") & (table["epoch"] == table["epoch"].max())]
    found = []
    for _, part in table.groupby("seed"):
        predicted = part[[f"logit_{name}" for name in CLASSES]].to_numpy().argmax(axis=1)
        found.append(100 * metrics.weighted_f1(part["clip_id"].map(label).to_numpy(), predicted, len(CLASSES)))
    return np.array(found)


def main() -> None:
    """Write a pair, run the job, print its times and scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, required=True, help="how many")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    wanted = parser.parse_args()
    clips = {"train": 88, "validation": 28, "test": 56}
    dims, lengths = {"text": 96, "audio": 96, "visual": 64}, {"text": (3, 30), "audio": (50, 250)}
    sizes = Sizes(clips, dims, lengths, frames=64, shift=0.3, signal=0.1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = write_pair(folder / "pair", sizes)
        flags = sweep_flags(pair, folder, recipe(epochs=wanted.epochs, **TWIN), wanted.seeds)
        flags[flags.index("--threads") + 1] = str(wanted.threads)
        sys.argv = ["amanda.train_pair", *flags]
        measure(pair, folder, wanted)


def measure(pair: Path, folder: Path, wanted: argparse.Namespace) -> None:
    """Time the parts of the job in the order of the program."""
    times = {"import": seconds(lambda: subprocess.run([sys.executable, "-c", "import amanda.train_pair"], check=True))}
    flags = train_pair.parse_flags()
    sweep = train_pair.read_sweep(flags)
    begin = time.perf_counter()
    job = train_pair.read_job(flags, sweep[0])
    times["load"] = time.perf_counter() - begin
    for name, value in zip(FORMATS, sweep, strict=True):
        whole = replace(job, settings=value.settings)
        times[f"train {name}"] = seconds(lambda whole=whole, value=value: train_pair.train_value(flags, whole, value))
    command = [sys.executable, "-m", "amanda.score_pair", *score_flags(pair, folder / FORMATS[0])]
    times["score"] = seconds(lambda: subprocess.run(command, check=True))
    print(f"seconds: {', '.join(f'{name} {value:.1f}' for name, value in times.items())}")
    exact, reduced = (weighted_f1(pair, folder / name) for name in FORMATS)
    gap = reduced - exact
    error = gap.std(ddof=1) / len(gap) ** 0.5
    print(f"weighted F1 in float32 {exact.mean():.2f} ± {exact.std(ddof=1):.2f} over {wanted.seeds} seeds")
    print(f"bfloat16 minus float32, seed by seed: {gap.mean():+.2f}, standard error {error:.2f}")


if __name__ == "__main__":
    main()
