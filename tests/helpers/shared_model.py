"""A model of a pair made of random numbers, trained, scored and shared by the programs."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from amanda import score_pair, train_pair
from amanda.sharing.folder import SUMS
from extractors.shared.clip import MODALITIES
from helpers.pair import OF_METHOD, Sizes, train_flags, write_pair

SIZES = Sizes(clips={"train": 48, "validation": 24, "test": 16}, shift=0.8, signal=1.5)

SHARED = {
    "least_clips": 10,
    "licence": "other",
    "licence_note": "Random numbers; no licence is needed.",
    "selection": "last_epoch",
    "split": "test",
    "alpha": 0.05,
    "label": "D.T.",
    "releases": "synthetic",
    "twins": ["source", "target"],
}


ADAPTATION_SETTINGS = {
    "rounds": 200,
    "step": 0.5,
    "speaker_weight": 5.0,
    "enough": 0.25,
    "most": 0.7,
    "alarm": 1000.0,
    "alignment": {"steps": 20, "learning_rate": 0.001, "batch_size": 64, "seed": 0},
}


def call(program: Any, flags: list[str]) -> None:
    """Run a program in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [program.__name__, *flags])
        program.main()


def train(
    folder: Path,
    algorithm: str = "source_only",
    sizes: Sizes = SIZES,
    given: Sequence[str] = MODALITIES,
    **changes: Any,
) -> Path:
    """Train two seeds and score them; returns ``folder``, with ``source``, ``target`` and ``run`` below it."""
    pair, output = write_pair(folder, sizes), folder / "run"
    settings = json.dumps(OF_METHOD[algorithm] | {"epochs": 12, "learning_rate": 0.01} | changes)
    call(train_pair, train_flags(pair, output, algorithm, settings, [0, 1], modalities=given))
    score(folder, algorithm)
    return folder


def score(pair: Path, algorithm: str) -> None:
    """Score the run that lies beside ``source`` and ``target``."""
    output = pair / "run"
    flags = ["--predictions", output / "predictions.parquet", "--source-labels", pair / "source" / "labels.parquet"]
    flags += ["--source-splits", pair / "source" / "splits.parquet"]
    flags += ["--target-labels", pair / "target" / "labels.parquet", "--source", "source", "--target", "target"]
    flags += ["--method", algorithm, "--settings", json.dumps({"split": "test"})]
    flags += ["--scores", output / "scores.parquet", "--chosen-predictions", output / "chosen.parquet"]
    call(score_pair, list(map(str, flags)))


def share_flags(pair: Path, model: Path, modalities: Sequence[str] = MODALITIES, **changes: Any) -> list[str]:
    """Flags of ``amanda.share_model`` for what :func:`train` left."""
    flags: list[object] = ["--seeds", 0, 1, "--weights", pair / "run" / "weights", "--model", model]
    flags += ["--modalities", *modalities, "--missing-modality", "drop", "--source-features"]
    flags += [pair / "source" / f"{name}.parquet" for name in modalities]
    for name in ("splits", "labels"):
        flags += [f"--source-{name}", pair / "source" / f"{name}.parquet"]
    flags += ["--scores", pair / "run" / "scores.parquet", "--settings", json.dumps(SHARED | changes)]
    flags += ["--extraction", json.dumps({name: {"precision": "float16"} for name in modalities})]
    return [str(flag) for flag in [*flags, "--resident-mb", 100, "--device", "cpu", "--threads", 1]]


def seal(folder: Path) -> None:
    """Write the checksums anew, as somebody would who changes a folder and hides it."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / SUMS).write_text("".join(lines))
