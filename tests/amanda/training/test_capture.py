"""A recorded step: replayed it trains as it does taken one by one, whatever the batches, algorithms and epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import torch
from helpers.jobs import make_job
from helpers.pair import OF_METHOD, Sizes, write_pair
from helpers.tape import record_nothing_of_the_host, record_on_tape

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.network import convolution, frames
from amanda.train_pair import choose_recorder
from amanda.training import checkpoint, engine
from amanda.training.capture import Recorder, Side, make_side, record_on_gpu
from amanda.training.checkpoint import Checkpoints
from amanda.training.job import Job, Run, is_whole, plan
from amanda.training.steps import make_capture

GPUS = ["cuda"] * torch.cuda.is_available()
RECORDABLE = [name for name in ALGORITHMS if not load_algorithm(name).waits]

DECAY = {"kind": "linear_decay", "constant_epochs": 1, "decay_epochs": 2}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


@pytest.fixture(autouse=True)
def as_on_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tape is no device, so a CPU would look into the masks that it fills."""
    for module in (convolution, frames):
        monkeypatch.setattr(module, "fill", frames.fill_at_once)


def not_recorded(work: Callable[[], None], stream: torch.Generator) -> Callable[[], None]:
    """Do the same work each time."""
    return work


def trained(job: Job, recorder: Recorder | None, seeds: tuple[int, ...] = (0,)) -> list[Run]:
    return engine.train(replace(job, recorder=recorder), seeds, lambda run: None, lambda run: None)


def assert_equal(ours: Run, theirs: Run) -> None:
    assert ours.history == theirs.history
    weights = ours.algorithm.state_dict(), theirs.algorithm.state_dict()
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    for one, other in zip(ours.target_logits, theirs.target_logits, strict=True):
        assert (one == other).all()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_replayed_step_does_what_the_step_does(pair: Path, algorithm: str) -> None:
    """Nothing that a step depends on is taken from the host once it is recorded: batches, progress, rate, dropout."""
    changes = {"batch_size": 7, "clip_norm": 0.5, "schedule": DECAY}  # of 24 clips: three whole batches and one of 3
    job = make_job(pair, algorithm, **changes)
    (replayed,), (taken,) = (trained(job, recorder) for recorder in (record_on_tape, not_recorded))
    assert_equal(replayed, taken)
    assert len({values["total"] for values in replayed.history}) == len(replayed.history) == 3


@pytest.mark.parametrize(("device", "algorithm"), [*product(["cpu"], ALGORITHMS), *product(GPUS, RECORDABLE)])
def test_recorded_steps_train_as_steps_one_by_one_do(pair: Path, algorithm: str, device: str) -> None:
    """Up to rounding: frames are laid out in another number of rows. Where there is a GPU, with real CUDA graphs."""
    job = on_device(make_job(pair, algorithm, batch_size=7), torch.device(device))
    recorder = {"cpu": record_on_tape, "cuda": record_on_gpu}[device]
    near = {"cpu": {"rel": 1e-5, "abs": 1e-6}, "cuda": {"rel": 2e-3, "abs": 2e-4}}[device]
    recorded, one_by_one = (trained(job, each, (0, 1)) for each in (recorder, None))
    for run, other in zip(recorded, one_by_one, strict=True):
        for ours, theirs in zip(run.history, other.history, strict=True):
            assert ours == pytest.approx(theirs, **near)


def test_a_run_that_is_replayed_is_what_it_would_be_alone(pair: Path) -> None:
    job = make_job(pair, "amanda", batch_size=7)
    together, (alone,) = trained(job, record_on_tape, (2, 0, 1)), trained(job, record_on_tape, (1,))
    assert_equal(together[2], alone)


def test_a_corpus_smaller_than_a_batch_is_not_recorded(pair: Path) -> None:
    job = make_job(pair, "amanda", batch_size=25)
    (ours,), (theirs,) = (trained(job, recorder) for recorder in (record_on_tape, None))
    assert ours.capture is None
    assert_equal(ours, theirs)


def sides(job: Job, run: Run) -> tuple[list, Side]:
    pairs = [pair for epoch in (1, 2, 3) for pair in plan(job, 0, epoch) if is_whole(pair, 7)]
    return pairs, make_side(job.source, run.algorithm.network, [source for source, _ in pairs], job.device)


def test_a_batch_has_as_many_rows_as_the_largest_needs(pair: Path) -> None:
    job = make_job(pair, "amanda", batch_size=7)
    pairs, side = sides(job, engine.start(job, 0))
    text = job.source.packed["text"].lengths.clamp(min=5)
    needed = [int(text[source].sum()) for source, _ in pairs]
    assert side.count["text"] == max(needed) > min(needed)
    assert side.count["visual"] == 7 * 6
    for source, _ in pairs:
        laid, packed = side.frames(source)["text"], job.source.frames(source)["text"]
        rows = laid.gather(torch.float32)
        assert len(rows) == max(needed)
        own = (laid.place < laid.lengths[laid.owner]).nonzero().flatten()
        assert torch.equal(rows[own], packed.gather(torch.float32))
        assert float(rows.abs().sum()) == pytest.approx(float(rows[own].abs().sum()))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_nothing_that_is_recorded_asks_the_host(pair: Path, algorithm: str) -> None:
    """On the meta device, which has no values to wait for."""
    without = dict.fromkeys((name for name in OF_METHOD[algorithm] if name.startswith("dropout")), 0.0)
    job = make_job(pair, algorithm, batch_size=7, **without)
    run = engine.start(job, 0)
    pairs, _ = sides(job, run)
    run.algorithm.to("meta")
    run.optimiser = torch.optim.SGD(run.algorithm.parameters())  # the fused Adam has no meta device
    capture = make_capture(on_device(replace(job, recorder=record_nothing_of_the_host), torch.device("meta")), run)
    capture.begin(pairs[:3], [0.0, 0.1, 0.2])
    for _ in range(3):
        capture.advance()


def test_the_host_is_noticed() -> None:
    with pytest.raises(AssertionError, match="of the host"):
        record_nothing_of_the_host(lambda: torch.ones(2, device="meta") + torch.tensor(1.0), torch.Generator())()


def on_device(job: Job, device: torch.device) -> Job:
    """The job with its frames there."""
    moved = []
    for corpus in (job.source, job.target):
        there = {
            name: replace(
                packed, rows=packed.rows.to(device), valid=None if packed.valid is None else packed.valid.to(device)
            )
            for name, packed in corpus.packed.items()
        }
        moved.append(replace(corpus, packed=there))
    return replace(job, source=moved[0], target=moved[1], device=device)


@pytest.mark.parametrize(
    ("algorithm", "changes", "reason"),
    [
        ("amanda", {}, "there is no GPU"),
        ("daln", {}, "daln makes the host wait"),
        ("amanda", {"textcnn_input": "published_code_view"}, "published_code_view depends on the batch"),
        ("amanda", {"entropy": "log_determinant_published_code"}, "log_determinant_published_code makes it wait"),
    ],
)
def test_what_cannot_be_recorded_says_why(
    pair: Path, capsys: pytest.CaptureFixture, algorithm: str, changes: dict, reason: str
) -> None:
    job = make_job(pair, algorithm, **changes)
    if changes or algorithm == "daln":
        job = replace(job, device=torch.device("cuda"))
    assert choose_recorder("recorded", job) is None
    assert reason in capsys.readouterr().err
    assert choose_recorder("one_by_one", job) is None
    assert not capsys.readouterr().err


def test_on_a_gpu_steps_are_recorded(pair: Path) -> None:
    job = replace(make_job(pair, "amanda"), device=torch.device("cuda"))
    assert choose_recorder("recorded", job) is record_on_gpu


def test_a_run_goes_on_where_it_was_killed(pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its step is recorded anew."""
    monkeypatch.setattr(checkpoint, "SECONDS", 0.0)
    job = replace(make_job(pair, "dann", batch_size=7, schedule=DECAY), recorder=record_on_tape)
    saved = Checkpoints(tmp_path, "same", job.settings["epochs"])

    def dying(run: Run) -> None:
        saved.save(run)
        if len(run.history) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.train(job, (0,), saved.resume, dying)
    (ours,) = engine.train(job, (0,), saved.resume, saved.save)
    (theirs,) = trained(job, record_on_tape)
    assert_equal(ours, theirs)
