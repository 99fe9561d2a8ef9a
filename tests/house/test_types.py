"""The types of both packages and of the workflow agree, as mypy sees them; `pyproject.toml` says how strictly."""

import subprocess
import sys
import tomllib

import pytest
from helpers.places import ROOT

CHECKED = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["files"]
PACKAGES = ["amanda", "extractors"]


def test_all_code_but_that_of_tests_is_checked():
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {path.split("/")[0] for path in listed.splitlines()} - {"tests", "benchmarks"}
    assert folders == set(CHECKED) > set(PACKAGES)


@pytest.mark.slow
def test_types_agree():
    result = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_tell_others_that_they_have_types(package):
    assert (ROOT / package / "py.typed").is_file()
