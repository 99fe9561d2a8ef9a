"""The gradient reversal of the adversarial baselines."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.baselines import CLOSE, GOLDEN

from amanda.algorithms.adversarial import (
    ConstantReversal,
    FixedReversal,
    ProgressReversal,
    Reversal,
    reverse,
)


class TestReversal:
    def test_schedules_agree_with_the_originals(self) -> None:
        fixed = Reversal(FixedReversal(kind="fixed", steps=1000))
        for number, step in enumerate(GOLDEN["grl/iters"]):
            fixed.step.fill_(int(step))
            value = float(fixed(0.0))
            for name in (
                "tll_warmstart_alpha1_max1000",
                "cdan_calc_coeff_alpha10_max10000",
                "daln_warmstart_alpha1_max1000",
            ):
                assert value == pytest.approx(GOLDEN[f"grl/{name}"][number], abs=1e-12)
            if step <= 10000:  # the original stops there
                mada = GOLDEN["grl/mada_caffe_alpha10_max10000_float32"][number]
                assert value == pytest.approx(float(mada), abs=1e-6)

    def test_the_first_step_has_none(self) -> None:
        fixed = Reversal(FixedReversal(kind="fixed", steps=1000))
        np.testing.assert_allclose(
            [float(fixed(0.9)) for _ in range(5)], GOLDEN["grl/tll_first5_calls_auto_step"], **CLOSE
        )
        assert int(fixed.state_dict()["step"]) == 5

    @pytest.mark.parametrize("p", [0.0, 0.2, 1.0])
    def test_progress_follows_ganin(self, p: float) -> None:
        progress = Reversal(ProgressReversal(kind="progress", slope=10))
        assert float(progress(p)) == pytest.approx(2 / (1 + np.exp(-10 * p)) - 1)
        assert float(Reversal(ConstantReversal(kind="constant", value=0.3))(p)) == 0.3

    def test_reversing_turns_the_gradient_and_twice_restores_it(self) -> None:
        x = torch.tensor([1.0, -2.0], requires_grad=True)
        for times, expected in ((1, [-0.5, -0.5]), (2, [0.25, 0.25])):
            y = x
            for _ in range(times):
                y = reverse(y, torch.tensor(0.5))
            assert torch.equal(y, x)
            (found,) = torch.autograd.grad(y.sum(), x)
            assert found.tolist() == expected

    def test_coefficient_zero_still_trains_what_follows(self) -> None:
        x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        (reverse(x, torch.tensor(0.0)) * w).sum().backward()
        assert x.grad.abs().sum() == 0
        assert w.grad.tolist() == [1.0, 1.0]
