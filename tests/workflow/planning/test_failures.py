"""A run that failed ends with which job failed, what its program said, where its log is, and how to go on."""

from __future__ import annotations

import pytest
from helpers.workflow_runs import ROOT, changed, snakemake
from planning.failures import closing_words, failures

ERROR = """[Sat Nov 28 06:31:42 2026]
Error in rule {rule}:
    message: {message}
    jobid: {job}
    output: results/{job}.parquet
    log: logs/{job}.log (check log file(s) for error details)
    shell:
        python -m extractors.manifest > logs/{job}.log 2>&1
        (command exited with non-zero exit code)
Logfile logs/{job}.log:
====
error: whatever
====
"""
MORE = "For further error details see the cluster/cloud log and the log files of the involved rule(s)."
GO_ON = "Finished files are kept. Correct the cause, then run the same command again; it continues from there."
REFUSED = "SLURM sbatch failed. The error message was 'sbatch: error: invalid partition specified: gpu'."


def told(job=7, rule="read_release", message="None"):
    return ERROR.format(job=job, rule=rule, message=message)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Says the closing words of a run, given Snakemake's log and the logs of the programs by job."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()

    def words(text, **logs):
        for job, said in logs.items():
            (tmp_path / "logs" / f"{job[1:]}.log").write_text(said)
        (tmp_path / "run.log").write_text(text)
        return closing_words([tmp_path / "run.log"]).strip().split("\n")

    return words


def test_the_sentence_of_the_program_and_its_log_are_told(run):
    said = run(told(), _7="reading\nerror: data/MELD.Raw: no such folder\n")
    assert said == ["read_release failed: error: data/MELD.Raw: no such folder (logs/7.log)", GO_ON]


def test_of_a_program_that_fell_over_the_last_line_is_told(run):
    said = run(told(), _7="Traceback (most recent call last):\n  File x\nValueError: no\n\n")
    assert said[0] == "read_release failed: ValueError: no (logs/7.log)"


@pytest.mark.parametrize("logs", [{}, {"_7": ""}])
def test_a_program_that_said_nothing_was_stopped(run, logs):
    assert (
        "printed nothing: it was stopped from outside, or the disk of its log is full (logs/7.log)"
        in (run(told(), **logs)[0])
    )


def test_what_the_scheduler_says_of_a_job_is_told_too(run):
    said = run(told(message=f"SLURM-job '12' failed, SLURM status is: 'TIMEOUT'. {MORE}"), _7="step 3\n")
    assert said[0] == "read_release failed: SLURM-job '12' failed, SLURM status is: 'TIMEOUT'.; step 3 (logs/7.log)"


def test_of_a_job_that_was_never_submitted_the_log_of_an_earlier_run_is_not_told(run):
    call = "\n    sbatch call:\n        sbatch --parsable\n    sbatch script:\n#!/bin/sh\npython\n\n"
    said = run(told(message=f"{REFUSED}{call}{MORE}"), _7="error: of yesterday\n")
    assert said == [f"read_release failed: it was not started: {REFUSED}", GO_ON]
    said = run(told(message=f"Job submission failed with exception: no sbatch{MORE}"), _7="error: of yesterday\n")
    assert said[0] == "read_release failed: it was not started: Job submission failed with exception: no sbatch"


def test_a_job_that_succeeded_when_it_was_tried_again_has_not_failed():
    again = "Finished jobid: 7 (Rule: read_release)\n"
    assert [one.log for one in failures(told(7) + told(71) + again)] == ["logs/71.log"]
    assert [one.log for one in failures(told(7) + told(7))] == ["logs/7.log"]


def test_many_failed_jobs_do_not_drown_the_reason(run):
    said = run("".join(told(job, rule=f"rule_{job}") for job in range(30)), _0="error: the disk is full\n")
    assert said[0] == "rule_0 failed: error: the disk is full (logs/0.log)"
    assert said[-2:] == ["and 25 more jobs failed; see above", GO_ON]
    assert len(said) == 7


def test_a_run_without_a_log_is_told_how_to_go_on():
    assert closing_words([]).strip() == GO_ON


@pytest.mark.slow
def test_the_screen_of_a_failed_run_ends_with_the_sentence_of_its_program(tmp_path):
    config = changed(tmp_path, {"releases": "licensed"})
    screen = snakemake(tmp_path, "results/manifests/meld.parquet", config=config).stderr
    log = (tmp_path / "logs" / "manifests" / "meld.log").read_text().strip()
    shown, closing = screen.split("Exiting because a job execution failed")
    assert log in shown
    assert f"read_release failed: {log} (logs/manifests/meld.log)\n{GO_ON}" in closing


@pytest.mark.slow
def test_a_failed_sbatch_ends_with_what_slurm_said(tmp_path):
    pytest.importorskip("snakemake_executor_plugin_slurm")
    stand_in = tmp_path / "bin"
    stand_in.mkdir()
    for name in ("sbatch", "sacct", "sacctmgr", "scontrol", "sinfo", "squeue", "sshare", "scancel"):
        fails = "echo 'sbatch: error: no such partition' >&2; exit 1" if name == "sbatch" else "exit 0"
        (stand_in / name).write_text(f"#!/bin/sh\n{fails}\n")
        (stand_in / name).chmod(0o755)
    config = changed(tmp_path, {"releases": "licensed"})
    flags = ["--workflow-profile", ROOT / "profiles" / "slurm", "--default-resources", "slurm_account=me"]
    flags += ["--retries", "0", "--latency-wait", "1"]
    result = snakemake(tmp_path, "results/manifests/meld.parquet", *flags, config=config, path=[stand_in])
    assert result.returncode != 0
    assert "it was not started: SLURM sbatch failed. The error message was 'sbatch: error: no such partition'" in (
        result.stderr
    )
    assert GO_ON in result.stderr
