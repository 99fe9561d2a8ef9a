"""What the tests of several rooms share of jobs."""

from __future__ import annotations

import json
from pathlib import Path

from helpers.pair import train_flags


def flags_of(pair: Path, folders: list[Path], values: list[tuple[str, dict]], resident_mb: int = 1000) -> list[str]:
    """Flags of a sweep: those of its first value, then the values of the others behind them."""
    lists = [
        train_flags(pair, folder, method, json.dumps(settings), [0, 1], resident_mb)
        for folder, (method, settings) in zip(folders, values, strict=True)
    ]
    joined = list(lists[0])
    for name in ("--algorithm", "--method", "--settings", "--weights", "--history", "--predictions"):
        place = joined.index(name) + 2
        joined[place:place] = [flags[flags.index(name) + 1] for flags in lists[1:]]
    return joined
