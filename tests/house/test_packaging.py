"""The distribution: built without the network, it holds both packages with their data, and nothing of the tests."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from helpers.places import ROOT

BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"
DATA = (".tsv", ".csv", ".j2", ".css", ".js", "py.typed")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def tracked(*places: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z", *places], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


def build(kind: str, source: Path, into: Path) -> Path:
    """Call one hook of the build backend in ``source``, as a build frontend does."""
    command = [sys.executable, "-c", BUILD, f"build_{kind}", str(into)]
    result = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return into / result.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of the tracked files, unpacked."""
    folder = tmp_path_factory.mktemp("build")
    for name in tracked():
        (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / name).write_bytes((ROOT / name).read_bytes())
    with tarfile.open(build("sdist", folder / "tree", folder)) as archive:
        archive.extractall(folder / "sdist", filter="data")
    return folder / "sdist" / f"amanda_mer-{PROJECT['version']}"


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from the source distribution and not from the working tree."""
    with zipfile.ZipFile(build("wheel", unpacked, tmp_path_factory.mktemp("wheel"))) as archive:
        yield archive


def test_the_wheel_holds_both_packages_with_their_data_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == tracked("amanda", "extractors")
    assert {ending for ending in DATA if any(name.endswith(ending) for name in inside)} == set(DATA)


def test_the_source_distribution_holds_readme_and_licence(unpacked: Path) -> None:
    assert (unpacked / "README.md").read_bytes() == (ROOT / "README.md").read_bytes()
    assert (unpacked / "LICENSE").is_file()


def test_the_wheel_names_its_version_and_extras(wheel: zipfile.ZipFile) -> None:
    (path,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    metadata = message_from_bytes(wheel.read(path))
    assert (metadata["Name"], metadata["Version"]) == ("amanda-mer", PROJECT["version"])
    assert set(metadata.get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])


def version_seen(folder: Path) -> str:
    """``amanda.__version__`` in a Python that finds nothing but what lies in ``folder``."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import amanda; print(amanda.__version__)"
    result = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_the_version_is_that_of_the_installed_distribution(
    wheel: zipfile.ZipFile, unpacked: Path, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    assert version_seen(tmp_path) == PROJECT["version"]
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/amanda").symlink_to(unpacked / "amanda")
    assert version_seen(tmp_path / "copy") == "0+unknown"


def test_a_name_that_the_package_lacks_is_an_attribute_error() -> None:
    import amanda

    assert not hasattr(amanda, "version")
