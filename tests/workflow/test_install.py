"""What `make` does first: the right Python, an environment that is whole, one sentence where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.places import ROOT

# Says that it is another Python, makes environments that hold itself, and writes down what pip is asked to do.
STAND_IN = """#!{bash}
case "$1 $2" in
-c*) exec {real} -c 'import platform, sys
sys.version_info, sys.base_prefix = {version}, "{home}"
platform.python_version = lambda: "{name}"
{lacks}
exec(sys.argv.pop(1))' "${{@:2}}" ;;
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip") echo "$0 $*" >>"{log}"; [ ! -e "{log}.fails" ] || {{ echo "pip: no network" >&2; exit 1; }} ;;
--version*) echo "Python {name}" ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "a repository"
    (place / "workflow").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "workflow/install.sh"):
        shutil.copy(ROOT / name, place / name)
    (place / "requirements.lock").write_text("nothing==1\n")
    return place


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., Path]:
    """A function that puts a stand-in for a Python of some version on the search path."""

    def make(name: str, version: str, lacks: str = "") -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        numbers = tuple(int(number) for number in version.split("."))
        missing = f'sys.modules["{lacks}"] = None' if lacks else ""
        path.write_text(
            STAND_IN.format(
                bash=shutil.which("bash"), real=sys.executable, version=numbers, home=f"/opt/{name}", name=version,
                lacks=missing, log=tmp_path / "pip.log",
            )
        )  # fmt: skip
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def install(folder: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """A function that runs `make install` where no Python but the stand-ins is found by a usual name."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "sh", "sed", "cat", "cmp", "head", "rm", "mkdir", "cp", "env", "getconf", "grep", "make"):
        (tools / name).symlink_to(shutil.which(name) or name)

    def run(*words: str, place: Path = folder) -> subprocess.CompletedProcess:
        search = {"PATH": f"{tmp_path / 'bin'}:{tools}"}
        clean = {key: value for key, value in os.environ.items() if key not in ("PYTHON", "MAKEFLAGS", "MAKELEVEL")}
        return subprocess.run(
            ["make", "install", *words], cwd=place, env=clean | search, capture_output=True, text=True
        )

    return run


def said(result: subprocess.CompletedProcess) -> str:
    """The one sentence of a refusal."""
    assert result.returncode != 0
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in result.stderr
    return line


def asked_of_pip(tmp_path: Path) -> list[str]:
    log = tmp_path / "pip.log"
    return log.read_text().splitlines() if log.exists() else []


def test_an_old_python_is_named_before_anything_is_made(folder, python, install, tmp_path):
    python("python3", "3.10.12")
    python("python3.12", "3.12.3")
    line = said(install())
    assert "python3 is Python 3.10.12, and 3.11 or newer is needed" in line
    assert "make demo PYTHON=python3.12" in line
    assert not (folder / ".venv").exists()
    assert asked_of_pip(tmp_path) == []
    assert install("PYTHON=python3.12").returncode == 0
    assert len(asked_of_pip(tmp_path)) == 2


def test_a_python_that_is_not_there_and_one_that_is_none(python, install, tmp_path):
    assert "python3.13: no such program" in said(install("PYTHON=python3.13"))
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / "python3").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "bin" / "python3").chmod(0o755)
    assert "python3: does not start as a Python" in said(install())


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_the_means_to_make_an_environment(folder, python, install, module):
    python("python3", "3.11.2", lacks=module)
    assert "apt install python3.11-venv" in said(install())
    assert not (folder / ".venv").exists()


def test_what_is_installed_is_left_alone(python, install, tmp_path):
    python("python3", "3.11.2")
    assert install().returncode == 0
    assert len(asked_of_pip(tmp_path)) == 2
    assert install().returncode == install("PYTHON=python3").returncode == 0
    assert len(asked_of_pip(tmp_path)) == 2


def test_an_environment_that_works_is_used_although_the_usual_python_is_too_old(python, install, tmp_path):
    python("python3", "3.10.12")
    python("python3.12", "3.12.3")
    assert install("PYTHON=python3.12").returncode == 0
    assert install().returncode == 0
    assert len(asked_of_pip(tmp_path)) == 2


def test_another_python_builds_the_environment_again(folder, python, install):
    for name, version in (("python3", "3.11.2"), ("python3.12", "3.12.3"), ("python3.12b", "3.12.3")):
        python(name, version)
        assert install(f"PYTHON={name}").returncode == 0
        assert f"/opt/{name}" in (folder / ".venv" / "bin" / "python").read_text()


@pytest.mark.parametrize("harm", ["old", "empty", "no python", "moved", "no execution"])
def test_a_broken_environment_is_built_again(harm, folder, python, install, tmp_path):
    python("python3", "3.11.2")
    inside = folder / ".venv" / "bin" / "python"
    if harm == "old":
        inside.parent.mkdir(parents=True)
        shutil.copy(python("python3.10", "3.10.12"), inside)
    else:
        assert install().returncode == 0
    if harm == "empty":
        shutil.rmtree(inside.parent)
    elif harm == "no python":
        inside.write_text("#!/no/such/interpreter\n")
    elif harm == "no execution":
        inside.chmod(0o644)
    (folder / ".venv" / "left behind").touch()
    place = folder
    if harm == "moved":
        place = folder.rename(tmp_path / "elsewhere")
    (tmp_path / "pip.log").unlink(missing_ok=True)
    assert install(place=place).returncode == 0
    assert not (place / ".venv" / "left behind").exists()
    assert len(asked_of_pip(tmp_path)) == 2


def test_an_interrupted_installation_is_taken_up_again(folder, python, install, tmp_path):
    python("python3", "3.11.2")
    (tmp_path / "pip.log.fails").touch()
    line = said(install())
    assert "could not be installed with Python 3.11.2" in line
    assert "give the command again" in line
    (tmp_path / "pip.log.fails").unlink()
    (folder / ".venv" / "half of it").touch()
    assert install().returncode == 0
    assert (folder / ".venv" / "half of it").exists()
    assert len(asked_of_pip(tmp_path)) == 3


def test_another_lock_is_installed(folder, python, install, tmp_path):
    python("python3", "3.11.2")
    assert install().returncode == 0
    (folder / "requirements.lock").write_text("nothing==2\n")
    assert install().returncode == 0
    assert len(asked_of_pip(tmp_path)) == 4
