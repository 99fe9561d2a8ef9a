"""Missing runs of a table: they are an error or, if the config says so, named."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from extractors.shared.program import UserError

Absent = dict[tuple[str, str], list[int]]
"""Pair and method to the missing seeds."""


def absent_runs(table: pd.DataFrame, settings: Mapping) -> Absent:
    """The runs among ``pairs``, ``methods`` and ``seeds`` for which the table has no row.

    Args:
        table: ``source``, ``target``, ``method``, ``seed`` and ``selection``.
        settings: also ``selection``, and ``missing_runs``: ``refuse`` or ``name``.

    Raises:
        UserError: a run is missing, and ``missing_runs`` is ``refuse``.
    """
    of_rule = table[table["selection"] == settings["selection"]]
    columns = ["source", "target", "method", "seed"]
    there = set(of_rule[columns].drop_duplicates().itertuples(index=False, name=None))
    absent = {
        (pair, method): seeds
        for pair in settings["pairs"]
        for method in settings["methods"]
        if (seeds := [seed for seed in settings["seeds"] if (*pair.split("-"), method, seed) not in there])
    }
    if absent and settings["missing_runs"] == "refuse":
        (pair, method), seeds = next(iter(absent.items()))
        others = f" and {len(absent) - 1} more runs" if len(absent) > 1 else ""
        raise UserError(
            f"scores: no {settings['selection']} score of {method} on {pair}, {seed_list(seeds)},{others} that the"
            " config requires; run them, or set table1.missing_runs to `name`"
        )
    return absent


def seed_list(seeds: list[int]) -> str:
    """``seed 1`` or ``seeds 0, 1``."""
    return f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"


def methods_of(pair: str, absent: Absent, settings: Mapping) -> list[str]:
    """The methods with all seeds of a pair, in the order of the settings."""
    return [method for method in settings["methods"] if (pair, method) not in absent]
