"""What the workflow plans for the beds with a known answer."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import yaml
from helpers.beds import CONFIG
from helpers.workflow_runs import jobs, snakemake

from amanda.algorithms.base import load_algorithm
from extractors.shared.settings import read_settings

LINE = {"source": "plain", "target": "leaning", "method": "daln", "against": "direct_transfer", "must": "unknown"}


def test_each_bed_and_seed_is_one_training_with_complete_settings(tmp_path: Path) -> None:
    """With a line for a method of Table 1; neither the twins nor their sizes have a part in it."""
    config = tmp_path / "one_line.yaml"
    config.write_text(yaml.safe_dump({"known_answer": {"seeds": [0, 5], "beds": {"daln_under_shift": LINE}}}))
    plan = snakemake(tmp_path, "results/known_answer.md", "--dry-run", "--printshellcmds", config=config)
    assert plan.returncode == 0, plan.stderr
    beds = CONFIG["known_answer"]["beds"] | {"daln_under_shift": LINE}
    pairs = 2 * len(beds)
    assert jobs(plan) == {
        "write_bed": 2 * len({bed[side] for bed in beds.values() for side in ("source", "target")}),
        "train_bed": pairs,
        "score_bed": pairs,
        "judge_bed": 1,
        "check_bed": 1,
    }
    commands = re.findall(r"python -m amanda\.train_pair .*", plan.stdout)
    assert len(commands) == pairs
    for command in commands:
        words = shlex.split(command.split(" > ")[0])
        named = {word: words[place + 1 :] for place, word in enumerate(words) if word.startswith("--")}
        for algorithm, settings in zip(named["--algorithm"][:2], named["--settings"][:2], strict=True):
            found = read_settings(load_algorithm(algorithm).Settings, settings)
            assert found.representation == CONFIG["known_answer"]["training"]["representation"]
            assert getattr(found, "alignment_scale", 1.0) == 1.0
        # The firewall in the graph: of all label files, a training reads its source's alone.
        assert re.findall(r"(\S+)/labels\.parquet", command) == [
            named["--source-features"][0].removesuffix("/text.parquet")
        ]
    judged = json.loads(re.search(r"--settings '(.*?)'", plan.stdout[plan.stdout.index("amanda.judge_bed") :])[1])
    assert {bed["bed"]: bed for bed in judged["beds"]} == {name: {"bed": name} | bed for name, bed in beds.items()}
    assert judged["labels"]["daln"] == CONFIG["method_settings"]["daln"]["label"]
