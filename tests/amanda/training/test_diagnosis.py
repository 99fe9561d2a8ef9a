"""The look at the representations after an epoch: by hand, on Gaussians, and without effect on the weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.jobs import make_job
from helpers.pair import Sizes, write_pair

from amanda.algorithms import ALGORITHMS
from amanda.training import engine
from amanda.training.diagnosis import covariance_gap, discriminant, gaps, log_density_ratio, proxy_a_distance, sample
from amanda.training.job import Run


def gaussian(seed: int, clips: int, mean: list[float], covariance: list[list[float]]) -> np.ndarray:
    return np.random.default_rng(seed).multivariate_normal(mean, covariance, clips)


def ratio(source: np.ndarray, target: np.ndarray, at: np.ndarray) -> np.ndarray:
    return log_density_ratio(*(torch.tensor(z) for z in (source, target, at)))


def test_a_sample_is_evenly_spaced_and_no_larger_than_what_there_is() -> None:
    clips = torch.arange(10, 21)
    assert sample(clips, 3).tolist() == [10, 15, 20]
    assert sample(clips, 99).tolist() == clips.tolist()


def test_the_discriminant_by_hand() -> None:
    """One dimension: variance 1 about means 0 and 4, so that log p_t/p_s = 4 z - 8."""
    direction, offset = discriminant(np.array([[-1.0], [1.0]]), np.array([[3.0], [5.0]]))
    assert direction == pytest.approx([4.0])
    assert offset == pytest.approx(-8.0)


def test_the_log_ratio_is_that_of_the_gaussians() -> None:
    covariance = [[2.0, 0.6], [0.6, 1.0]]
    source, target = gaussian(0, 20000, [0, 0], covariance), gaussian(1, 20000, [1, -0.5], covariance)
    at = np.array([[0.0, 0.0], [1.0, -1.0], [-2.0, 0.5]])
    direction = np.linalg.solve(covariance, [1, -0.5])
    expected = at @ direction - np.array([0.5, -0.25]) @ direction
    np.testing.assert_allclose(ratio(source, target, at), expected, atol=0.1)


def test_the_ratio_is_not_overconfident_where_clips_are_few() -> None:
    """Two samples of one distribution in as many dimensions as clips: the true logarithm is 0."""
    draw = np.random.default_rng(0)
    found = [ratio(*(draw.standard_normal((64, 64)) for _ in range(3))) for _ in range(20)]
    assert np.abs(found).mean() < 0.5
    plain = [draw.standard_normal((64, 64)) for _ in range(3)]
    direction, offset = discriminant(*plain[:2])
    assert np.abs(plain[0] @ direction + offset).mean() > 1


def test_the_ratio_does_not_depend_on_the_scale_of_a_unit() -> None:
    source, target = gaussian(0, 40, [0, 0], np.eye(2).tolist()), gaussian(1, 30, [1, 1], np.eye(2).tolist())
    scale = np.array([1e-4, 1e3])
    found = ratio(source * scale, target * scale, source * scale)
    np.testing.assert_allclose(found, ratio(source, target, source), rtol=1e-5)


def test_fewer_clips_than_dimensions_and_dead_units_are_no_trouble() -> None:
    draw = np.random.default_rng(0)
    source, target = draw.standard_normal((2, 12)), draw.standard_normal((3, 12))
    source[:, 4] = target[:, 4] = 0.0
    found = gaps({"text": torch.tensor(source)}, {"text": torch.tensor(target)})
    assert all(np.isfinite(value) for value in found.values())
    assert np.isfinite(ratio(source, target, source)).all()


def test_the_a_distance_is_two_where_domains_are_apart_and_small_where_they_are_one() -> None:
    one = gaussian(0, 400, [0, 0], np.eye(2).tolist())
    other = gaussian(1, 400, [0, 0], np.eye(2).tolist())
    assert proxy_a_distance(one, other + 50) == 2.0
    assert abs(proxy_a_distance(one, other)) < 0.3
    assert 0.3 < proxy_a_distance(one, other + 1) < 1.7


def test_the_a_distance_is_of_clips_that_the_discriminant_has_not_seen() -> None:
    """20 clips of 60 random numbers can always be told apart, if they were seen."""
    draw = np.random.default_rng(0)
    found = [proxy_a_distance(draw.standard_normal((20, 60)), draw.standard_normal((20, 60))) for _ in range(40)]
    assert abs(np.mean(found)) < 0.2


def test_the_covariance_gap_by_hand() -> None:
    assert covariance_gap(np.array([[0.0], [2.0]]), np.array([[0.0], [4.0], [2.0]])) == pytest.approx(4.0)


def after_one_epoch(pair: Path, algorithm: str, **changes: object) -> Run:
    job = make_job(pair, algorithm, **changes)
    run = engine.start(job, 0)
    engine.run_epoch(job, [run])
    return run


def test_every_method_records_the_gaps_of_every_representation(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, Sizes())
    for algorithm in ALGORITHMS:
        run = after_one_epoch(pair, algorithm)
        for name in ("text", "audio", "visual", "joint"):
            assert -2 <= run.history[0][f"a_distance_{name}"] <= 2
            assert run.history[0][f"covariance_gap_{name}"] >= 0
            assert {f"norm_{name}", f"norm_target_{name}"} <= run.history[0].keys()
        assert run.log_ratios[0].shape == (8,)


def test_how_many_clips_are_looked_at_changes_no_weight(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, Sizes())
    one, other = (after_one_epoch(pair, "amanda", probe_clips=clips) for clips in (4, 24))
    ours, theirs = one.algorithm.state_dict(), other.algorithm.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert not np.array_equal(one.log_ratios[0], other.log_ratios[0])
