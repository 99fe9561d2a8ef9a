"""One job: a sweep over features that are read once, features that stay in their files, kills, nothing to wait for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from helpers.jobs import assert_same
from helpers.pair import OF_METHOD, Sizes, settings_for, write_pair
from helpers.sweep_flags import flags_of

from amanda import train_pair
from amanda.algorithms import ALGORITHMS
from amanda.network.frames import Packed, Stored
from amanda.training import data, engine
from amanda.training.job import Job, Run
from extractors.shared.program import UserError

SWEEP = {
    "weak": ("amanda", OF_METHOD["amanda"] | {"alpha2": 0.01}),
    "strong": ("amanda", OF_METHOD["amanda"] | {"alpha2": 1.0, "epochs": 2}),
    "none": ("source_only", OF_METHOD["source_only"]),
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


def run(monkeypatch: pytest.MonkeyPatch, flags: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
    train_pair.main()


def test_each_value_of_a_sweep_is_what_it_would_be_alone(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    real = data.open_features
    monkeypatch.setattr(data, "open_features", lambda path: reads.append(path) or real(path))
    run(monkeypatch, flags_of(pair, [tmp_path / "sweep" / name for name in SWEEP], list(SWEEP.values())))
    assert len(reads) == len(set(reads)) == 6
    for name, value in SWEEP.items():
        run(monkeypatch, flags_of(pair, [tmp_path / "alone" / name], [value]))
        assert_same(tmp_path / "alone" / name, tmp_path / "sweep" / name, (0, 1))


def test_a_sweep_that_is_ended_keeps_its_finished_values_without_their_outputs(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workflow removes the outputs of a job that did not end well, those of finished values too."""
    flags = flags_of(pair, [tmp_path / "weak", tmp_path / "none"], [SWEEP["weak"], SWEEP["none"]])
    trained = []
    real = engine.run_epoch

    def run_epoch(job: Job, runs: list[Run]) -> None:
        if job.algorithm == "source_only" and "killed" not in trained:
            trained.append("killed")
            raise KeyboardInterrupt
        trained.append(job.algorithm)
        real(job, runs)

    monkeypatch.setattr(engine, "run_epoch", run_epoch)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, flags)
    (tmp_path / "weak/history.parquet").unlink()
    (tmp_path / "weak/predictions.parquet").unlink()
    before = trained.count("amanda")
    run(monkeypatch, flags)
    assert trained.count("amanda") == before
    assert (tmp_path / "weak/history.parquet").exists()
    assert not list(tmp_path.glob("*/.*.unfinished"))


def test_a_job_that_runs_again_trains_only_what_changed(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes of what did not change stay; another setting, another seed and a lost output are each trained again."""
    folders = [tmp_path / name for name in SWEEP]
    values = dict(SWEEP)
    run(monkeypatch, flags_of(pair, folders, list(values.values())))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    trained = []
    real = train_pair.train
    monkeypatch.setattr(train_pair, "train", lambda job, *others: trained.append(job.algorithm) or real(job, *others))
    run(monkeypatch, flags_of(pair, folders, list(values.values())))
    assert trained == []
    values["strong"] = ("amanda", values["strong"][1] | {"alpha2": 2.0})
    run(monkeypatch, flags_of(pair, folders, list(values.values())))
    assert trained == ["amanda"]
    for path, content in before.items():
        if path != tmp_path / "strong" / "times.tsv":  # which says the same where training takes as long again
            assert (path.read_bytes() == content) == (tmp_path / "strong" not in path.parents)
    for lost in ("history.parquet", "times.tsv", "weights/seed0-last_epoch.safetensors"):
        (tmp_path / "none" / lost).write_bytes(b"") if lost.startswith("w") else (tmp_path / "none" / lost).unlink()
        run(monkeypatch, flags_of(pair, folders, list(values.values())))
        assert trained.pop() == "source_only"
    assert_same(tmp_path / "none", _alone(pair, tmp_path / "alone", monkeypatch), (0, 1))


def _alone(pair: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    run(monkeypatch, flags_of(pair, [folder], [SWEEP["none"]]))
    return folder


def test_the_code_of_one_algorithm_is_no_part_of_another(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a value does not hang on which others its job trains, whose modules are loaded too."""
    flags = flags_of(pair, [tmp_path / "weak", tmp_path / "none"], [SWEEP["weak"], SWEEP["none"]])
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
    together = train_pair.parse_flags()
    values = train_pair.read_sweep(together)
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags_of(pair, [tmp_path / "none"], [SWEEP["none"]])])
    alone = train_pair.parse_flags()
    (value,) = train_pair.read_sweep(alone)
    cpu = torch.device("cpu")
    assert train_pair.digest_of(together, values[1], cpu) == train_pair.digest_of(alone, value, cpu)


def test_a_sweep_with_a_value_too_few(pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flags = flags_of(pair, [tmp_path / "a", tmp_path / "b"], [SWEEP["weak"], SWEEP["none"]])
    del flags[flags.index("--algorithm") + 1]
    with pytest.raises(UserError, match=r"'--algorithm': 1, '--method': 2, '--settings': 2.*give the same number"):
        run(monkeypatch, flags)


def test_a_sweep_whose_values_have_one_output(pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flags = flags_of(pair, [tmp_path, tmp_path], [SWEEP["weak"], SWEEP["none"]])
    with pytest.raises(UserError, match="two outputs have the same path"):
        run(monkeypatch, flags)


def test_what_was_saved_counts_for_the_same_device_and_way_of_taking_steps_alone(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags_of(pair, [tmp_path], [SWEEP["none"]])])
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"card {device.index}")
    flags = train_pair.parse_flags()
    (value,) = train_pair.read_sweep(flags)
    devices = [torch.device(name) for name in ("cpu", "cuda:0", "cuda:1")]
    found = {train_pair.digest_of(flags, value, device) for device in devices}
    flags.steps = "one_by_one"
    assert len(found | {train_pair.digest_of(flags, value, devices[0])}) == 4


@pytest.mark.parametrize("changed", ["tables", "labels", "settings", "torch"])
def test_what_was_saved_counts_no_more_when_what_it_depends_on_changes(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    copy = Path(shutil.copytree(pair, tmp_path / "pair"))
    monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags_of(copy, [tmp_path], [SWEEP["none"]])])
    flags = train_pair.parse_flags()
    (value,) = train_pair.read_sweep(flags)
    before = train_pair.digest_of(flags, value, torch.device("cpu"))
    assert before == train_pair.digest_of(flags, value, torch.device("cpu"))
    if changed == "settings":
        value = value._replace(settings=settings_for("source_only", epochs=4))
    elif changed == "torch":
        monkeypatch.setattr(torch, "__version__", "another")
    else:
        path = copy / ("source/labels.parquet" if changed == "labels" else "target/audio.parquet")
        path.write_bytes(path.read_bytes() + b"another")
    assert train_pair.digest_of(flags, value, torch.device("cpu")) != before


def test_frames_that_stay_in_their_files_train_to_the_same_bits(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    real = train_pair.read_job
    monkeypatch.setattr(train_pair, "read_job", lambda *args: found.append(real(*args)) or found[-1])
    for name, megabytes in (("held", 1000), ("streamed", 0)):
        run(monkeypatch, flags_of(pair, [tmp_path / name], [SWEEP["weak"]], megabytes))
    held, streamed = (job.source for job in found)
    assert not held.streamed
    assert streamed.streamed
    assert {type(frames) for frames in held.packed.values()} == {Packed}
    assert {type(frames) for frames in streamed.packed.values()} == {Stored}
    assert_same(tmp_path / "held", tmp_path / "streamed", (0, 1))


OTHERS = [name for name in ALGORITHMS if name != "amanda"]

KILLED = """
import sys
from amanda import train_pair
from amanda.training import checkpoint
checkpoint.SECONDS = 0.0
real = checkpoint.Checkpoints.save
def save(self, run):
    real(self, run)
    print("saved", flush=True)
    if run.seed == {seed} and len(run.history) == {epoch}:
        sys.stdin.read()
checkpoint.Checkpoints.save = save
train_pair.main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("algorithm", "seed", "epoch"),
    [*(("amanda", seed, epoch) for seed in (0, 1) for epoch in (1, 2, 3)), *((name, 0, 2) for name in OTHERS)],
)
def test_a_job_killed_outright_goes_on_to_the_same_bits(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, algorithm: str, seed: int, epoch: int
) -> None:
    """``kill -9`` of the program itself, after each epoch of each seed, and of each algorithm."""
    value = (algorithm, OF_METHOD[algorithm])
    flags = flags_of(pair, [tmp_path / "killed"], [value])
    code = KILLED.format(seed=seed, epoch=epoch)
    program = subprocess.Popen(
        [sys.executable, "-c", code, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    for _ in range(3 * seed + epoch):
        assert program.stdout.readline() == b"saved\n"
    time.sleep(0.05)
    os.kill(program.pid, signal.SIGKILL)
    program.communicate()
    assert program.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed" / "weights").exists()
    run(monkeypatch, flags)
    run(monkeypatch, flags_of(pair, [tmp_path / "whole"], [value]))
    assert_same(tmp_path / "whole", tmp_path / "killed", (0, 1))
