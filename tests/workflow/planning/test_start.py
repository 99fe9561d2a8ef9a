"""A start that could come to nothing is refused, and says what to do."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from helpers.places import ROOT
from planning import start


@pytest.mark.parametrize("cores", [None, 1, 64])
def test_a_folder_of_ones_own_and_cores_are_enough(tmp_path, cores):
    start.check(cores, tmp_path)


@pytest.mark.parametrize("cores", [0, -1])
def test_no_cores_are_refused(tmp_path, cores):
    with pytest.raises(start.StartError, match=rf"^--cores {cores}: no job could ever start; write --cores 1"):
        start.check(cores, tmp_path)


@pytest.mark.parametrize("folder", [".", ".snakemake"])
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path, monkeypatch, folder):
    place = tmp_path / folder
    place.mkdir(exist_ok=True)
    allowed = os.access
    # Permissions mean nothing to root, who may run the tests.
    monkeypatch.setattr(os, "access", lambda path, mode: path != place and allowed(path, mode))
    with pytest.raises(start.StartError, match=r"no permission to write.*--directory") as refused:
        start.check(1, tmp_path)
    assert str(refused.value).startswith(f"{place}: ")


def test_snakemake_says_so_where_it_would_wait_for_ever(tmp_path):
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    result = subprocess.run([*command, "--cores", "0"], capture_output=True, text=True, timeout=100)
    assert result.returncode == 1
    assert "--cores 0: no job could ever start; write --cores 1" in result.stderr
