"""The effect of `compute: bfloat16` on the scores of a finished run's pairs: differences of the same seeds.

From the repository's root, with the features of a run under ``results/``:
``python benchmarks/train_precision.py --results results --pairs iemocap-msp_improv --methods direct_transfer
--seeds 4 --threads 1``. The settings are those of config.yaml. Scores are the weighted F1 at the selected epoch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from train_step import ROOT

from amanda.statistics.claims.interval import interval

sys.path.insert(0, str(ROOT / "workflow"))
from planning.methods import complete_settings

FORMATS = ("float32", "bfloat16")


def run(module: str, flags: list[object]) -> float:
    """Run a program of the pipeline; returns its time in seconds."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", module, *map(str, flags)], check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def train_flags(wanted: argparse.Namespace, config: dict, pair: str, method: str, folder: Path) -> list[object]:
    """Flags of ``amanda.train_pair`` without those of the number format."""
    own = config["method_settings"][method]
    settings = complete_settings(config, config["recipe"], own) | {"compute": folder.name}
    flags: list[object] = ["--algorithm", own["algorithm"], "--method", method]
    flags += ["--settings", json.dumps(settings), "--resident-mb", 6000, "--steps", "one_by_one"]
    flags += ["--modalities", *settings["modalities"], "--missing-modality", "drop"]
    flags += ["--seeds", *range(wanted.seeds), "--device", "cpu", "--threads", wanted.threads]
    for side, corpus in zip(("source", "target"), pair.split("-"), strict=True):
        flags += [f"--{side}", corpus]
        flags += [f"--{side}-features"]
        flags += [wanted.results / "features" / corpus / f"{name}.parquet" for name in settings["modalities"]]
        flags += [f"--{side}-splits", wanted.results / "splits" / f"{corpus}.parquet"]
        if side == "source":
            flags += ["--source-labels", wanted.results / "labels" / f"{corpus}.parquet"]
    flags += ["--weights", folder / "weights", "--history", folder / "history.parquet"]
    return [*flags, "--predictions", folder / "predictions.parquet"]


def scores(wanted: argparse.Namespace, config: dict, pair: str, folder: Path) -> np.ndarray:
    """Weighted F1 in percent of each seed."""
    source, target = pair.split("-")
    flags: list[object] = ["--source", source, "--target", target, "--method", "any"]
    flags += ["--settings", json.dumps(config["scoring"]), "--predictions", folder / "predictions.parquet"]
    flags += ["--source-labels", wanted.results / "labels" / f"{source}.parquet"]
    flags += ["--source-splits", wanted.results / "splits" / f"{source}.parquet"]
    flags += ["--target-labels", wanted.results / "labels" / f"{target}.parquet"]
    run(
        "amanda.score_pair",
        [*flags, "--scores", folder / "scores.parquet", "--chosen-predictions", folder / "all.parquet"],
    )
    table = pd.read_parquet(folder / "scores.parquet")
    return table[table["selection"] == config["selection"]].sort_values("seed")["weighted_f1"].to_numpy()


def main() -> None:
    """Train and score both formats of each method and pair; print the differences and their mean over pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="the folder that holds features, splits and labels")
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--methods", nargs="+", required=True, help="names under method_settings")
    parser.add_argument("--seeds", type=int, required=True, help="how many")
    parser.add_argument("--threads", type=int, required=True)
    wanted = parser.parse_args()
    wanted.results = wanted.results.resolve()
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    for method in wanted.methods:
        gaps = []
        for pair in wanted.pairs:
            found, seconds = {}, {}
            with tempfile.TemporaryDirectory() as name:
                for each in FORMATS:
                    folder = Path(name) / each
                    seconds[each] = run("amanda.train_pair", train_flags(wanted, config, pair, method, folder))
                    found[each] = scores(wanted, config, pair, folder)
            gaps.append(found["bfloat16"] - found["float32"])
            told = ", ".join(f"{each} {found[each].mean():.2f} ({seconds[each]:.0f} s)" for each in FORMATS)
            print(f"{method} on {pair}, {wanted.seeds} seeds: weighted F1 in {told}", flush=True)
        of_seeds = np.mean(gaps, axis=0)
        low, high = interval(of_seeds, config["statistics"]["alpha"])
        print(
            f"{method}: bfloat16 minus float32 {of_seeds.mean():+.2f}, interval {low:+.2f} to {high:+.2f}", flush=True
        )


if __name__ == "__main__":
    main()
