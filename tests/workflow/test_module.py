"""The workflow as a part of another one, and the places where tools look for a workflow's parts."""

import shutil
import subprocess
from collections.abc import Mapping

import pytest
import yaml
from helpers.places import ROOT
from helpers.workflow_runs import SMALLEST, jobs, snakemake

OUTER = """
configfile: "config.yaml"


module amanda:
    snakefile:
        "{snakefile}"
    config:
        config


use rule * from amanda{names}


rule copy_table:
    default_target: True
    input:
        "results/table1.csv",
    output:
        "results/copied.csv",
    shell:
        "cp {{input}} {{output}}"
"""


def merged(base: Mapping, change: Mapping) -> dict:
    """The base with the keys of the change in their place, as Snakemake merges config files."""
    inner = {
        key: merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in change.items()
    }
    return {**base, **inner}


@pytest.fixture
def outer(tmp_path):
    """Write the folder of an outer workflow, whose config is that of the smallest run."""

    def write(names="", snakefile=ROOT / "Snakefile"):
        (tmp_path / "Snakefile").write_text(OUTER.format(snakefile=snakefile, names=names))
        smallest = yaml.safe_load(SMALLEST.read_text())
        config = merged(yaml.safe_load((ROOT / "config.yaml").read_text()), smallest)
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
        return tmp_path

    return write


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "amanda_"])
def test_another_workflow_plans_the_same_jobs(outer, tmp_path_factory, prefix):
    folder = outer(f" as {prefix}*" if prefix else "")
    plan = snakemake(folder, "--dry-run", root=folder, config=None)
    assert plan.returncode == 0, plan.stderr + plan.stdout
    alone = snakemake(tmp_path_factory.mktemp("alone"), "results/table1.csv", "--dry-run")
    assert jobs(alone)["train_methods"] == 2
    assert jobs(alone)["train_pair"] == 2  # the ceilings
    assert jobs(plan) == {f"{prefix}{name}": count for name, count in jobs(alone).items()} | {"copy_table": 1}


@pytest.mark.slow
def test_another_workflow_runs_a_job(outer):
    folder = outer()
    done = snakemake(folder, "results/manifests/meld.parquet", root=folder, config=None)
    assert done.returncode == 0, done.stderr + done.stdout
    assert jobs(done) == {"read_release": 1, "write_twin": 1}
    assert (folder / "results" / "manifests" / "meld.parquet").is_file()


def test_a_remote_snakefile_is_refused_with_the_way_out(outer, tmp_path):
    remote = tmp_path / "remote"
    remote.mkdir()
    shutil.copy(ROOT / "Snakefile", remote)
    author = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("init", "-q", "-b", "main"), ("add", "."), (*author, "commit", "-qm", "one")):
        subprocess.run(["git", *command], cwd=remote, check=True)
    folder = outer(snakefile=f"git+file://{remote}/Snakefile@main")
    plan = snakemake(folder, "--dry-run", root=folder, config=None)
    assert plan.returncode != 0
    assert "clone the repository and name the Snakefile of the clone by a local path" in plan.stderr + plan.stdout


def test_the_standard_place_of_the_snakefile_plans_everything(tmp_path):
    here, there = (snakemake(tmp_path, "--dry-run", root=root) for root in (ROOT, ROOT / "workflow"))
    assert there.returncode == 0, there.stderr + there.stdout
    assert jobs(there) == jobs(here) | {"everything": 1}


def test_the_standard_folder_of_the_config_holds_a_copy_when_it_is_deployed(tmp_path):
    copied = shutil.copytree(ROOT / "config", tmp_path / "config")
    assert (copied / "config.yaml").read_bytes() == (ROOT / "config.yaml").read_bytes()
    assert not (copied / "config.yaml").is_symlink()
    assert (copied / "README.md").is_file()


def test_the_catalogue_is_told_what_the_workflow_does():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment"}
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    rules = "\n".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    told = {"conda": "    conda:", "apptainer": "    container:", "report": "report("}
    stack = usage["software-stack-deployment"]
    assert {key: stack[key] for key in told} == {key: words in rules for key, words in told.items()}
