"""Lemma 1 and Theorem 1 asserted in training: true of what is trained, and an assertion that can fail."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from helpers.jobs import make_job
from helpers.pair import Sizes, write_pair
from torch import Tensor

from amanda.algorithms import amanda
from amanda.losses.surrogates import surrogate, violations
from amanda.training import engine

FAMILIES = [{"family": "norm", "p": p} for p in (1, 1.5, 2, 10, "inf")]
FAMILIES += [{"family": "log_exp", "t": t} for t in (0.01, 1, 20)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


@pytest.mark.parametrize("family", FAMILIES, ids=str)
@pytest.mark.parametrize("aligned", ["representations", "predictions"])
def test_both_hold_in_every_family_while_it_trains(pair: Path, family: dict, aligned: str) -> None:
    job = make_job(pair, "amanda", surrogate=family, aligned=aligned)
    run = engine.start(job, 0)
    engine.run_epoch(job, [run])
    assert run.history[0]["violation_lemma_1"] < 1e-5
    assert run.history[0]["violation_theorem_1"] < 1e-5


def test_nothing_is_asserted_with_the_switch_off(pair: Path) -> None:
    job = make_job(pair, "amanda", assert_theory=False)
    run = engine.start(job, 0)
    engine.run_epoch(job, [run])
    assert not [name for name in run.history[0] if name.startswith("violation")]


def test_the_switch_changes_no_weight(pair: Path) -> None:
    states = []
    for switch in (True, False):
        job = make_job(pair, "amanda", assert_theory=switch)
        run = engine.start(job, 0)
        engine.run_epoch(job, [run])
        states.append(run.algorithm.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_the_published_log_exp_breaks_lemma_1(pair: Path) -> None:
    """Its weights sum to t."""
    job = make_job(pair, "amanda", surrogate={"family": "log_exp_published_code", "t": 5})
    with pytest.raises(AssertionError, match="lemma_1 fails by 4 on average"):
        engine.run_epoch(job, [engine.start(job, 0)])


def test_eq_15_as_printed_would_break_lemma_1(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its denominator sums to M; here a surrogate whose gradient is that."""

    def printed(a: Tensor, settings: dict) -> tuple[Tensor, Tensor]:
        psi = a.detach().exp() / a.detach()[:3].exp().sum()
        return (psi * a).sum(), psi

    monkeypatch.setattr(amanda, "surrogate", printed)
    job = make_job(pair, "amanda", surrogate={"family": "log_exp", "t": 1}, alignment_scale=0.01)
    with pytest.raises(AssertionError, match="lemma_1 fails"):
        engine.run_epoch(job, [engine.start(job, 0)])


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_violations_are_zero_for_psi_and_not_for_anything_else(family: dict) -> None:
    a = torch.tensor([0.2, 1.0, 3.0, 0.7], dtype=torch.float64)
    value, psi = surrogate(a, family)
    assert max(float(x) for x in violations(a, value, psi, family)) < 1e-12
    lemma, theorem = violations(a, value, 1.5 * psi, family)
    assert float(lemma) == pytest.approx(0.5)
    assert float(theorem) > 0.01
    assert float(violations(a, 1.1 * value, psi, family)[1]) > 0.01


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_nothing_is_claimed_where_all_is_aligned(family: dict) -> None:
    a = torch.zeros(4, dtype=torch.float64)
    assert max(float(x) for x in violations(a, *surrogate(a, family), family)) < 1e-12


def test_the_gap_of_log_exp_is_the_entropy_of_its_weights() -> None:
    a = torch.tensor([1.0, 1.0], dtype=torch.float64)
    value, psi = surrogate(a, {"family": "log_exp", "t": 2})
    assert float(value) == pytest.approx(1 + math.log(2) / 2)
    assert psi.tolist() == [0.5, 0.5]
    assert float(value - (psi * a).sum()) == pytest.approx(math.log(2) / 2)


def test_without_the_joint_loss_only_modalities_are_balanced(pair: Path) -> None:
    job = make_job(pair, "amanda", align_joint=False, surrogate={"family": "norm", "p": "inf"})
    run = engine.start(job, 0)
    engine.run_epoch(job, [run])
    assert "psi_joint" not in run.history[0]
    assert sum(run.history[0][f"psi_{name}"] for name in ("text", "audio", "visual")) == pytest.approx(1.0)
