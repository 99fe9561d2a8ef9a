"""Starting the workflow as its users do, in a folder of the test, and reading what it plans."""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from helpers.places import ROOT

BIN = Path(sys.executable).parent
SMALLEST = ROOT / "tests" / "config.yaml"


def snakemake(folder, *flags, config=SMALLEST, path=(), root=ROOT):
    """Run the workflow with ``folder`` as working directory and return the finished process."""
    search = os.pathsep.join([*map(str, path), str(BIN), os.environ["PATH"]])
    command = [BIN / "snakemake", *flags, "--snakefile", root / "Snakefile", "--directory", folder, "--cores", "2"]
    command += ["--resources", "gpu=2", *(["--configfile", config] if config else [])]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": search})


def jobs(process):
    """The counts of the plan by name of the rule, without the target rule; a real run prints them as a log."""
    table = (process.stdout + process.stderr).split("Job stats:")[1].split("\ntotal")[0]
    return {name: int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE) if name != "all"}


def changed(tmp_path, change):
    """The smallest config with one change, as a file."""
    config = yaml.safe_load(SMALLEST.read_text())
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(config | change))
    return path
