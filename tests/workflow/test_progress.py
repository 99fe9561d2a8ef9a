"""`make demo` shows one line per stage with the time left, and errors in full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.places import ROOT
from snakemake_logger_plugin_stages.display import words
from snakemake_logger_plugin_stages.forecast import Forecast
from snakemake_logger_plugin_stages.stages import STAGES, stage_of

SNAKEFILE = """
rule all:
    input: "table"

rule extract_shard:
    output: "features"
    shell: "touch {output}"

rule train_pair:
    input: "features"
    output: "run{n}"
    shell: "touch {output}"

rule tabulate:
    input: expand("run{n}", n=range(3))
    output: "table"
    shell: "COMMAND {output}"
"""


def snakemake(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a small workflow with rules of the demo's names, as `make demo` does where there is no terminal."""
    (folder / "Snakefile").write_text(SNAKEFILE.replace("COMMAND", command))
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow/progress"), "TERM": "dumb"}
    arguments = [sys.executable, "-m", "snakemake", "--cores", "1", "--logger", "stages"]
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_run_without_a_terminal_says_one_line_per_stage(tmp_path: Path) -> None:
    """Three stages have jobs, so three lines tell of them, without control characters; no time is left at the end."""
    run = snakemake(tmp_path, "touch")
    assert run.returncode == 0, run.stderr
    features, training, last = run.stderr.splitlines()
    assert features.startswith("Features: 1 of 1 jobs, about ")
    assert training.startswith("Training: 3 of 3 jobs, about ")
    assert last == "Table, figures, page: 2 of 2 jobs"
    assert "\x1b" not in run.stderr


def test_a_failed_job_is_told_in_full(tmp_path: Path) -> None:
    """The bars hide what went well, never what went wrong."""
    run = snakemake(tmp_path, "false")
    assert run.returncode == 1
    assert "Error in rule tabulate" in run.stderr


def test_the_time_left_is_the_mean_of_each_rule() -> None:
    """Two of four trainings took 4 and 6 s: two more take 10 s. One scoring usually takes a fifth of a training."""
    forecast = Forecast({"train": 4, "score": 1}, {"train": 10.0, "score": 2.0}.__getitem__)
    assert forecast.time_left(1.0) is None
    forecast.finish("train", 4.0)
    forecast.finish("train", 6.0)
    assert forecast.time_left(10.0) == pytest.approx(2 * 5 + 2 * 10 / 20)
    assert forecast.time_left(5.0) == pytest.approx((2 * 5 + 2 * 10 / 20) / 2)  # two jobs at once


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (2, "5 s"), (44, "45 s"), (100, "2 min"), (3700, "1 h 2 min")],
)
def test_times_are_rounded_as_a_person_says_them(seconds: float | None, text: str) -> None:
    """No false exactness."""
    assert words(seconds) == text


def test_each_named_rule_exists() -> None:
    """A rule that is renamed must be renamed among the stages too."""
    text = "\n".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    for rules in STAGES.values():
        for rule in rules:
            assert f"rule {rule}:" in text or f" as {rule} with:" in text, rule
    assert stage_of("write_page") == "Table, figures, page"
