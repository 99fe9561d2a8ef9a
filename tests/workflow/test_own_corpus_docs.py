"""docs/own_corpus.md as a newcomer follows it: its commands, on generated clips, from two folders to a plan."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from helpers.media_folder import sounds
from helpers.places import ROOT
from helpers.talking_film import write_film
from helpers.workflow_runs import BIN

from amanda.command.app import app
from extractors.clips.pattern import parse_pattern

DOCS = (ROOT / "docs" / "own_corpus.md").read_text()
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", DOCS, re.DOTALL) for line in block.splitlines()]
CONFIGS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)]
MADE, STUDY = (next(each for each in CONFIGS if each.get("run") == name) for name in ("my_lab", "study"))


def run(line: str, folder: Path, *more: str) -> str:
    """Run a line of the docs with the workflow of this repository; what it prints."""
    program, *words = shlex.split(line)
    if program == "amanda":
        command = [sys.executable, "-m", "amanda.command", *words]
    else:
        command = [str(BIN / program), "--snakefile", str(ROOT / "Snakefile"), *more, *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of clips with names as the docs have them: films, and films whose sound is a file of its own."""
    folder = tmp_path_factory.mktemp("lab")
    mine, theirs = folder / "data" / "my_lab", folder / "data" / "their_lab"
    film = folder / "film.mp4"
    words = write_film(film, seconds=0.4, size=(120, 160))
    for label, other in (("neutral", "NEU"), ("happy", "JOY"), ("sad", "SAD"), ("angry", "ANG"), ("disgust", "DIS")):
        for speaker in ("P1", "P2", "P3"):
            for path in (mine / label / f"{speaker}_1.mp4", theirs / f"{speaker}_x_{other}_1.mp4"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(film.read_bytes())
                path.with_suffix(".txt").write_text(words)
    sounds(theirs, [f"P1_x_{other}_1.wav" for other in ("NEU", "JOY")], seconds=0.4)
    return folder


@pytest.mark.slow
def test_the_commands_lead_from_two_folders_to_a_table(lab: Path) -> None:
    corpora = [
        next(line for line in COMMANDS if f"amanda corpus data/{name} " in line) for name in ("my_lab", "their_lab")
    ]
    asked = ("/manifests/my_lab.parquet", "/quality/my_lab.html", "/study/table1.csv")
    manifest, quality, table = [next(line for line in COMMANDS if name in line) for name in asked]
    for line in corpora:
        told = run(line, lab)
        assert "15 clips: 15 with pictures, 15 with sound, 15 with words." in told
    assert "runs/my_lab/manifests/my_lab.parquet" in run(manifest, lab, "--quiet") + manifest
    clips = pq.read_table(lab / "runs/my_lab/manifests/my_lab.parquet").to_pandas()
    assert clips["status"].value_counts().to_dict() == {"ok": 12, "excluded": 3}
    assert not (lab / "results").exists()
    assert "inspect_corpus" in run(quality, lab, "--dry-run")
    (lab / "study.yaml").write_text(yaml.safe_dump(STUDY))
    plan = run(table, lab, "--dry-run")
    assert re.search(r"^write_page +1$", plan, re.MULTILINE)
    assert re.search(r"^read_release +2$", plan, re.MULTILINE)
    assert not re.search(r"write_twin|write_backbone|iemocap|meld|mosei|msp_improv", plan)


def test_the_config_in_the_docs_is_what_the_command_writes() -> None:
    keys = {"release", "modalities", "reading", "labels", "split", "expected_counts"}
    assert set(MADE["corpora"]["my_lab"]) == keys
    assert STUDY["pairs"] == ["my_lab-their_lab"]


def test_every_pattern_reads_the_name_beside_it() -> None:
    rows = re.findall(r"^\| `([^`]+)`[^|]*\| `([^`]+)` \|$", DOCS, re.MULTILINE)
    told = {pattern: parse_pattern(pattern).read(os.path.splitext(name)[0]) for name, pattern in rows}
    assert told["{label}/{speaker}_*"] == {"label": "happy", "speaker": "P01"}
    assert told["*-*-{label}-*-*-*-{speaker}"] == {"label": "05", "speaker": "12"}
    assert told["{speaker:2}{dialogue:3}{label:1}*"] == {"speaker": "03", "dialogue": "a01", "label": "F"}
    assert len(told) == 5


def test_every_option_of_the_command_is_named() -> None:
    (command,) = [each.callback for each in app.registered_commands if each.callback.__name__ == "corpus"]
    options = [name for name in command.__annotations__ if name not in ("folder", "return")]
    assert [name for name in options if f"--{name}" not in DOCS] == []
