"""The beds with a known answer in one process: the programs of the workflow with the flags that its rules give them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from planning import known_answer
from planning.study import Study

from amanda import judge_bed, score_pair, train_pair, write_bed
from extractors.shared.clip import MODALITIES
from helpers.places import ROOT

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())


def with_beds(names: Iterable[str], seeds: int) -> dict[str, Any]:
    """The shipped config with some of its beds and its first seeds."""
    wanted = CONFIG["known_answer"]
    beds = {name: wanted["beds"][name] for name in names}
    return CONFIG | {"known_answer": wanted | {"beds": beds, "seeds": wanted["seeds"][:seeds]}}


def effects(folder: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Draw, train, score and judge every bed of a config; the table of ``judge_bed``, indexed by bed."""

    def run(main: Callable[[], None], *words: object) -> None:
        monkeypatch.setattr(sys, "argv", ["program", *map(str, words)])
        main()

    study, scored = Study(config, ROOT), []
    for name, bed in config["known_answer"]["beds"].items():
        runs = known_answer.run_names(study, name)
        for seed in config["known_answer"]["seeds"]:
            drawn = {side: folder / bed[side] / str(seed) for side in ("source", "target")}
            for side, path in drawn.items():
                if not path.exists():
                    formula = known_answer.corpus(study, bed[side])
                    named = ("--corpus", bed[side], "--seed", seed, "--folder", path)
                    run(write_bed.main, *named, "--settings", formula)
            corpora = ["--modalities", *MODALITIES, "--missing-modality", "drop"]
            for side, path in drawn.items():
                corpora += [f"--{side}-features", *(path / f"{each}.parquet" for each in MODALITIES)]
                corpora += [f"--{side}-splits", path / "splits.parquet"]
            labels = ("--source-labels", drawn["source"] / "labels.parquet")
            names = ("--source", bed["source"], "--target", bed["target"])
            made = {
                what: [folder / name / str(seed) / key / what for key in known_answer.COMPARED]
                for what in ("weights", "history", "predictions", "times", "scores", "chosen")
            }
            told = ("--algorithm", *known_answer.algorithms(study, name), "--method", *runs)
            told += ("--settings", *known_answer.training(study, name), "--seeds", seed, "--resident-mb", 1000)
            told += ("--steps", "one_by_one", "--device", "cpu", "--threads", 1)
            for what in ("weights", "history", "predictions", "times"):
                told += (f"--{what}", *made[what])
            run(train_pair.main, *corpora, *labels, *names, *told)
            told = ("--source-splits", drawn["source"] / "splits.parquet", "--method", *runs)
            told += ("--target-labels", drawn["target"] / "labels.parquet", "--settings", '{"split": "test"}')
            told += ("--predictions", *made["predictions"], "--scores", *made["scores"])
            run(score_pair.main, *labels, *names, *told, "--chosen-predictions", *made["chosen"])
            scored += made["scores"]
    table = folder / "known_answer.csv"
    run(
        judge_bed.main,
        "--scores",
        *scored,
        "--settings",
        known_answer.judging(study, known_answer.all_beds(study)),
        "--table",
        table,
    )
    return pd.read_csv(table).set_index("bed")
