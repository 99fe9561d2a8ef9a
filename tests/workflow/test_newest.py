"""`make newest` in a small repository, whose packages lie as wheels in a folder: no network, no large package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers.places import ROOT

PYPROJECT = """
[project]
name = "small"
dependencies = ["torch==1.0", "old_name>=1,<2"]
[project.optional-dependencies]
sound = ["torchaudio==1.0"]
dev = ["pytest>=1,<2"]
"""
LOCK = "old-name==1.0 \\\n    --hash=sha256:0\nsame==3.0\ntorch==1.0\ntorchaudio==1.0\npytest==1.0\n"


def write_wheel(folder: Path, name: str, version: str, code: str = "", needs: str = "") -> None:
    stem = f"{name}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", code)
        wheel.writestr(f"{stem}.dist-info/METADATA", metadata + (f"Requires-Dist: {needs}\n" if needs else ""))
        wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{stem}.dist-info/RECORD", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository, and in ``wheels`` a torch newer than any torchaudio."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for version in ("1.0", "2.0", "3.0"):
        write_wheel(wheels, "torch", version)
    for version in ("1.0", "2.0"):
        write_wheel(wheels, "torchaudio", version)
        write_wheel(wheels, "old_name", version, needs="same")
    write_wheel(wheels, "same", "3.0")
    says = "import os, sys; print('pytest is told', sys.argv[1:]); sys.exit(int(os.environ['RESULT']))"
    write_wheel(wheels, "pytest", "9.0", code=says)
    (tmp_path / "workflow").mkdir()
    for name in ("Makefile", "workflow/newest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "requirements.lock").write_text(LOCK)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("result", [0, 1])
def test_newest_ignores_bounds_pairs_torch_and_tells_what_differs(folder: Path, result: int) -> None:
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder / "wheels"), "PIP_CONFIG_FILE": os.devnull}
    ran = subprocess.run(
        ["make", "--silent", "newest", f"PYTHON={sys.executable}", "CORES=2"],
        cwd=folder, env=os.environ | pip | {"RESULT": str(result)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (ran.returncode == 0) == (result == 0), ran.stderr
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert lines[0][:3] == ["pytest", "is", "told"]
    assert "not slow" in ran.stdout.splitlines()[0]
    rows = {row[0]: row[1:] for row in lines[1:-1]}
    assert {name: rows[name] for name in ("package", "old-name", "torch", "torchaudio", "pytest")} == {
        "package": ["lock", "newest"],
        "old-name": ["1.0", "2.0"],
        "torch": ["1.0", "2.0"],
        "torchaudio": ["1.0", "2.0"],
        "pytest": ["1.0", "9.0"],
    }
    assert "same" not in rows
    assert lines[-1][:3] == ["the", "tests", "fail" if result else "pass"]
