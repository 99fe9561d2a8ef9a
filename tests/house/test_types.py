"""The types of both packages and of the workflow agree, as mypy sees them; `pyproject.toml` says how strictly."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest
from helpers.places import ROOT
from helpers.sources import SOURCES

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


def test_no_function_takes_settings_as_a_bare_mapping():
    """They are read once, by their class, which says what each key is and may be."""
    arguments = [
        (path, node.name, argument)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef)
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.arg == "settings" and argument.annotation is not None
    ]
    assert len(arguments) > 50
    bare = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, name, argument in arguments
        if re.search(r"\b(Mapping|dict|Any)\b", ast.unparse(argument.annotation))
    ]
    assert bare == []
