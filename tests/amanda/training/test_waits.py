"""No step of training makes the host wait for the device."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from helpers.jobs import make_job
from helpers.pair import OF_METHOD, Sizes, surrogate_of, write_pair

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import Labelled, Unlabelled
from amanda.losses import surrogates
from amanda.network.frames import Packed
from amanda.training import engine
from amanda.training.steps import step


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_no_step_makes_the_host_wait_for_the_device(pair: Path, algorithm: str) -> None:
    """The meta device has shapes and no values: whatever asks for a value, or for a size that depends on one, fails.

    It cannot see what torch does within an operation: on CUDA the singular values of DALN do wait.
    """
    without = dict.fromkeys((name for name in OF_METHOD[algorithm] if name.startswith("dropout")), 0.0)
    job = make_job(pair, algorithm, **without)
    run = engine.start(job, 0)
    device = torch.device("meta")
    run.algorithm.to(device)
    optimiser = torch.optim.Adam(run.algorithm.parameters())  # the fused one, which never waits, has no meta device
    clips = torch.arange(6)
    source, target = (
        {name: on(frames, device).take(clips) for name, frames in corpus.packed.items()}
        for corpus in (job.source, job.target)
    )
    batch = Labelled(source, job.labels[clips].to(device)), Unlabelled(target)
    for progress in (0.0, 0.5):
        terms = step(run.algorithm, optimiser, *batch, progress, 0.5)
    assert terms["total"].device == device
    with pytest.raises((RuntimeError, NotImplementedError)):
        terms["total"].item()


def on(frames: Packed, device: torch.device) -> Packed:
    valid = None if frames.valid is None else frames.valid.to(device)
    return Packed(frames.rows.to(device), frames.lengths, valid)


SURROGATES = [{"family": "norm", "p": p} for p in (1, 2, "inf")] + [{"family": "log_exp", "t": 1}]


@pytest.mark.parametrize("surrogate", SURROGATES, ids=str)
def test_no_surrogate_makes_the_host_wait_for_the_device(surrogate: dict) -> None:
    losses = torch.empty(4, device="meta", requires_grad=True)
    value, _ = surrogates.surrogate(losses, surrogate_of(surrogate))
    value.backward()
    assert losses.grad.device.type == "meta"
