"""A run with a name: everything that it makes lies apart, and what other runs extracted is taken from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from helpers.places import ROOT
from helpers.workflow_runs import changed, snakemake
from planning import files
from planning.config.check import ConfigError, check
from planning.study import Study

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
ON_DEMAND = (
    "controls.md",
    "figure2.svg",
    "claims.md",
    "capsule.zip",
    "without_source.md",
    "faces/meld.html",
    "shift.md",
)


def test_the_shipped_config_has_no_name() -> None:
    study = Study(CONFIG, ROOT)
    assert (study.results, study.logs) == ("results", "logs")
    named = Study(CONFIG | {"run": "mine"}, ROOT)
    assert (named.results, named.logs) == ("runs/mine", "runs/mine/logs")


@pytest.mark.parametrize("name", ["My-Run", "../up", "a b", "1st"])
def test_a_name_of_a_run_is_a_folder_everywhere(name: str) -> None:
    with pytest.raises(ConfigError, match="config: run: "):
        check(CONFIG | {"run": name})


def test_what_programs_are_told_lies_in_the_run() -> None:
    named = Study(CONFIG | {"run": "mine"}, ROOT)
    told = [files.release(named, "meld"), files.backbone(named, "text"), named.placed(files.RUN_WEIGHTS)]
    assert [path for path in told if not str(path).startswith("runs/mine/")] == []


def test_no_rule_names_the_folder_of_results_itself() -> None:
    """A path that does would be shared by all runs."""
    sources = [
        ROOT / "Snakefile",
        *(ROOT / "workflow" / "rules").glob("*.smk"),
        *(ROOT / "workflow/planning").glob("*.py"),
    ]
    found = {
        f"{source.name}: {line.strip()}"
        for source in sources
        for line in source.read_text().splitlines()
        if re.search(r"""f?["'](results|logs)/""", line)
    }
    assert found == set()


@pytest.mark.slow
def test_a_named_run_makes_all_that_the_other_makes_in_a_folder_of_its_own(tmp_path: Path) -> None:
    def commands(name: str) -> list[str]:
        folder = f"runs/{name}" if name else "results"
        asked = [f"{folder}/{file}" for file in ON_DEMAND]
        done = snakemake(tmp_path, "--dry-run", "-p", "all", *asked, config=changed(tmp_path, {"run": name}))
        assert done.returncode == 0, done.stderr
        return sorted(re.findall(r"^Shell command: (.*)$", done.stdout + done.stderr, re.MULTILINE))

    plain, named = commands(""), commands("mine")
    assert len(plain) > 100
    told = [line.replace("'run': 'mine'", "'run': ''").replace('"run": "mine"', '"run": ""') for line in named]
    moved = [line.replace("runs/mine/logs/", "logs/").replace("runs/mine/", "results/") for line in told]
    assert sorted(moved) == plain
    assert [line for line in named if re.search(r"(^|[ =\"'])(results|logs)/", line)] == []
