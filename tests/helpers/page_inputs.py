"""Small made-up results of every step before the page, as files, and the flags that name them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.table import table1
from amanda.score_pair import score
from amanda.scoring.label_shift import estimate_shares
from amanda.scoring.metrics import without_training
from amanda.shared.tables.history import HISTORY
from amanda.shared.tables.scores import CHOSEN, PREDICTED, SCORES
from amanda.shared.tables.table import per_class
from amanda.statistics.comparison import significance
from extractors.count_states import STATES
from extractors.shared.census import CorpusCensus, Part, Table, write_census
from extractors.shared.clip import CLASSES, MODALITIES, NO_LABEL
from extractors.shared.files import write_table
from extractors.shared.settings import settings_of
from helpers.tables import write_frame

CENSUS = [
    CorpusCensus(
        "iemocap",
        True,
        [
            Part(
                "Counts",
                ["55 clips in the release, 48 usable.", "Labels that differ from the published counts:"],
                ["sad: 12 instead of 13"],
                [Table("Clips per class.", ["label", "labelled", "published"], [["neutral", 12, None]])],
            ),
            Part(
                "Choices",
                [],
                [],
                [
                    Table(
                        "Keys of the config, and what the paper leaves open.",
                        ["choice", "value", "what is open"],
                        [["split", '{"by": "a|b"}', "The paper names <none>."]],
                    )
                ],
            ),
        ],
    )
]


@dataclass(frozen=True)
class Plan:
    """What is made up: pairs, methods, seeds, epochs, and the clips and classes of a target's test split."""

    pairs: tuple[str, ...] = ("iemocap-meld", "mosei-meld")
    methods: tuple[str, ...] = ("direct_transfer", "amanda_p1", "amanda_p2")
    seeds: tuple[int, ...] = (0, 1)
    epochs: int = 3
    clips: int = 24
    classes: int = len(CLASSES)
    unlabelled: tuple[str, ...] = ()


def settings_of_plan(plan: Plan) -> ReportSettings:
    """As planning.programs makes them for Table 1."""
    corpora = sorted({corpus for pair in plan.pairs for corpus in pair.split("-")})
    keys = {
        "classes": list(CLASSES),
        "unlabelled": list(plan.unlabelled),
        "pairs": list(plan.pairs),
        "methods": list(plan.methods),
        "seeds": list(plan.seeds),
        "selection": "last_epoch",
        "recipe": "paper",
        "releases": "synthetic",
        "twins": corpora,
        "labels": {name: name.replace("_", " ") for name in plan.methods},
        "missing_runs": "name",
        "in_domain": {
            "method": plan.methods[0],
            "targets": sorted({pair.split("-")[1] for pair in plan.pairs} - set(plan.unlabelled)),
        },
        "modalities": {},
        "split": "test",
        "few_clips": 30,
        "dead_fraction": 0.5,
        "alpha": 0.05,
        "power": 0.8,
        "resamples": 100,
        "bootstrap_seed": 0,
        "corpora": {corpus: {"reading": {}, "split": {"by": "session"}} for corpus in corpora},
    }
    return settings_of(ReportSettings, keys)


def write_results(folder: Path, plan: Plan) -> list[str]:
    """Write everything under a folder ; returns the flags of ``amanda.write_page``, with paths from there."""
    settings, stream = settings_of_plan(plan), np.random.default_rng(0)
    runs = [_write_run(folder, pair, method, plan, stream) for pair in plan.pairs for method in plan.methods]
    scores, predictions = (pd.concat(tables) for tables in zip(*runs, strict=True))
    statistics = significance(predictions, settings)
    for name, table in statistics.items():
        _csv(folder / f"results/statistics/{name}.csv", table)
    targets = settings.in_domain.targets
    own = [_write_run(folder, f"{target}-{target}", plan.methods[0], plan, stream)[0] for target in targets]
    paper = pd.DataFrame({"method": ["direct_transfer"], "label": ["D.T."], plan.pairs[0]: [57.62]})
    cells, comparisons = statistics["cells"], statistics["comparisons"]
    table = table1(scores, pd.concat(own) if own else scores[:0], paper, cells, comparisons, settings)
    _csv(folder / "results/table1.csv", table)
    corpora = pd.concat([_counts(corpus, number, plan) for number, corpus in enumerate(settings.corpora)])
    write_table(folder / "results/corpora.parquet", pa.Table.from_pandas(corpora, preserve_index=False))
    states = [
        {"corpus": corpus, "modality": modality, "of": plan.clips, "state": state, "clips": 0}
        for corpus in settings.corpora
        for modality in MODALITIES
        for state in STATES
    ]
    write_table(folder / "results/states.parquet", pa.Table.from_pylist(states))
    write_census(folder / "results/corpora.json", CENSUS)
    return _flags(plan, settings)


def _write_run(
    folder: Path, pair: str, method: str, plan: Plan, stream: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    source, target = pair.split("-")
    about = {"source": source, "target": target, "method": method, "split": "test"}
    label = np.arange(plan.clips) % plan.classes
    skill = 0.4 + 0.2 * plan.methods.index(method) / len(plan.methods)
    rows, parts = [], []
    for seed in plan.seeds:
        predicted = np.where(stream.random(plan.clips) < skill, label, stream.integers(len(CLASSES), size=plan.clips))
        place = {"seed": seed, "selection": "last_epoch", "epoch": plan.epochs}
        estimate = estimate_shares(predicted, label, predicted, CLASSES)
        made = {"clips": plan.clips, "device": "cpu", "trained_with": "torch 2"}
        made |= dict.fromkeys(per_class(PREDICTED, CLASSES), 0.25)
        scored = 0 if target in plan.unlabelled else plan.clips
        known, told = label[:scored], predicted[:scored]
        made |= {f"{name}_weighted_f1": 100 * value for name, value in without_training(known, len(CLASSES)).items()}
        rows.append(about | place | made | {"clips": scored} | score(known, told, CLASSES) | estimate)
        rules = ("oracle", "source_validation_f1") if scored else ("source_validation_f1",)
        rows += [rows[-1] | {"selection": rule} for rule in rules]
        names = [np.array(CLASSES)[values] for values in (known, told)]
        clips = {"clip_id": [f"clip{n}" for n in range(scored)], "label": names[0], "predicted": names[1]}
        parts.append(pd.DataFrame(clips).assign(**about, **place))
    tables = pd.DataFrame(rows), pd.concat(parts, ignore_index=True)
    for kind, ending, table in zip((SCORES, CHOSEN), ("", ".predictions"), tables, strict=True):
        write_frame(kind, folder / f"results/scores/{pair}/{method}{ending}.parquet", table)
    history = _history(method, plan, stream).assign(source=source, target=target, method=method)
    write_frame(HISTORY, folder / f"results/runs/{pair}/{method}/history.parquet", history)
    times = pd.DataFrame([{"source": source, "target": target, "method": method, "seconds": 63.75}])
    _csv(folder / f"results/runs/{pair}/{method}/times.tsv", times, sep="\t")
    return tables


def _history(method: str, plan: Plan, stream: np.random.Generator) -> pd.DataFrame:
    names = ["total", "information_bottleneck", "source_validation_f1"]
    names += [f"a_distance_{name}" for name in ("text", "audio", "visual", "joint")]
    if method.startswith("amanda"):
        names += ["label_alignment", "correlation_alignment"]
        names += [f"psi_{name}" for name in ("text", "audio", "visual", "joint")]
    rows = []
    for seed in plan.seeds:
        for epoch in range(1, plan.epochs + 1):
            for number, name in enumerate(names):
                falling = (1 + number) / (1 + epoch / 4) * (1 + 0.1 * stream.random())
                rows.append((seed, epoch, name, falling if number != 2 else 0.9 - 0.5 / epoch))
    return pd.DataFrame(rows, columns=["seed", "epoch", "name", "value"])


def _counts(corpus: str, number: int, plan: Plan) -> pd.DataFrame:
    if corpus in plan.unlabelled:
        counts = {name: [0, 0, 0, 0, 7] for name in ("train", "validation", "test", "usable", "labelled")}
        return pd.DataFrame({"corpus": corpus, "label": [*CLASSES, NO_LABEL], **counts})
    train = np.array([8, 4, 4, 4 + 8 * number])
    counts = {"train": train, "validation": 2, "test": 3, "usable": train + 5, "labelled": train + 6}
    return pd.DataFrame({"corpus": corpus, "label": CLASSES, **counts})


def _csv(path: Path, table: pd.DataFrame, sep: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, sep=sep)


def _flags(plan: Plan, settings: ReportSettings) -> list[str]:
    flags = []
    for name in ("cells", "comparisons", "ranks", "detectable"):
        flags += [f"--{name}", f"results/statistics/{name}.csv"]
    for name, file in {
        "table": "table1.csv",
        "markdown": "table1.md",
        "latex": "table1.tex",
        "corpora": "corpora.parquet",
        "states": "states.parquet",
        "census": "corpora.json",
        "page": "report.html",
        "answer": "answer.txt",
    }.items():
        flags += [f"--{name}", f"results/{file}"]
    for name, pattern in {
        "scores": "scores/{}/{}.parquet",
        "predictions": "scores/{}/{}.predictions.parquet",
        "histories": "runs/{}/{}/history.parquet",
        "times": "runs/{}/{}/times.tsv",
    }.items():
        files = [f"results/{pattern.format(pair, method)}" for pair in plan.pairs for method in plan.methods]
        flags += [f"--{name}", *files]
    config = {"releases": "synthetic", "page": {"prior_distance": 0.1}}
    flags += ["--figures", "--contributions", "--quality-pages", "{}", "--faces-pages", "{}"]
    flags += ["--settings", json.dumps(settings.as_json() | config["page"])]
    return [*flags, "--config", json.dumps(config), "--commit", "abc1234", "--date", "2024-05-17"]
