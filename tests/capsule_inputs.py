"""A capsule of made-up results, made by the programs that make a real one, over corpora whose manifests tell a lot."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from page_inputs import Plan, settings_of, write_results
from safetensors.torch import save_file

from amanda.capsule import __main__ as capsule_program
from amanda.report import __main__ as report_program
from amanda.significance import __main__ as significance_program
from extractors.clip import CLASSES, LABELS, MANIFEST
from extractors.files import write_table

ROOT = Path(__file__).resolve().parent.parent
PLAN = Plan(pairs=("iemocap-meld", "mosei-meld", "meld-iemocap"))
METHODS = {"direct_transfer": "source_only", "amanda_p1": "amanda", "amanda_p2": "amanda"}
STATISTICS = ("cells", "comparisons", "ranks", "detectable")
SAID = ("Look, that letter was wonderful", "Damn, the coffee is pissed", "I am hurt and sorry about the bags")


def call(program: ModuleType, flags: list[object]) -> None:
    """Run a program in this process."""
    before, sys.argv = sys.argv, [program.__name__, *map(str, flags)]
    try:
        program.main()
    finally:
        sys.argv = before


def names(corpus: str) -> list[str]:
    """The clips of a corpus, which anyone could guess."""
    return [f"{corpus}_Ses05F_impro01_F{number:03}" for number in range(PLAN.clips)]


def write_corpora(results: Path) -> None:
    """Manifest and labels of every corpus."""
    for corpus in sorted({corpus for pair in PLAN.pairs for corpus in pair.split("-")}):
        rows = []
        for number, name in enumerate(names(corpus)):
            row = {field.name: "" if pa.types.is_string(field.type) else None for field in MANIFEST}
            row |= {"clip_id": name, "corpus": corpus, "speaker": "The Interviewer" if number % 2 else "Boris"}
            row |= {"dialogue": f"{corpus}_Ses05F_impro01", "text": f"{SAID[number % 3]} {number}!", "status": "ok"}
            rows.append(row | {"video": f"Session5/avi/{name}.avi", "audio": f"Session5/wav/{name}.wav"})
        write_table(results / f"manifests/{corpus}.parquet", pa.Table.from_pylist(rows, MANIFEST))
        label = [CLASSES[number % len(CLASSES)] for number in range(PLAN.clips)]
        columns = {"clip_id": names(corpus), "label_raw": label, "label": label}
        write_table(results / f"labels/{corpus}.parquet", pa.table(columns, LABELS))


def write_capsule(folder: Path) -> Path:
    """Write results below a folder and pack them; the capsule is ``results/capsule.zip``."""
    write_results(folder, PLAN)
    results, settings = folder / "results", settings_of(PLAN)
    write_corpora(results)
    runs = [(pair, method) for pair in PLAN.pairs for method in PLAN.methods]
    scores = [results / f"scores/{pair}/{method}.parquet" for pair, method in runs]
    predictions = [path.with_suffix(".predictions.parquet") for path in scores]
    for path, (pair, method) in zip(predictions, runs, strict=True):
        table = pq.read_table(path).to_pandas()
        known = names(pair.split("-")[1])
        table["clip_id"] = table["clip_id"].map(lambda name, known=known: known[int(name.removeprefix("clip"))])
        write_table(path, pa.Table.from_pandas(table, preserve_index=False))
        told = pq.read_table(scores[runs.index((pair, method))])
        write_table(scores[runs.index((pair, method))], told.append_column("trained_with", [["torch 2"] * len(told)]))
        _write_weights(results / f"runs/{pair}/{method}/weights")
    paper = folder / "paper.csv"
    paper.write_text("method,label,iemocap-meld\ndirect_transfer,D.T.,57.62\n")
    corpora = results / "corpora.parquet"
    shared = ["--settings", json.dumps(settings)]
    for name in STATISTICS:
        shared += [f"--{name}", results / f"statistics/{name}.csv"]
    call(significance_program, ["--predictions", *predictions, *shared])
    table = ["--table", results / "table1.csv", "--markdown", results / "table1.md", "--latex", results / "table1.tex"]
    table += ["--made", results / "table1.json", "--scores", *scores, "--paper", paper, "--corpora", corpora]
    ranks = shared.index("--ranks")
    about = ["--commit", "abc1234", "--date", "2024-05-17"]
    call(report_program, [*table, *shared[:ranks], *shared[ranks + 2 :], *about])
    capsule = results / "capsule.zip"
    methods = {name: {"method": METHODS[name], "label": name, "settings": {"epochs": 3}} for name in PLAN.methods}
    more = ["--predictions", *predictions, "--weights", *(path.parent / "weights" for path in _of_runs(results, runs))]
    more += ["--manifests", *sorted(results.glob("manifests/*")), "--labels", *sorted(results.glob("labels/*"))]
    more += ["--environments", *sorted((ROOT / "envs").glob("*.yaml")), "--methods", json.dumps(methods)]
    call(capsule_program, [*table, *shared, *more, "--config", json.dumps({"seeds": [0, 1]}), "--capsule", capsule])
    return capsule


def _of_runs(results: Path, runs: list[tuple[str, str]]) -> list[Path]:
    return [results / f"runs/{pair}/{method}/history.parquet" for pair, method in runs]


def _write_weights(folder: Path) -> None:
    folder.mkdir(parents=True)
    for seed in PLAN.seeds:
        for rule in ("last_epoch", "source_validation_f1"):
            about = {"about": json.dumps({"seed": seed, "rule": rule})}
            save_file({"layer": torch.full((3,), float(seed))}, folder / f"seed{seed}-{rule}.safetensors", about)
