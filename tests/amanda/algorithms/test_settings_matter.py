"""Every setting of every algorithm changes what is trained: none is read, checked and then forgotten."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.jobs import make_job
from helpers.pair import OF_METHOD, Sizes, write_pair

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.shared.settings import COMMON
from amanda.training.engine import queue_epoch, run_epoch, start
from amanda.training.job import PURPOSES, plan, reseed

ANOTHER = {
    "modalities": ["text", "audio"],
    "representation": 7,
    "filters": 5,
    "kernels": [3, 5],
    "textcnn_input": "published_code_view",
    "visual_pooling": "all",
    "head_unimodal": [],
    "head_joint": [7],
    "dropout_encoder": 0.1,
    "dropout_head": 0.1,
    "initialisation": "kaiming",
    "compute": "bfloat16",
    "batch_size": 6,
    "learning_rate": 0.003,
    "betas": [0.5, 0.9],
    "weight_decay": 0.1,
    "schedule": {"kind": "linear_decay", "constant_epochs": 1, "decay_epochs": 2},
    "clip_norm": 0.01,
    "gamma": 0.01,
    "entropy": "none",
    "variance": "unbiased",
    "variance_floor": 0.5,
    "cross_entropy_weights": {"unimodal": 0.5, "joint": 1.0},
    "alpha1": 0.5,
    "prior": [0.1, 0.2, 0.3, 0.4],
    "alpha2": 0.5,
    "aligned": "predictions",
    "covariance": "uncentred_published_code",
    "alignment_scale": 0.5,
    "surrogate": {"family": "norm", "p": 1},
    "align_joint": False,
    "trade_off": 0.5,
    "reversal": {"kind": "constant", "value": 0.5},
    "discriminator": [7],
    "leak_discriminator": 0.2,
    "dropout_discriminator": 0.0,
    "target_share": 0.5,
    "domain_surrogate": {"family": "norm", "p": 2},
    "certainty": "none",
    "randomised": 16,
}
"""A value other than that of the tests' settings, for every setting that changes weights."""

WITHOUT_EFFECT = {"epochs", "probe_clips", "assert_theory"}
"""How long is trained, and what is looked at; tests of their own have these."""

CASES = [("amanda", key) for key in COMMON if key not in WITHOUT_EFFECT]
CASES += [(name, key) for name in ALGORITHMS for key in load_algorithm(name).keys if key not in WITHOUT_EFFECT]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


def predicted(pair: Path, algorithm: str, changes: dict) -> np.ndarray:
    """Predictions of the target's clips after two epochs."""
    job = make_job(pair, algorithm, **changes)
    run = start(job, 0)
    for _ in range(2):
        run_epoch(job, [run])
    return run.target_logits[-1]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_setting_changes_what_is_trained(pair: Path, algorithm: str) -> None:
    base = predicted(pair, algorithm, {})
    assert np.array_equal(base, predicted(pair, algorithm, {}))
    forgotten = [
        key
        for name, key in CASES
        if name == algorithm and np.array_equal(base, predicted(pair, algorithm, {key: ANOTHER[key]}))
    ]
    assert not forgotten


def test_every_setting_is_among_them() -> None:
    assert {key for _, key in CASES} | WITHOUT_EFFECT == {key for keys in OF_METHOD.values() for key in keys}


def test_no_two_random_streams_are_one() -> None:
    streams = list(product(range(20), PURPOSES, range(20)))
    assert len({reseed(torch.Generator(), *stream).initial_seed() for stream in streams}) == len(streams)


def test_runs_epochs_and_domains_draw_for_themselves(pair: Path) -> None:
    """Both corpora have the same number of train clips, at the same places."""
    job = make_job(pair, "amanda")
    orders = [
        tuple(clip for pairs in plan(job, seed, epoch) for clip in pairs[side].tolist())
        for seed, epoch, side in product((0, 1), (1, 2), (0, 1))
    ]
    assert len({tuple(sorted(order)) for order in orders}) == 1
    assert len(set(orders)) == len(orders)
    runs = [start(job, seed) for seed in (0, 1)]
    for run in runs:
        queue_epoch(job, run)
    assert runs[0].dropout.initial_seed() != runs[1].dropout.initial_seed()
