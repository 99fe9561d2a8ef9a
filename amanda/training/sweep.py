"""The values of a sweep: the methods or settings that a program trains on one pair, and the outputs of each."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from amanda.algorithms.base import load_algorithm
from amanda.shared.settings import TrainingSettings
from extractors.shared.program import UserError
from extractors.shared.settings import read_settings


class Value(NamedTuple):
    """One value of a sweep: the method and settings to train, and the paths of its outputs."""

    algorithm: str
    method: str
    settings: TrainingSettings
    weights: Path
    history: Path
    predictions: Path
    times: Path


def read_sweep(flags: argparse.Namespace) -> list[Value]:
    """The values of the sweep.

    Raises:
        UserError: flags have different numbers of values, two outputs have the same path, or settings are invalid.
    """
    columns = [getattr(flags, name) for name in Value._fields]
    counts = {f"--{name}": len(column) for name, column in zip(Value._fields, columns, strict=True)}
    if len(set(counts.values())) > 1:
        raise UserError(f"{counts}: these flags have different numbers of values; give the same number for each")
    outputs = [*flags.weights, *flags.history, *flags.predictions, *flags.times]
    if len(set(outputs)) < len(outputs):
        raise UserError(
            "--weights, --history, --predictions, --times: two outputs have the same path; give each output its own"
        )
    return [
        Value(algorithm, method, read_settings(load_algorithm(algorithm).Settings, settings), *paths)
        for algorithm, method, settings, *paths in zip(*columns, strict=True)
    ]
