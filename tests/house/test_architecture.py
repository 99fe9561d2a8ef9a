"""What README, docs/architecture.md and the jobs of continuous integration say of the repository is so."""

import re

import pytest
import yaml
from helpers.places import ROOT
from helpers.sources import PACKAGES


def rooms_of(package):
    return {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_table_of_rooms_has_every_room(package):
    text = (ROOT / "docs/architecture.md").read_text()
    table = text.split(f"| `{package}/` | holds |")[1].split("\n\n")[0]
    named = {name for row in table.splitlines() for name in re.findall(r"`(\w+)/`", row.split("|")[1] if row else "")}
    assert named == rooms_of(package)


def test_the_picture_of_the_data_flow_names_programs_that_are_there():
    picture = (ROOT / "README.md").read_text().split("## The data flow")[1].split("```")[1]
    found = re.findall(r"│  (\w+) +python -m (amanda|extractors)\.(\w+)", picture)
    assert len(found) > 12
    for step, package, program in found:
        assert step == program
        assert (ROOT / package / f"{program}.py").is_file()


def test_continuous_integration_runs_what_a_desk_runs():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    jobs = [
        job
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for job in yaml.safe_load(path.read_text())["jobs"].values()
    ]
    commands = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert set(commands) <= {f"make {target}" for target in targets}
    (matrix,) = [job["strategy"]["matrix"] for job in jobs if "strategy" in job]
    assert matrix == {"os": ["ubuntu-latest", "macos-latest"], "python": ["3.11", "3.12", "3.13"]}
