"""Where adversarial baselines go wrong without an error: each trap beside the golden numbers that tell it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.baselines import CLOSE, GOLDEN, ONE, check_discriminator, fill, given, make, outputs
from helpers.discriminated import both
from helpers.jobs import make_job
from helpers.pair import Sizes, write_pair
from helpers.small_algorithms import frames
from helpers.small_algorithms import make as make_small
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from torch import nn

from amanda.algorithms.adversarial import (
    FixedReversal,
    ProgressReversal,
    Reversal,
    certainty,
    domain_loss,
    multilinear,
    reverse,
)
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.losses.paper import correlation_alignment
from amanda.network.model import Outputs
from amanda.training import engine
from amanda.training.checkpoint import Checkpoints


def prepared(name: str, discriminator: str, **changes: object) -> Algorithm:
    """An algorithm whose discriminator of text has the golden weights."""
    algorithm = make(name, **changes)
    fill(algorithm.discriminators["text"], discriminator)
    return algorithm


class TestDomainLoss:
    def test_the_discriminator_is_not_reversed(self) -> None:
        """Trap 1: with and without reversal it learns the same, the encoder the opposite."""
        found = []
        for coefficient in (ONE, -ONE):
            algorithm = prepared("dann", "dann_disc")
            source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
            algorithm.domain_loss("text", source, target, coefficient).backward()
            check_discriminator(algorithm.discriminators["text"], "dann/tll")
            found.append(both(source, target, "representations"))
        assert torch.equal(found[0], -found[1])
        np.testing.assert_allclose(found[1][24:], GOLDEN["dann/tll_no_grl/grad_f_t"], **CLOSE)

    def test_both_domains_pass_batch_normalisation_together(self) -> None:
        """Trap 12: apart, its statistics would tell the domains."""
        algorithm, golden = make("dann"), prepared("dann", "dann_disc")
        layers = [layer for layer in golden.discriminators["text"] if isinstance(layer, nn.Linear)]
        norms = [nn.BatchNorm1d(16).double() for _ in range(2)]
        first, second, last = layers
        algorithm.discriminators["text"] = nn.Sequential(first, norms[0], nn.ReLU(), second, norms[1], nn.ReLU(), last)
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        loss = algorithm.train().domain_loss("text", source, target, ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN["dann/tll_bn/loss"]), rel=1e-9)
        expected = np.concatenate([GOLDEN["dann/tll_bn/grad_f_s"], GOLDEN["dann/tll_bn/grad_f_t"]])
        np.testing.assert_allclose(both(source, target, "representations"), expected, rtol=1e-9, atol=1e-11)
        with torch.no_grad():
            apart = [algorithm.discriminators["text"](z.representations["text"]) for z in (source, target)]
        assert domain_loss(*apart).item() != pytest.approx(loss.item(), rel=1e-3)

    def test_weighted_clips_weigh_in_the_gradient(self) -> None:
        discriminator = prepared("dann", "dann_disc").discriminators["text"]
        source, target = given("f_s"), given("f_t")
        weights = torch.cat([given("w_s"), given("w_t")]).detach()
        domain_loss(discriminator(reverse(source, ONE)), discriminator(reverse(target, ONE)), weights).backward()
        np.testing.assert_allclose(source.grad, GOLDEN["dann/tll_weighted/grad_f_s"], **CLOSE)
        np.testing.assert_allclose(target.grad, GOLDEN["dann/tll_weighted/grad_f_t"], **CLOSE)

    def test_the_fixed_schedule_counts_steps_whatever_the_progress(self) -> None:
        """Trap 9: 0.05 after 100 steps, 0.46 after 1,000, 0.96 after 4,000; 20 epochs of 40 steps end at 0.38."""
        fixed, found = Reversal(FixedReversal(kind="fixed", steps=1000)), {}
        for step in (100, 800, 1000, 4000):
            fixed.step.fill_(step)
            found[step] = round(float(fixed(1.0)), 2)
        assert found == {100: 0.05, 800: 0.38, 1000: 0.46, 4000: 0.96}
        assert float(Reversal(ProgressReversal(kind="progress", slope=10))(1.0)) > 0.999

    @pytest.mark.parametrize("reversal", [{"kind": "progress", "slope": 10}, {"kind": "fixed", "steps": 5}], ids=str)
    def test_training_follows_its_schedule_from_epoch_to_epoch(self, reversal: dict, tmp_path: Path) -> None:
        """Three steps an epoch: progress goes from 0 towards 1 by ninths, the count of steps from 0 to 8."""
        job = make_job(write_pair(tmp_path, Sizes()), "dann", reversal=reversal)
        run = engine.start(job, 0)
        for _ in range(3):
            engine.run_epoch(job, [run])
        step = np.arange(9).reshape(3, 3)
        expected = np.tanh(5 * step / 9 if reversal["kind"] == "progress" else step / 10).mean(axis=1)
        np.testing.assert_allclose([epoch["reversal"] for epoch in run.history], expected, atol=1e-6)

    @pytest.mark.parametrize("name", ["dann", "cdan", "mada", "daln"])
    def test_what_is_minimised_has_the_weight_of_the_settings(self, name: str) -> None:
        """MADA's 0.3 of each class loss, say."""
        algorithm = make_small(name, trade_off=0.3).eval()
        terms = algorithm.losses(Labelled(frames(6, 0), torch.arange(6) % 4), Unlabelled(frames(5, 1)), 0.5)
        adversarial = terms["discrepancy" if name == "daln" else "domain"]
        expected = terms["information_bottleneck"] + 0.3 * adversarial
        assert algorithm.objective(terms).item() == pytest.approx(expected.item(), rel=1e-6)

    @pytest.mark.parametrize("name", ["dann", "cdan", "mada"])
    def test_discriminators_see_the_wanted_share_of_the_target(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        algorithm, seen = make_small(name, target_share=0.3), []
        real = algorithm.domain_loss
        monkeypatch.setattr(
            algorithm, "domain_loss", lambda *a: seen.append([len(each.logits["joint"]) for each in a[1:3]]) or real(*a)
        )
        algorithm.losses(Labelled(frames(6, 0), torch.arange(6) % 4), Unlabelled(frames(10, 1)), 0.5)
        assert seen == [[6, 3]] * 3


class TestConditioning:
    @pytest.mark.parametrize("case", ["tll_E_unequal", "official_E_coeff0.3", "official_random", "tll_random"])
    def test_every_gradient_of_the_other_cases(self, case: str) -> None:
        """Traps 2, 4 and 5: unequal batches, the entropy's own coefficient, randomised maps."""
        kind = "library" if case == "tll_E_unequal" else "authors" if "coeff" in case else "none"
        random = case.endswith("random")
        name = "cdan_disc_random" if random else "cdan_disc"
        algorithm = prepared("cdan", name, certainty=kind, randomised=20 if random else None)
        if random:
            algorithm.maps["text"].of_representations.copy_(torch.tensor(GOLDEN["cdan/Rf"]))
            algorithm.maps["text"].of_predictions.copy_(torch.tensor(GOLDEN["cdan/Rg"]))
        less = "18" if case == "tll_E_unequal" else ""
        source, target = outputs("f_s", "g_s"), outputs(f"f_t{less}", f"g_t{less}")
        coefficient = 0.3 if "coeff" in case else 1.0
        loss = algorithm.domain_loss("text", source, target, coefficient * ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN[f"cdan/{case}/loss"]), rel=1e-9)
        check_discriminator(algorithm.discriminators["text"], f"cdan/{case}")
        found = both(source, target, "representations")
        if case.startswith("official"):
            np.testing.assert_allclose(both(source, target, "logits"), GOLDEN[f"cdan/{case}/grad_g"], **CLOSE)
            # Theirs reverses the features by a count of its own, here 1; ours has one coefficient for both.
            expected = coefficient * GOLDEN[f"cdan/{case}/grad_f"]
        else:
            assert both(source, target, "logits").abs().max() == 0
            expected = np.concatenate([GOLDEN[f"cdan/{case}/grad_f_{side}"] for side in "st"])
        np.testing.assert_allclose(found, expected, **CLOSE)

    @settings(max_examples=25, deadline=None)
    @drawn(st.integers(1, 30), st.floats(0, 30), st.integers(0, 1000))
    def test_the_weights_lie_between_those_of_an_even_and_a_sure_prediction(
        self, clips: int, scale: float, seed: int
    ) -> None:
        """From 1 + 1/C to 2, but for the 1e-5 within the logarithm."""
        stream = torch.Generator().manual_seed(seed)
        logits = scale * torch.randn(clips, 4, dtype=torch.float64, generator=stream)
        weights = certainty(logits.softmax(1), None)
        assert ((weights >= 1.25) & (weights <= 2 + 1e-4)).all()

    @pytest.mark.parametrize("kind", ["library", "authors"])
    def test_equal_predictions_make_it_plain_cdan(self, kind: str) -> None:
        same = torch.tensor([[2.0, 0.0, -1.0, 0.5]]).double().expand(24, 4)
        source, target = (Outputs({"text": given(name)}, {"text": same}) for name in ("f_s", "f_t"))
        losses = [
            prepared("cdan", "cdan_disc", certainty=each).domain_loss("text", source, target, ONE).item()
            for each in (kind, "none")
        ]
        assert losses[0] == pytest.approx(losses[1], rel=1e-12)

    @pytest.mark.parametrize("algorithm", ["cdan", "mada", "daln"])
    def test_maps_discriminators_and_the_count_of_steps_outlive_a_kill(self, algorithm: str, tmp_path: Path) -> None:
        """Trap 5: the originals' checkpoints hold neither maps nor the count. All are spoiled before they are read."""
        changes = {"reversal": {"kind": "fixed", "steps": 5}} | ({"randomised": 7} if algorithm == "cdan" else {})
        job = make_job(write_pair(tmp_path, Sizes()), algorithm, **changes)
        whole, other = engine.start(job, 0), engine.start(job, 0)
        checkpoints = Checkpoints(tmp_path / "kept", "", epochs=1)
        engine.run_epoch(job, [whole])
        checkpoints.save(whole)
        for values in other.algorithm.state_dict().values():
            values.zero_()
        checkpoints.resume(other)
        for run in (whole, other):
            engine.run_epoch(job, [run])
        ours, theirs = whole.algorithm.state_dict(), other.algorithm.state_dict()
        assert int(ours["reversal.step"]) == 6
        assert ("maps.text.of_predictions" in ours) == (algorithm == "cdan")
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
        assert whole.history == other.history

    def test_with_one_class_the_condition_says_nothing(self) -> None:
        representations = given("f_s").detach()
        assert torch.equal(multilinear(torch.ones(24, 1).double(), representations), representations)


def test_the_librarys_correlation_alignment_has_a_term_for_the_means() -> None:
    """Trap 11: mean squared differences of means and of covariances; the paper's Eq. 9 is the second times d²."""
    source, target = given("f_s"), given("f_t18")
    covariances = correlation_alignment(source, target, "centred") / 32**2
    means = (source.mean(0) - target.mean(0)).square().mean()
    assert covariances.item() == pytest.approx(float(GOLDEN["coral_tll/cov_part"]), rel=1e-9)
    assert means.item() == pytest.approx(float(GOLDEN["coral_tll/mean_part"]), rel=1e-9)
    (covariances + means).backward()
    assert (covariances + means).item() == pytest.approx(float(GOLDEN["coral_tll/loss_mean_plus_cov"]), rel=1e-9)
    np.testing.assert_allclose(source.grad, GOLDEN["coral_tll/grad_f_s"], **CLOSE)
    np.testing.assert_allclose(target.grad, GOLDEN["coral_tll/grad_f_t"], **CLOSE)
