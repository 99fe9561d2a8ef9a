"""The values of a sweep: what a program trains over one pair, and where the outputs of each value go."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from amanda.algorithms.base import load_algorithm
from amanda.shared.settings import COMMON, read_settings
from extractors.shared.program import UserError


class Value(NamedTuple):
    """One value of a sweep: what to train, and where its outputs go."""

    algorithm: str
    method: str
    settings: dict
    weights: Path
    history: Path
    predictions: Path


def read_sweep(flags: argparse.Namespace) -> list[Value]:
    """The values of the sweep.

    Raises:
        UserError: flags have different numbers of values, outputs are the same, or settings are not as they must be.
    """
    columns = [getattr(flags, name) for name in Value._fields]
    counts = {f"--{name}": len(column) for name, column in zip(Value._fields, columns, strict=True)}
    if len(set(counts.values())) > 1:
        raise UserError(f"{counts}: these flags have different numbers of values; give as many of each")
    outputs = [*flags.weights, *flags.history, *flags.predictions]
    if len(set(outputs)) < len(outputs):
        raise UserError("--weights, --history, --predictions: two outputs have one path; give each its own")
    return [
        Value(algorithm, method, read_settings(settings, {**COMMON, **load_algorithm(algorithm).keys}), *paths)
        for algorithm, method, settings, *paths in zip(*columns, strict=True)
    ]
