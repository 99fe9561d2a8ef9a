"""The losses have the effects that are known, with the shipped config; and a plausible bug in any of them is found."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.beds import CONFIG, effects, with_beds
from scipy import stats
from torch import Tensor

from amanda.bed.effects import is_as_it_must_be
from amanda.losses import paper, surrogates

WANTED = CONFIG["known_answer"]
EXPERIMENTS = 20_000
MEASURED = {
    "shift": (8.28, 3.75),
    "prior": (-9.16, 4.27),
    "dom": (13.66, 9.31),
    "control": (-0.13, 0.90),
    "control_of_correlation": (-2.18, 1.75),
}
"""Mean and standard deviation over seeds of each effect, as docs/known_answer.md has them."""

label_alignment, norm = paper.label_alignment, surrogates.norm
correlation_alignment = paper.correlation_alignment


def label_alignment_pushed_away(target_logits: Tensor, prior: Tensor) -> Tensor:
    """A flipped sign in Eq. 8."""
    return -label_alignment(target_logits, prior)


def correlation_pushed_away(source: Tensor, target: Tensor, kind: str) -> Tensor:
    """A flipped sign in Eq. 9."""
    return -correlation_alignment(source, target, kind)


def norm_without_p(a: Tensor, p: float) -> Tensor:
    """The plain sum, whatever p is: nothing is balanced."""
    return norm(a, 1)


def norm_of_conjugate(a: Tensor, p: float) -> Tensor:
    """The q-norm, 1/p + 1/q = 1, in the place of the p-norm (Eq. 14): the weights psi are inverted."""
    return norm(a, math.inf if p == 1 else 1.0 if math.isinf(p) else p / (p - 1))


@pytest.mark.slow
def test_every_effect_is_as_it_must_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = effects(tmp_path, CONFIG, monkeypatch)
    assert list(table.index) == list(WANTED["beds"])
    assert table["as_it_must_be"].all(), table[["effect", "low", "high", "must"]].to_string()
    assert set(table["n_seeds"]) == {len(WANTED["seeds"])}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "mutation", "bed"),
    [
        (paper, "label_alignment", label_alignment_pushed_away, "shift"),
        (paper, "correlation_alignment", correlation_pushed_away, "control_of_correlation"),
        (surrogates, "norm", norm_without_p, "dom"),
        (surrogates, "norm", norm_of_conjugate, "dom"),
    ],
    ids=["sign of label alignment", "sign of correlation alignment", "p ignored", "p inverted"],
)
def test_a_bug_in_a_loss_makes_it_fail(
    module: object,
    name: str,
    mutation: Callable[..., Tensor],
    bed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, name, mutation)
    table = effects(tmp_path, with_beds([bed], 4), monkeypatch)
    assert not table.loc[bed, "as_it_must_be"], table[["effect", "low", "high", "must"]].to_string()


def share_that_is_right(mean: float, deviation: float, bed: str, seeds: int, alpha: float) -> float:
    """Simulate experiments with effects of this mean and deviation over seeds; the share that come out right."""
    draws = np.random.default_rng(0).normal(mean, deviation, (EXPERIMENTS, seeds))
    middle, error = draws.mean(axis=1), draws.std(axis=1, ddof=1) / math.sqrt(seeds)
    half = stats.t.ppf(1 - alpha / 2, seeds - 1) * error
    must, margin = WANTED["beds"][bed]["must"], WANTED["beds"][bed].get("margin", WANTED["margin"])
    ends = zip(middle - half, middle + half, strict=True)
    return float(np.mean([is_as_it_must_be(low, high, must, margin) for low, high in ends]))


@pytest.mark.parametrize("bed", WANTED["beds"])
def test_a_right_implementation_is_called_wrong_in_less_than_one_of_a_hundred(bed: str) -> None:
    assert share_that_is_right(*MEASURED[bed], bed, len(WANTED["seeds"]), WANTED["alpha"]) > 0.99


@pytest.mark.parametrize("bed", WANTED["controls"]["beds"])
def test_the_demo_calls_it_wrong_in_less_than_one_of_a_thousand(bed: str) -> None:
    controls = WANTED["controls"]
    assert share_that_is_right(*MEASURED[bed], bed, len(controls["seeds"]), controls["alpha"]) > 0.999


@pytest.mark.parametrize("bed", [name for name, each in WANTED["beds"].items() if each["must"] in ("help", "hurt")])
def test_a_method_without_any_effect_is_called_right_in_half_of_alpha(bed: str) -> None:
    """2.5 %, give or take five standard errors."""
    share, half = (
        share_that_is_right(0, MEASURED[bed][1], bed, len(WANTED["seeds"]), WANTED["alpha"]),
        WANTED["alpha"] / 2,
    )
    assert abs(share - half) < 5 * math.sqrt(half * (1 - half) / EXPERIMENTS)
