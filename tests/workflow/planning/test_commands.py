"""Programs find the packages of this repository, also unactivated, and beside files of any name."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from helpers.workflow_runs import BIN, ROOT, SMALLEST
from planning import commands


@pytest.fixture
def searched(monkeypatch):
    """Set what PATH names."""
    return lambda *folders: monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))


def run_in_bash(prefix, command):
    """What a command prints behind the prefix, in which Snakemake has filled in nothing."""
    return subprocess.run(["bash", "-c", prefix.format() + command], check=True, capture_output=True, text=True).stdout


def test_the_python_of_snakemake_runs_the_programs_where_its_environment_is_not_activated(searched):
    searched("/usr/bin", "/bin")
    said = run_in_bash(commands.prefix(ROOT, uses_conda=False), "command -v python; echo $PATH")
    assert said.splitlines() == [str(BIN / "python"), f"{BIN}:/usr/bin:/bin"]


def test_the_order_of_a_path_that_names_the_environment_stays(searched, tmp_path):
    searched(tmp_path, BIN, "/usr/bin", "/bin")
    assert " PATH=" not in commands.prefix(ROOT, uses_conda=False)


def test_an_environment_of_conda_keeps_its_python(searched):
    searched("/usr/bin", "/bin")
    assert " PATH=" not in commands.prefix(ROOT, uses_conda=True)


def test_a_snakemake_that_lives_apart_from_the_packages_leaves_the_path_alone(searched, monkeypatch):
    searched("/usr/bin", "/bin")
    monkeypatch.setattr(commands, "find_spec", lambda name: None)
    assert " PATH=" not in commands.prefix(ROOT, uses_conda=False)


@pytest.mark.parametrize("name", ["a b", "it's", "{a}", "Zoë", '"', "$HOME"])
def test_a_repository_may_lie_in_a_folder_of_any_name(name):
    root = Path("/tmp") / name
    assert run_in_bash(commands.prefix(root, uses_conda=True), 'echo "$PYTHONPATH"') == f"{root}\n"


@pytest.mark.slow
def test_a_step_runs_unactivated_beside_foreign_packages_of_the_same_names(tmp_path):
    folder, foreign = tmp_path / "here", tmp_path / "foreign"
    folder.mkdir()
    for name in ("amanda", "extractors", "planning"):
        (foreign / name).mkdir(parents=True)
        (foreign / name / "__init__.py").write_text("raise SystemExit('foreign')\n")
        (folder / f"{name}.py").write_text("raise SystemExit('foreign')\n")
    (folder / "random.py").write_text("raise SystemExit('foreign')\n")
    command = [BIN / "snakemake", "results/splits/meld.parquet", "--snakefile", ROOT / "Snakefile", "--cores", "1"]
    surroundings = os.environ | {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(foreign)}
    result = subprocess.run(
        [*command, "--configfile", SMALLEST], cwd=folder, env=surroundings, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert (folder / "results" / "splits" / "meld.parquet").exists()
