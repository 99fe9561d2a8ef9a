"""Training: bit-equal runs, resuming after a kill, schedules, what is kept, clear errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from helpers import places
from helpers.jobs import assert_same, make_job, read_corpus_of, weights
from helpers.pair import OF_METHOD, Sizes, settings_for, train_flags, write_pair
from safetensors import safe_open

from amanda import train_pair
from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import Labelled, Unlabelled, load_algorithm
from amanda.shared.settings import ConstantRate, LinearDecay
from amanda.training import checkpoint, engine
from amanda.training.engine import rate_factor, start
from amanda.training.job import Job, Run, reseed
from amanda.training.steps import Sums, step
from extractors.shared.clip import CLASSES
from extractors.shared.program import UserError

EXTRA = np.load(places.GOLDEN / "amanda_extra.npz")


Program = Callable[..., Path]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


@pytest.fixture
def run_train(pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Run ``amanda.train_pair`` in this process and return the folder of its outputs."""

    def program(name: str, algorithm: str = "amanda", seeds: tuple[int, ...] = (0, 1), **changes: object) -> Path:
        settings = json.dumps(OF_METHOD[algorithm] | changes)
        flags = train_flags(pair, tmp_path / name, algorithm, settings, list(seeds))
        monkeypatch.setattr(sys, "argv", ["amanda.train_pair", *flags])
        train_pair.main()
        return tmp_path / name

    return program


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_run_twice_is_bit_equal(run_train: Program, algorithm: str) -> None:
    assert_same(run_train("one", algorithm), run_train("two", algorithm), (0, 1))


def test_a_run_is_what_it_would_be_alone(run_train: Program) -> None:
    together = run_train("together", seeds=(2, 0, 1))
    assert_same(run_train("alone", seeds=(1,)), together, (1,))


def test_seeds_differ(run_train: Program) -> None:
    folder = run_train("one")
    ours, theirs = (weights(folder / f"weights/seed{seed}-last_epoch.safetensors") for seed in (0, 1))
    assert not any(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("killed_at", [1, 3, 4])
def test_a_killed_job_goes_on_to_the_same_result(
    run_train: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    """Killed while it trains epoch ``killed_at`` of six; one seed has three."""
    whole = run_train("whole")
    monkeypatch.setattr(checkpoint, "SECONDS", 0.0)
    trained = []
    real = engine.queue_epoch

    def dying(job: Job, run: Run) -> Sums:
        trained.append((run.seed, len(run.history) + 1))
        if len(trained) == killed_at:
            raise KeyboardInterrupt
        return real(job, run)

    monkeypatch.setattr(engine, "queue_epoch", dying)
    with pytest.raises(KeyboardInterrupt):
        run_train("killed")
    assert [path.name for path in (tmp_path / "killed").glob("*")] in ([], [".weights.unfinished"])
    begun = trained[-1]
    assert_same(whole, run_train("killed"), (0, 1))
    assert trained[killed_at] == begun  # no finished epoch was trained again
    assert len(trained) == 6 + 1
    assert sorted(path.name for path in (tmp_path / "killed").glob("*")) == [
        "history.parquet",
        "predictions.parquet",
        "times.tsv",
        "weights",
    ]


def test_what_other_settings_left_unfinished_is_not_taken_up(
    run_train: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    whole = run_train("whole", gamma=0.001)
    with monkeypatch.context() as dying:
        dying.setattr(train_pair, "write_weights", killed)
        with pytest.raises(KeyboardInterrupt):
            run_train("killed")
    assert_same(whole, run_train("killed", gamma=0.001), (0, 1))


def test_a_damaged_checkpoint_is_as_good_as_none(run_train: Program, tmp_path: Path) -> None:
    unfinished = tmp_path / "damaged" / ".weights.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "seed0.safetensors").write_bytes(b"not a checkpoint")
    assert_same(run_train("whole"), run_train("damaged"), (0, 1))


def test_outputs_hold_every_epoch_clip_and_name(run_train: Program, pair: Path) -> None:
    folder = run_train("one")
    predictions = pq.read_table(folder / "predictions.parquet").to_pandas()
    logits = [f"logit_{c}" for c in CLASSES]
    about = ["domain", "split", "seed", "epoch", "clip_id"]
    assert list(predictions.columns) == [*about, *logits, "log_density_ratio"]
    assert (predictions["log_density_ratio"].notna() == (predictions["domain"] == "source")).all()
    assert predictions.groupby(["domain", "split"]).size().to_dict() == {
        ("source", "validation"): 8 * 3 * 2,
        ("target", "train"): 24 * 3 * 2,
        ("target", "validation"): 8 * 3 * 2,
        ("target", "test"): 8 * 3 * 2,
    }
    history = pq.read_table(folder / "history.parquet").to_pandas()
    assert history.groupby(["seed", "epoch"]).size().nunique() == 1
    names = set(history["name"])
    assert {"total", "label_alignment", "psi_joint", "normalised_alignment_text", "norm_audio"} <= names
    assert {"source_validation_f1", "information_maximisation", "cross_entropy_visual", "entropy_joint"} <= names
    total = history.pivot_table(index=["seed", "epoch"], columns="name", values="value")
    parts = total["information_bottleneck"] + 0.08 * total["label_alignment"] + 0.1 * total["correlation_alignment"]
    np.testing.assert_allclose(total["total"], parts, rtol=1e-5)


def test_weights_say_what_they_are_and_reproduce_the_predictions(run_train: Program, pair: Path) -> None:
    folder = run_train("one")
    path = folder / "weights" / "seed1-source_validation_f1.safetensors"
    with safe_open(path, framework="pt") as file:
        about = json.loads(file.metadata()["about"])
    assert about["settings"] == OF_METHOD["amanda"]
    assert about["seed"] == 1
    settings = settings_for("amanda", **about["settings"])
    algorithm = load_algorithm(about["algorithm"])(about["dims"], settings, torch.full((4,), 0.25), torch.Generator())
    algorithm.load_state_dict(weights(path))
    target = read_corpus_of(pair / "target")
    logits = engine.predict(algorithm, target, torch.arange(len(target.clip_ids))).logits["joint"].numpy()
    table = pq.read_table(folder / "predictions.parquet").to_pandas()
    chosen = table[(table["domain"] == "target") & (table["seed"] == 1) & (table["epoch"] == about["epoch"])]
    np.testing.assert_array_equal(logits, chosen[[f"logit_{name}" for name in CLASSES]].to_numpy())


@pytest.mark.parametrize(("view", "batches"), [("concatenated", [40]), ("published_code_view", [8] * 5)])
def test_clips_are_predicted_at_once_unless_the_batch_counts(pair: Path, view: str, batches: list[int]) -> None:
    job = make_job(pair, "source_only", textcnn_input=view)
    algorithm = start(job, 0).algorithm
    passes: list[int] = []
    algorithm.network.register_forward_pre_hook(lambda _, inputs: passes.append(len(inputs[0]["text"].lengths)))
    found = engine.predict(algorithm, job.target, torch.arange(40)).logits["joint"]
    assert passes == batches
    with torch.no_grad():
        by_batch = [algorithm.network(job.target.frames(batch)).logits["joint"] for batch in torch.arange(40).split(8)]
    torch.testing.assert_close(found, torch.cat(by_batch), rtol=1e-5, atol=1e-6)


def test_methods_begin_with_the_same_weights_and_see_the_same_source_batches(pair: Path) -> None:
    runs = [start(make_job(pair, algorithm), 3) for algorithm in ("source_only", "amanda")]
    ours, theirs = (run.algorithm.state_dict() for run in runs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    one, other = (reseed(torch.Generator(), 3, "source batches", 2) for _ in range(2))
    assert torch.equal(torch.randperm(9, generator=one), torch.randperm(9, generator=other))


def test_the_prior_is_the_label_distribution_of_the_train_split(pair: Path) -> None:
    assert start(make_job(pair, "amanda"), 0).algorithm.prior.tolist() == [0.25] * 4


def test_training_learns(pair: Path) -> None:
    job = make_job(pair, "source_only", learning_rate=0.01)
    run = start(job, 0)
    for _ in range(20):
        engine.run_epoch(job, [run])
    assert run.history[-1]["total"] < run.history[0]["total"]
    assert run.history[-1]["source_validation_f1"] > 0.6


def test_the_linear_schedule_is_the_releases() -> None:
    schedule = LinearDecay(kind="linear_decay", constant_epochs=20, decay_epochs=80)
    golden = EXTRA["lr/linear_by_epoch_0_to_100"]
    factors = [rate_factor(schedule, epoch) for epoch in range(1, 102)]
    np.testing.assert_allclose(factors, golden / golden[0], rtol=1e-12, atol=1e-12)
    assert rate_factor(ConstantRate(kind="constant"), 90) == 1.0


def test_gradients_are_clipped_network_by_network(pair: Path) -> None:
    job = make_job(pair, "source_only")
    run = start(job, 0)
    algorithm = run.algorithm
    clips = torch.arange(8)
    source = Labelled(job.source.frames(clips), job.labels[clips])
    target = Unlabelled(job.target.frames(clips))
    step(algorithm, run.optimiser, source, target, 0.0, 1e-3)
    for part in algorithm.parts():
        norm = torch.stack([p.grad.norm() for p in part.parameters()]).norm()
        assert float(norm) == pytest.approx(1e-3, rel=1e-2)


def test_a_loss_that_is_not_finite_is_one_clear_sentence(run_train: Program) -> None:
    with pytest.raises(UserError, match=r"the loss of seed 0 is (nan|inf) in epoch \d; lower learning_rate"):
        run_train("one", learning_rate=1e30)


def test_settings_of_the_release_train_as_well(run_train: Program) -> None:
    changes = {
        "textcnn_input": "published_code_view",
        "visual_pooling": "all",
        "head_unimodal": [],
        "initialisation": "kaiming",
        "schedule": {"kind": "linear_decay", "constant_epochs": 1, "decay_epochs": 2},
        "clip_norm": 0.5,
        "entropy": "none",
        "aligned": "predictions",
        "covariance": "uncentred_published_code",
        "surrogate": {"family": "log_exp", "t": 1},
    }
    assert (run_train("one", **changes) / "weights").is_dir()
