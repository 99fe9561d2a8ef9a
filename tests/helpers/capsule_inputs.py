"""A capsule of made-up results, made by the programs that make a real one, over corpora whose manifests tell a lot."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from itertools import chain
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from safetensors.torch import save_file

from amanda import compare_methods as significance_program
from amanda import pack_capsule as capsule_program
from amanda import tabulate as report_program
from amanda.reporting.capsule import archive
from amanda.statistics.settings import ComparisonSettings
from extractors.shared.clip import CLASSES, LABELS, MANIFEST
from extractors.shared.files import write_table
from extractors.shared.labels import write_labels
from helpers.page_inputs import Plan, settings_of_plan, write_results
from helpers.places import ROOT

PLAN = Plan(pairs=("iemocap-meld", "mosei-meld", "meld-iemocap"))
ALGORITHMS = {"direct_transfer": "source_only", "amanda_p1": "amanda", "amanda_p2": "amanda"}
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
        write_labels(results / f"labels/{corpus}.parquet", pa.table(columns, LABELS), CLASSES)


def write_capsule(folder: Path) -> Path:
    """Write results below a folder and pack them; the capsule is ``results/capsule.zip``."""
    write_results(folder, PLAN)
    results, settings = folder / "results", settings_of_plan(PLAN)
    write_corpora(results)
    runs = [f"{pair}/{method}" for pair in PLAN.pairs for method in PLAN.methods]
    for run in runs:
        _name_clips(results / f"scores/{run}.predictions.parquet", names(run.split("/")[0].split("-")[1]))
        _write_weights(results / f"runs/{run}/weights", *run.split("/"))
    paper = folder / "paper.csv"
    paper.write_text("method,label,iemocap-meld\ndirect_transfer,D.T.,57.62\n")
    predictions = ["--predictions", *(results / f"scores/{run}.predictions.parquet" for run in runs)]
    statistics = {f"--{name}": results / f"statistics/{name}.csv" for name in STATISTICS}
    told = ["--settings", json.dumps(settings.as_json())]
    compared = {key: value for key, value in settings.as_json().items() if key in ComparisonSettings.model_fields}
    call(significance_program, [*predictions, "--settings", json.dumps(compared), *chain(*statistics.items())])
    table = ["--scores", *(results / f"scores/{run}.parquet" for run in runs), "--paper", paper]
    table += ["--corpora", results / "corpora.parquet", "--made", results / "table1.json"]
    table += ["--states", results / "states.parquet"]
    targets = settings.in_domain.targets
    table += ["--ceilings", *(results / f"scores/{target}-{target}/{PLAN.methods[0]}.parquet" for target in targets)]
    for name, ending in (("table", "csv"), ("markdown", "md"), ("latex", "tex")):
        table += [f"--{name}", results / f"table1.{ending}"]
    ranks = ["--ranks", statistics.pop("--ranks")]
    table += [*told, *chain(*statistics.items())]
    call(report_program, [*table, "--commit", "abc1234", "--date", "2024-05-17"])
    methods = {name: {"algorithm": ALGORITHMS[name], "label": name, "settings": {"epochs": 3}} for name in PLAN.methods}
    more = ["--weights", *(results / f"runs/{run}/weights" for run in runs), "--methods", json.dumps(methods)]
    more += ["--manifests", *sorted(results.glob("manifests/*")), "--labels", *sorted(results.glob("labels/*"))]
    more += ["--environments", *sorted((ROOT / "envs").glob("*.yaml")), "--config", json.dumps({"seeds": [0, 1]})]
    call(capsule_program, [*table, *ranks, *predictions, *more, "--capsule", results / "capsule.zip"])
    return results / "capsule.zip"


def _name_clips(predictions: Path, known: list[str]) -> None:
    table = pq.read_table(predictions).to_pandas()
    table["clip_id"] = table["clip_id"].map(lambda name: known[int(name.removeprefix("clip"))])
    write_table(predictions, pa.Table.from_pandas(table, preserve_index=False))


def _write_weights(folder: Path, pair: str, row: str) -> None:
    whose = dict(zip(("source", "target", "method"), (*pair.split("-"), row), strict=True))
    folder.mkdir(parents=True)
    for seed in PLAN.seeds:
        for selection in ("last_epoch", "source_validation_f1"):
            about = {"about": json.dumps(whose | {"seed": seed, "selection": selection})}
            save_file({"layer": torch.full((3,), float(seed))}, folder / f"seed{seed}-{selection}.safetensors", about)


def members(path: Path) -> dict[str, bytes]:
    """All contents of a zip by name."""
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rewritten(path: Path, changed: dict[str, bytes | None], **options: int) -> Path:
    """A copy with other members, the manifest as it was; None takes one out."""
    contents = {name: content for name, content in (members(path) | changed).items() if content is not None}
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(copy, "w", **options) as written:
        for name, content in contents.items():
            written.writestr(name, content)
    return copy


def forged(path: Path, changed: dict[str, bytes | None]) -> Path:
    """A copy with other members and a manifest that fits them, as a forger would make it."""
    contents = {name: content for name, content in (members(path) | changed).items() if content is not None}
    archive.write_archive(
        path.with_name("forged.zip"), {name: each for name, each in contents.items() if name != archive.MANIFEST}
    )
    return path.with_name("forged.zip")


def parquet(table: pa.Table) -> bytes:
    """A table as the bytes of a file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()
