"""The inputs of the page: tables of earlier steps, and their paths."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from amanda.reporting.settings import WholePageSettings
from amanda.shared.csv_table import read_csv
from amanda.shared.names import method_name
from amanda.shared.tables.history import read_histories
from amanda.shared.tables.scores import CHOSEN, SCORES
from extractors.shared.census import CorpusCensus, read_census
from extractors.shared.files import read_table
from extractors.shared.settings import read_settings

Run = tuple[str, str]
"""A pair and a method."""


@dataclass(frozen=True, slots=True)
class Results:
    """All inputs of the page.

    ``table`` to ``detectable`` are Table 1 and the tables of amanda.compare_methods. ``scores`` and ``predictions``
    come from amanda.score_pair, only for the configured selection. ``corpora`` has the counts and ``census`` all
    findings of extractors.count_corpora; ``states`` come from extractors.count_states. ``histories`` and ``seconds``
    (per step) have an entry per run. ``paths`` has the flags by name, and ``config`` is the whole config. ``made`` has
    the ``commit``, ``date`` and ``versions`` of the page.
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
    settings: WholePageSettings
    config: Mapping[str, Any]
    made: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The folder of all results, as commands name it: that of the page."""
        return Path(self.paths["page"]).parent.as_posix()

    def label(self, method: str) -> str:
        """The method's full name."""
        return method_name(self.settings.labels[method])

    def of_run(self, table: pd.DataFrame, pair: str, method: str) -> pd.DataFrame:
        """The rows of one pair and method, for the configured seeds."""
        source, target = pair.split("-")
        wanted = (table["source"] == source) & (table["target"] == target) & (table["method"] == method)
        return table[wanted & table["seed"].isin(self.settings.seeds)]

    @property
    def scored_pairs(self) -> list[str]:
        """The pairs whose target has labels."""
        return [pair for pair in self.settings.pairs if pair.split("-")[1] not in self.settings.unlabelled]

    def runs(self) -> list[Run]:
        """Every pair and method that is asked for, in order."""
        return list(product(self.settings.pairs, self.settings.methods))


def read_results(flags: argparse.Namespace, made: Mapping[str, str]) -> Results:
    """Read all files that the flags name; missing times are left out.

    Raises:
        UserError: a table is missing.
    """
    settings = read_settings(WholePageSettings, flags.settings)
    selection = settings.selection
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
        settings=settings,
        config=flags.config,
        made=made,
    )


def _seconds(paths: Sequence[Path]) -> dict[Run, float]:
    """Wall time of each training, from the tables that amanda.train_pair writes beside its outputs."""
    rows = pd.concat([pd.read_csv(path, sep="\t") for path in paths])
    return {(f"{row.source}-{row.target}", row.method): row.seconds for row in rows.itertuples()}
