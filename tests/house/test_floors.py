"""Imports point down: each room of a package imports rooms of lower floors only, and no modules import in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter

import pytest
from helpers.places import ROOT

# From the ground up, as docs/architecture.md describes the rooms. Rooms of one floor do not know each other.
FLOORS = {
    "extractors": (
        {"shared"},
        {"media", "networks"},
        {"corpora", "faces", "synthetic"},
        {"modalities", "clips"},
        {"features"},
        {"quality"},
        {"pages"},
    ),
    "amanda": (
        {"shared", "losses"},
        {"network", "scoring"},
        {"algorithms", "statistics"},
        {"training", "reporting", "bed"},
        {"sharing"},
        {"prediction"},
        {"command"},
    ),
}


def _name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for package in FLOORS for path in sorted((ROOT / package).rglob("*.py"))}


def imported(name):
    """The modules of the two packages that a module imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_bytes())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            members = {f"{node.module}.{each.name}" for each in node.names}
            found |= {member if member in MODULES else node.module for member in members}
    return found & MODULES.keys()


def room(name):
    """The folder of a module below its package; for the package itself and its programs, nothing."""
    parts = name.split(".")
    return parts[1] if (ROOT / parts[0] / "".join(parts[1:2])).is_dir() and len(parts) > 1 else ""


@pytest.mark.parametrize("package", FLOORS)
def test_every_room_has_a_floor(package):
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    assert rooms == set().union(*FLOORS[package])


@pytest.mark.parametrize("package", FLOORS)
def test_a_room_imports_lower_floors_only(package):
    floor = {name: level for level, names in enumerate(FLOORS[package]) for name in names}
    upwards = [
        f"{name} imports {other}"
        for name in MODULES
        for other in imported(name)
        if name.startswith(package) and other.startswith(package) and room(name) and room(other) != room(name)
        if floor.get(room(other), len(floor)) >= floor[room(name)]
    ]
    assert upwards == []


def test_nothing_imports_a_program():
    programs = {name for name in MODULES if name.count(".") == 1 and not room(name)}
    assert [f"{name} imports {other}" for name in MODULES for other in imported(name) & programs] == []


def test_no_modules_import_in_a_circle():
    try:
        TopologicalSorter({name: imported(name) for name in MODULES}).prepare()
    except CycleError as circle:
        pytest.fail(f"these import each other: {circle.args[1]}")


def test_rooms_and_imports_are_found():
    assert room("extractors.media.clock") == "media"
    assert room("amanda.train_pair") == room("amanda") == ""
    assert {"amanda.training.engine", "extractors.shared.program"} <= imported("amanda.train_pair")
