"""A capsule to the statistics and Table 1, without any corpus, features or manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from amanda.reporting.capsule.archive import Capsule, open_capsule
from amanda.reporting.table1.ceiling import LINES
from amanda.reporting.table1.formats import LIBRARIES, Tables, write_table1
from amanda.shared.csv_table import read_csv
from amanda.shared.origin import versions
from amanda.statistics.comparison import TABLES, significance, write_statistics
from extractors.shared.program import UserError

KEYS = {"source", "target", "method", "seed", "selection"}
SCORES = KEYS | {"weighted_f1", "clips", *LINES}
PREDICTIONS = KEYS | {"clip_id", "label", "predicted"}
COUNTED = {"corpus", "modality", "state", "clips", "of"}
COUNTS = {"corpus", "label", "usable", "train", "validation", "test"}

SETTINGS = {
    **dict.fromkeys(("classes", "unlabelled", "pairs", "methods", "seeds", "twins"), list),
    **dict.fromkeys(("selection", "missing_runs", "recipe", "releases", "split"), str),
    **dict.fromkeys(("corpora", "labels", "in_domain"), dict),
    **dict.fromkeys(("alpha", "power", "dead_fraction"), float),
    **dict.fromkeys(("resamples", "bootstrap_seed", "few_clips"), int),
}
"""What the settings of a capsule must be, so that a stranger's are refused in words."""

MOST_RESAMPLES = 100_000


def recompute(path: Path, folder: Path) -> Iterator[str]:
    """Write ``table1`` as CSV, Markdown, LaTeX and HTML, and ``statistics/``, and compare them with the capsule's own.

    Yields:
        For each file a line that says whether the capsule's own is the same, byte for byte.

    Raises:
        UserError: the capsule is not what it should be.
    """
    with open_capsule(path) as capsule:
        settings = read_settings(capsule)
        predictions = _together(capsule, "predictions", PREDICTIONS, pc.field("selection") == settings["selection"])
        statistics = {name: folder / "statistics" / f"{name}.csv" for name in TABLES}
        write_statistics(significance(predictions, settings), statistics)
        scores = _together(capsule, "scores", SCORES, pc.scalar(True))
        own = _together(capsule, "ceilings", SCORES, pc.scalar(True)) if capsule.under("ceilings") else scores[:0]
        cells, comparisons, detectable = (read_csv(statistics[name]) for name in TABLES if name != "ranks")
        tables = Tables(
            scores=scores,
            ceilings=own,
            paper=capsule.csv("paper_table1.csv", {"method", "label"}),
            cells=cells,
            comparisons=comparisons,
            detectable=detectable,
            corpora=capsule.table("corpora.parquet", COUNTS).to_pandas(),
            states=capsule.table("states.parquet", COUNTED).to_pandas(),
        )
        made = {key: str(value) for key, value in capsule.json("made.json").items()}
        files = {ending: folder / f"table1.{ending}" for ending in ("csv", "md", "tex", "html")}
        write_table1(tables, settings, made | {"versions": versions(*LIBRARIES)}, files)
        for file in [*files.values(), *statistics.values()]:
            yield f"{file}: {_compared(capsule, file, folder)}"


def read_settings(capsule: Capsule) -> Mapping[str, Any]:
    """The settings of the table and of the statistics.

    Raises:
        UserError: one is missing or is of another kind than it should be.
    """
    settings = capsule.json("settings.json")
    for key, kind in SETTINGS.items():
        value = settings.get(key) if isinstance(settings, dict) else None
        if not isinstance(value, (int, float) if kind is float else kind):
            raise UserError(f"{capsule.path}: settings.json has no {key} of kind {kind.__name__}; ask for it again")
    if not 1 < settings["resamples"] <= MOST_RESAMPLES:
        raise UserError(f"{capsule.path}: settings.json asks for {settings['resamples']} resamples; no capsule does")
    return settings


def _together(capsule: Capsule, folder: str, columns: set[str], wanted: pc.Expression) -> pd.DataFrame:
    """The wanted rows of the tables of all runs as one."""
    names = capsule.under(folder)
    if not names:
        raise UserError(f"{capsule.path}: has no {folder}; ask for a whole capsule")
    return pd.concat([capsule.table(name, columns).filter(wanted).to_pandas() for name in names])


def _compared(capsule: Capsule, file: Path, folder: Path) -> str:
    name = f"results/{file.relative_to(folder).as_posix()}"
    if name not in capsule.archive.namelist():
        return "the capsule has none to compare it with"
    return "as in the capsule" if file.read_bytes() == capsule.read(name) else "DIFFERS from the capsule's"
