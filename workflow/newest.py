"""`make newest`: the quick tests with the newest version of every dependency, and a table of what the lock has instead.

The bounds of pyproject.toml are ignored. torch alone follows another package: it takes the version of the newest
torchaudio, for the two are released in pairs. The environment is ``.venv-newest``; nothing else is touched. Only the
standard library is imported.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

FOLDER = Path(".venv-newest")
PYTHON = str(FOLDER / "bin/python")
PAIR = ("torch", "torchaudio")
INSTALLED = (
    "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()), sep='\\n')"
)


def main() -> int:
    """Build the environment, run the tests in it, print the table; the exit code is that of pytest."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", PAIR[1]], check=True)
    version = read_versions(installed())[PAIR[1]].partition("+")[0]
    pair = [f"{name}=={version}" for name in PAIR]
    subprocess.run([*pip, *pair, *sorted(declared(Path("pyproject.toml")) - set(PAIR))], check=True)
    tests = subprocess.run([PYTHON, "-m", "pytest", *sys.argv[1:]])
    print(table(read_versions(Path("requirements.lock").read_text()), read_versions(installed())))
    print(f"the tests {'fail' if tests.returncode else 'pass'} with these versions; they lie in {FOLDER}")
    return tests.returncode


def declared(pyproject: Path) -> set[str]:
    """Names of all dependencies, those of the extras too, without their bounds."""
    project = tomllib.loads(pyproject.read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines}


def installed() -> str:
    """``name==version`` of each package of the new environment, a line each."""
    return subprocess.run([PYTHON, "-c", INSTALLED], check=True, capture_output=True, text=True).stdout


def read_versions(text: str) -> dict[str, str]:
    """Name -> version of the lines that begin with ``name==version``; names as the package index compares them."""
    found = re.findall(r"^([\w.-]+)==([^\s\\]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def table(locked: dict[str, str], newest: dict[str, str]) -> str:
    """The packages of the new environment whose version is not the locked one, a row each."""
    rows = [("package", "lock", "newest")]
    rows += [(name, locked.get(name, "-"), newest[name]) for name in sorted(newest) if newest[name] != locked.get(name)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


if __name__ == "__main__":
    sys.exit(main())
