"""DALN agrees with its original, through our algorithm; where that goes wrong, ours does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.baselines import CLOSE, GOLDEN, given, make
from torch import Tensor, nn

from amanda.algorithms.adversarial import nuclear_norm_discrepancy
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.network.model import Outputs


class TestDaln:
    @pytest.mark.parametrize(("target", "case"), [("g_t", "n_discrepancy"), ("g_t18", "n_discrepancy_unequal")])
    def test_the_discrepancy_agrees_with_the_original(self, target: str, case: str) -> None:
        ours, theirs = given("g_s"), given(target)
        value = nuclear_norm_discrepancy(ours.softmax(1), theirs.softmax(1))
        value.backward()
        name = "daln/n_discrepancy" if target == "g_t" else "daln/n_discrepancy_unequal_24_18"
        assert value.item() == pytest.approx(float(GOLDEN[name]), rel=1e-9)
        np.testing.assert_allclose(ours.grad, GOLDEN[f"daln/{case}_grad_g_s"], **CLOSE)
        np.testing.assert_allclose(theirs.grad, GOLDEN[f"daln/{case}_grad_g_t"], **CLOSE)

    def run(self, target: Tensor) -> tuple[Algorithm, dict[str, Tensor], Tensor, Tensor]:
        """The algorithm on golden joint representations; its joint head is one golden linear layer."""
        algorithm = make("daln", reversal={"kind": "constant", "value": 1.0}, head_joint=[8])
        head = nn.Linear(32, 4).double()
        with torch.no_grad():
            head.weight.copy_(torch.tensor(GOLDEN["daln/W"]))
            head.bias.copy_(torch.tensor(GOLDEN["daln/b"]))
        algorithm.network.heads["joint"] = head
        algorithm.settings["entropy"], algorithm.settings["cross_entropy_weights"] = (
            "none",
            {"unimodal": 0.0, "joint": 1.0},
        )
        source = given("f_s")
        batches = iter([Outputs({"joint": z}, {"joint": head(z)}) for z in (source, target)])
        algorithm.network.forward = lambda frames: next(batches)
        return algorithm, algorithm.losses(Labelled({}, given("label_s")), Unlabelled({}), 0.0), source, target

    def test_agrees_with_the_original(self) -> None:
        algorithm, terms, source, target = self.run(given("f_t"))
        assert terms["discrepancy"].item() == pytest.approx(float(GOLDEN["daln/minus_discrepancy"]), rel=1e-9)
        total = algorithm.objective(terms)
        total.backward()
        assert total.item() == pytest.approx(float(GOLDEN["daln/full_total"]), rel=1e-9)
        np.testing.assert_allclose(torch.cat([source.grad, target.grad]), GOLDEN["daln/full_grad_f"], **CLOSE)
        np.testing.assert_allclose(algorithm.network.heads["joint"].weight.grad, GOLDEN["daln/full_grad_W"], **CLOSE)
        np.testing.assert_allclose(algorithm.network.heads["joint"].bias.grad, GOLDEN["daln/full_grad_b"], **CLOSE)

    def test_the_discrepancy_alone(self) -> None:
        algorithm, terms, source, target = self.run(given("f_t"))
        terms["discrepancy"].backward()
        np.testing.assert_allclose(torch.cat([source.grad, target.grad]), GOLDEN["daln/grad_f"], **CLOSE)
        np.testing.assert_allclose(algorithm.network.heads["joint"].weight.grad, GOLDEN["daln/grad_W"], **CLOSE)
        np.testing.assert_allclose(algorithm.network.heads["joint"].bias.grad, GOLDEN["daln/grad_b"], **CLOSE)

    def test_unequal_batches_compare_sets_of_one_size_and_split_them_rightly(self) -> None:
        """The original splits 24 + 18 rows in the middle."""
        algorithm, terms, source, _ = self.run(given("f_t18"))
        head = algorithm.network.heads["joint"]
        with torch.no_grad():
            expected = -nuclear_norm_discrepancy(*(head(x).softmax(1) for x in (source[:18], given("f_t18"))))
        assert terms["discrepancy"].item() == pytest.approx(expected.item(), rel=1e-12)

    def test_a_short_source_batch_meets_as_many_clips_of_the_target(self) -> None:
        """The last batch of the source's pass is short, the target's is not."""
        algorithm, _, _, target = self.run(given("f_t"))
        head, source = algorithm.network.heads["joint"], given("f_t18")
        batches = iter([Outputs({"joint": z}, {"joint": head(z)}) for z in (source, target)])
        algorithm.network.forward = lambda frames: next(batches)
        terms = algorithm.losses(Labelled({}, given("label_s")[:18]), Unlabelled({}), 0.0)
        expected = -nuclear_norm_discrepancy(*(head(x).softmax(1) for x in (source, target[:18])))
        assert terms["discrepancy"].item() == pytest.approx(expected.item(), rel=1e-12)

    def test_zero_for_equal_sets_and_antisymmetric(self) -> None:
        ours, theirs = given("g_s").softmax(1).detach(), given("g_t").softmax(1).detach()
        assert float(nuclear_norm_discrepancy(ours, ours[torch.randperm(24)])) == pytest.approx(0, abs=1e-12)
        forth, back = nuclear_norm_discrepancy(ours, theirs), nuclear_norm_discrepancy(theirs, ours)
        assert float(forth) == pytest.approx(-float(back))
