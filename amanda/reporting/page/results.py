"""What the page is made from: the tables of the steps before it, and where each of them lies."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from amanda.shared.csv_table import read_csv
from amanda.shared.names import method_name
from amanda.shared.tables.history import read_histories
from amanda.shared.tables.scores import CHOSEN, SCORES
from extractors.shared.census import CorpusCensus, read_census
from extractors.shared.files import read_table

Run = tuple[str, str]
"""A pair and a method."""


@dataclass(frozen=True, slots=True)
class Results:
    """All inputs of the page.

    ``table`` to ``detectable`` are Table 1 and the tables of amanda.compare_methods, ``scores`` and ``predictions``
    those of amanda.score_pair for the selection in force alone, ``corpora`` the counts of extractors.count_corpora,
    ``census`` all that it told, and ``states`` of extractors.count_states. ``histories`` and ``seconds`` (per step) are
    of each run. ``paths`` holds the flags by name, ``config`` the whole config, and ``made`` says from which
    ``commit``, on which ``date`` and with which ``versions`` the page was made.
    """

    table: pd.DataFrame
    cells: pd.DataFrame
    comparisons: pd.DataFrame
    ranks: pd.DataFrame
    detectable: pd.DataFrame
    scores: pd.DataFrame
    predictions: pd.DataFrame
    corpora: pd.DataFrame
    states: pd.DataFrame
    census: Sequence[CorpusCensus]
    histories: Mapping[Run, pd.DataFrame]
    seconds: Mapping[Run, float]
    paths: Mapping[str, Any]
    settings: Mapping[str, Any]
    config: Mapping[str, Any]
    made: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The folder of all results, as commands name it: that of the page."""
        return Path(self.paths["page"]).parent.as_posix()

    def label(self, method: str) -> str:
        """The method's full name."""
        return method_name(self.settings["labels"][method])

    def of_run(self, table: pd.DataFrame, pair: str, method: str) -> pd.DataFrame:
        """The rows of one pair and method, of the seeds that are asked for."""
        source, target = pair.split("-")
        wanted = (table["source"] == source) & (table["target"] == target) & (table["method"] == method)
        return table[wanted & table["seed"].isin(self.settings["seeds"])]

    def runs(self) -> list[Run]:
        """Every pair and method that is asked for, in order."""
        return list(product(self.settings["pairs"], self.settings["methods"]))


def read_results(flags: argparse.Namespace, made: Mapping[str, str]) -> Results:
    """Read all that the flags name; times that are not there are left out.

    Raises:
        UserError: a table is missing.
    """
    selection = flags.settings["selection"]
    return Results(
        table=read_csv(flags.table),
        cells=read_csv(flags.cells),
        comparisons=read_csv(flags.comparisons),
        ranks=read_csv(flags.ranks),
        detectable=read_csv(flags.detectable),
        scores=SCORES.read_all(flags.scores, selection),
        predictions=CHOSEN.read_all(flags.predictions, selection),
        corpora=read_table(flags.corpora, "python -m extractors.count_corpora").to_pandas(),
        states=read_table(flags.states, "python -m extractors.count_states").to_pandas(),
        census=read_census(flags.census),
        histories=read_histories(flags.histories),
        seconds=_seconds(flags.times),
        paths=vars(flags),
        settings=flags.settings,
        config=flags.config,
        made=made,
    )


def _seconds(paths: Sequence[Path]) -> dict[Run, float]:
    """Wall time of each training, from the tables that amanda.train_pair writes beside its outputs."""
    rows = pd.concat([pd.read_csv(path, sep="\t") for path in paths])
    return {(f"{row.source}-{row.target}", row.method): row.seconds for row in rows.itertuples()}
