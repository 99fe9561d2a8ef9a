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


def test_modules_that_are_not_yet_checked_exist_and_open_media():
    (unchecked,) = (part["module"] for part in SETTINGS["overrides"] if part.get("ignore_errors"))
    for name in unchecked:
        assert name.startswith(("extractors.media.", "extractors.quality.", "extractors.synthetic.media"))
        assert (ROOT / name.replace(".", "/")).with_suffix(".py").is_file()


@pytest.mark.parametrize("package", SETTINGS["files"])
def test_packages_tell_others_that_they_have_types(package):
    assert (ROOT / package / "py.typed").is_file()
