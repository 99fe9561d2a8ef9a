"""Missing runs of a table: they are an error or, if the config says so, named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from extractors.shared.program import UserError
from extractors.shared.settings import EACH_ONCE, Settings, key

Pair = Annotated[
    str,
    Field(pattern="^[a-z][a-z0-9_]*-[a-z][a-z0-9_]*$", description="source and target, such as iemocap-meld"),
]
Pairs = Annotated[tuple[Pair, ...], Field(min_length=1), *EACH_ONCE]
Names = Annotated[tuple[str, ...], Field(min_length=1), *EACH_ONCE]
Seed = Annotated[int, Field(ge=0)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), *EACH_ONCE]
MissingRuns = Literal["refuse", "name"]
RecipeName = Literal["paper", "published_code"]

Absent = dict[tuple[str, str], list[int]]
"""Pair and method to the missing seeds."""


class Asked(Settings):
    """The runs of a table; a derived class names the methods."""

    pairs: Pairs = key("the pairs")
    seeds: Seeds = key("the seeds of the runs")
    selection: str = key("the selection of the epoch that counts")

    def of_methods(self, methods: Iterable[str], missing_runs: MissingRuns) -> Runs:
        """These runs of some methods."""
        asked = {name: getattr(self, name) for name in Asked.model_fields}
        return Runs(methods=tuple(methods), missing_runs=missing_runs, **asked)


class Runs(Asked):
    """The runs of a table, and what happens if one is missing."""

    methods: Names = key("the methods")
    missing_runs: MissingRuns = key("refuse: an error; name: the table goes without, and says so")


def absent_runs(table: pd.DataFrame, asked: Runs) -> Absent:
    """The runs among ``pairs``, ``methods`` and ``seeds`` for which the table has no row.

    Args:
        table: ``source``, ``target``, ``method``, ``seed`` and ``selection``.
        asked: the runs.

    Raises:
        UserError: a run is missing, and ``missing_runs`` is ``refuse``.
    """
    of_rule = table[table["selection"] == asked.selection]
    columns = ["source", "target", "method", "seed"]
    there = set(of_rule[columns].drop_duplicates().itertuples(index=False, name=None))
    absent = {
        (pair, method): seeds
        for pair in asked.pairs
        for method in asked.methods
        if (seeds := [seed for seed in asked.seeds if (*pair.split("-"), method, seed) not in there])
    }
    if absent and asked.missing_runs == "refuse":
        (pair, method), seeds = next(iter(absent.items()))
        others = f" and {len(absent) - 1} more runs" if len(absent) > 1 else ""
        raise UserError(
            f"scores: no {asked.selection} score of {method} on {pair}, {seed_list(seeds)},{others} that the"
            " config requires; run them, or set table1.missing_runs to `name`"
        )
    return absent


def seed_list(seeds: Sequence[int]) -> str:
    """``seed 1`` or ``seeds 0, 1``."""
    return f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"


def methods_of(pair: str, absent: Absent, asked: Runs) -> list[str]:
    """The methods with all seeds of a pair, in the order of ``asked``."""
    return [method for method in asked.methods if (pair, method) not in absent]
