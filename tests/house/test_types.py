"""The types of both packages agree, as mypy sees them; `pyproject.toml` says how strictly."""

import subprocess
import sys
import tomllib

import pytest
from helpers.places import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]


@pytest.mark.slow
def test_types_agree():
    result = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("package", SETTINGS["files"])
def test_packages_tell_others_that_they_have_types(package):
    assert (ROOT / package / "py.typed").is_file()
