"""Scores, predictions, weights, settings and environments -> results/capsule.zip, with nothing of a corpus in it."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import safe_open

from amanda.reporting.capsule.anonymous import secret, shared_numbers, shared_predictions
from amanda.reporting.capsule.archive import write_archive
from amanda.reporting.capsule.words import card, readme
from amanda.reporting.settings import ReportSettings
from amanda.scoring.kept import KEPT
from amanda.statistics.comparison import TABLES
from extractors.shared.program import run
from extractors.shared.settings import read_settings

RESULTS = ("table", "markdown", "latex")
Members = dict[str, bytes | Path]


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, told in {
        "scores": "of amanda.score_pair",
        "predictions": "the chosen ones of amanda.score_pair",
        "weights": "folders of amanda.train_pair; may be missing",
        "manifests": "of extractors.read_release, every corpus; only the key of the digests is made from them",
        "labels": "of extractors.read_release, every corpus; only the key of the digests is made from them",
        "environments": "conda environments and lock, packed as they are",
    }.items():
        parser.add_argument(f"--{name}", required=True, nargs="+", type=Path, help=told)
    parser.add_argument("--ceilings", required=True, nargs="*", type=Path, help="scores whose source is the target")
    for name in (*RESULTS, *TABLES):
        parser.add_argument(f"--{name}", required=True, type=Path, help="of amanda.tabulate and amanda.compare_methods")
    parser.add_argument("--made", required=True, type=Path, help="of amanda.tabulate, JSON")
    parser.add_argument("--paper", required=True, type=Path, help="the paper's Table 1 as CSV")
    parser.add_argument("--corpora", required=True, type=Path, help="the counts of extractors.count_corpora")
    parser.add_argument("--states", required=True, type=Path, help="of extractors.count_states")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(ReportSettings.model_fields)}")
    parser.add_argument("--methods", required=True, type=json.loads, help="JSON: method -> algorithm, label, settings")
    parser.add_argument("--config", required=True, type=json.loads, help="the whole config, as JSON")
    parser.add_argument("--capsule", required=True, type=Path, help="output, a zip")
    return parser.parse_args()


def contents(flags: argparse.Namespace) -> Members:
    """Every member by its name, in bytes or as the file that it is a copy of."""
    key = secret([*flags.manifests, *flags.labels])
    scores = [shared_numbers(path, "python -m amanda.score_pair") for path in flags.scores]
    ceilings = [shared_numbers(path, "python -m amanda.score_pair") for path in flags.ceilings]
    predictions = [shared_predictions(path, key) for path in flags.predictions]
    members: Members = {f"scores/{_cell(table)}.parquet": _parquet(table) for table in scores}
    members |= {f"ceilings/{_cell(table)}.parquet": _parquet(table) for table in ceilings}
    members |= {f"predictions/{_cell(table)}.parquet": _parquet(table) for table in predictions}
    members["corpora.parquet"] = _parquet(shared_numbers(flags.corpora, "python -m extractors.count_corpora"))
    members["states.parquet"] = _parquet(shared_numbers(flags.states, "python -m extractors.count_states"))
    members["paper_table1.csv"] = flags.paper
    members["made.json"] = flags.made
    members |= {f"results/table1{getattr(flags, name).suffix}": getattr(flags, name) for name in RESULTS}
    members |= {f"results/statistics/{name}.csv": getattr(flags, name) for name in TABLES}
    members |= {f"environment/{path.name}": path for path in flags.environments}
    members["environment/installed.txt"] = "".join(f"{line}\n" for line in installed()).encode()
    settings = read_settings(ReportSettings, flags.settings)
    for name, told in (("settings", settings.as_json()), ("methods", flags.methods), ("config", flags.config)):
        members[f"{name}.json"] = json.dumps(told, indent=1, sort_keys=True).encode()
    weights = dict(weight_files(flags.weights, settings))
    known = pd.concat([table.to_pandas() for table in scores])
    for name, about in flags.methods.items():
        own = sorted(member for member in weights if member.split("/")[2] == name)
        text = card(name, about, known[known["method"] == name], settings, own)
        members[f"model_cards/{name}.md"] = text.encode()
    made = json.loads(flags.made.read_text(encoding="utf-8"))
    members["README.md"] = readme(settings, made, weights).encode()
    return members | weights


def weight_files(folders: Iterable[Path], settings: ReportSettings) -> Iterator[tuple[str, Path]]:
    """The weights of the epoch that the selection in force chose, of every run, as far as they were kept.

    Training keeps the weights of the selections that can choose while it goes on (:data:`amanda.scoring.kept.KEPT`);
    under any other, the last epoch's are taken. Either is told by the name of the file and by the metadata in it.
    """
    selection = settings.selection if settings.selection in KEPT else "last_epoch"
    for folder in folders:
        for seed in settings.seeds:
            path = folder / f"seed{seed}-{selection}.safetensors"
            if path.exists():
                with safe_open(path, framework="numpy") as file:
                    about = json.loads(file.metadata()["about"])
                yield f"weights/{about['source']}-{about['target']}/{about['method']}/{path.name}", path


def installed() -> list[str]:
    """Python and the packages that are there in fact, with their versions."""
    packages = {f"{each.metadata['Name'].lower()}=={each.version}" for each in distributions()}
    return [f"python=={platform.python_version()}", *sorted(packages)]


def _cell(table: pa.Table) -> str:
    """``{pair}/{method}`` of the scores or predictions of one pair and method."""
    source, target, method = (table[name][0].as_py() for name in ("source", "target", "method"))
    return f"{source}-{target}/{method}"


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def main() -> None:
    """Collect everything and write the zip."""
    flags = parse_flags()
    write_archive(flags.capsule, contents(flags))


if __name__ == "__main__":
    run(main)
