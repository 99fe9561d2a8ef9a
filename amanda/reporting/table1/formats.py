"""Table 1 in every format, from tables that lie in files or in a capsule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.html import table_document
from amanda.reporting.table1.latex import latex
from amanda.reporting.table1.markdown import markdown
from amanda.reporting.table1.notes import Evidence, notes
from amanda.reporting.table1.table import DECIMALS, table1
from extractors.shared.files import atomic_file

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")
"""Those that scores and statistics are computed with."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What Table 1 and its notes are made from.

    ``scores`` of amanda.score_pair, ``ceilings`` those whose source is the target, ``paper`` its Table 1, ``cells``,
    ``comparisons`` and ``detectable`` of amanda.compare_methods, ``corpora`` the counts of extractors.count_corpora,
    ``states`` of extractors.count_states.
    """

    scores: pd.DataFrame
    ceilings: pd.DataFrame
    paper: pd.DataFrame
    cells: pd.DataFrame
    comparisons: pd.DataFrame
    detectable: pd.DataFrame
    corpora: pd.DataFrame
    states: pd.DataFrame


def write_table1(tables: Tables, settings: ReportSettings, made: Mapping[str, str], files: Mapping[str, Path]) -> None:
    """Write the table in the formats that ``files`` names: ``csv``, ``md``, ``tex`` and ``html``.

    Args:
        tables: see there.
        settings: what the table is made of.
        made: as for :class:`amanda.reporting.table1.notes.Evidence`.
        files: format to path.
    """
    table = table1(tables.scores, tables.ceilings, tables.paper, tables.cells, tables.comparisons, settings)
    told = notes(Evidence(table, tables.scores, tables.corpora, tables.states, tables.detectable, made), settings)
    texts = {
        "csv": lambda: table.to_csv(index=False, float_format=f"%.{DECIMALS}f"),
        "md": lambda: markdown(table, told, settings),
        "tex": lambda: latex(table, told, settings),
        "html": lambda: table_document(table, told, settings),
    }
    for ending, path in files.items():
        with atomic_file(path) as temporary:
            temporary.write_text(texts[ending](), encoding="utf-8")
