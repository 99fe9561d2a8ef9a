"""DANN, CDAN and MADA agree with their originals, through our algorithms; where those go wrong, ours do not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.baselines import CLOSE, GOLDEN, ONE, check_discriminator, fill, given, grad, make, outputs
from torch import nn

from amanda.algorithms.adversarial import (
    RandomisedMap,
    certainty,
    domain_loss,
    multilinear,
    reverse,
)
from amanda.network.model import initialise


class TestDann:
    def test_agrees_with_the_library(self) -> None:
        algorithm = make("dann")
        fill(algorithm.discriminators["text"], "dann_disc")
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        loss = algorithm.domain_loss("text", source, target, ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN["dann/tll/loss"]), rel=1e-9)
        np.testing.assert_allclose(source.representations["text"].grad, GOLDEN["dann/tll/grad_f_s"], **CLOSE)
        np.testing.assert_allclose(target.representations["text"].grad, GOLDEN["dann/tll/grad_f_t"], **CLOSE)
        check_discriminator(algorithm.discriminators["text"], "dann/tll")
        both = np.concatenate([source.representations["text"].grad, target.representations["text"].grad])
        np.testing.assert_allclose(both, GOLDEN["dann/cdanrepo/grad_f"], **CLOSE)

    def test_the_encoder_gets_the_opposite_of_what_the_discriminator_follows(self) -> None:
        algorithm = make("dann")
        fill(algorithm.discriminators["text"], "dann_disc")
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        algorithm.domain_loss("text", source, target, -ONE).backward()  # two signs: no reversal
        np.testing.assert_allclose(source.representations["text"].grad, GOLDEN["dann/tll_no_grl/grad_f_s"], **CLOSE)

    def test_an_early_step(self) -> None:
        algorithm = make("dann", reversal={"kind": "fixed", "steps": 1000})
        algorithm.reversal.step.fill_(500)
        fill(algorithm.discriminators["text"], "dann_disc")
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        algorithm.domain_loss("text", source, target, algorithm.reversal(0.0)).backward()
        np.testing.assert_allclose(source.representations["text"].grad, GOLDEN["dann/tll_iter500/grad_f_s"], **CLOSE)

    def test_weighted_clips(self) -> None:
        algorithm = make("dann")
        discriminator = algorithm.discriminators["text"]
        fill(discriminator, "dann_disc")
        weights = torch.cat([given("w_s"), given("w_t")]).detach()
        loss = domain_loss(discriminator(given("f_s")), discriminator(given("f_t")), weights)
        assert loss.item() == pytest.approx(float(GOLDEN["dann/tll_weighted/loss"]), rel=1e-9)

    def test_unequal_batches(self) -> None:
        """The library raises; its two-logit variant is the same loss on the difference of the logits."""
        discriminator = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
        discriminator.double()
        fill(discriminator, "dann_disc2")
        source, target = given("f_s"), given("f_t18")
        logits = [discriminator(reverse(x, ONE)).diff(dim=1) for x in (source, target)]
        loss = domain_loss(*logits)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN["dann/tll_2logit_unequal/loss"]), rel=1e-9)
        np.testing.assert_allclose(source.grad, GOLDEN["dann/tll_2logit_unequal/grad_f_s"], **CLOSE)
        np.testing.assert_allclose(target.grad, GOLDEN["dann/tll_2logit_unequal/grad_f_t"], **CLOSE)


class TestCdan:
    @pytest.mark.parametrize(
        ("case", "certain"),
        [("tll", "none"), ("official", "none"), ("tll_E", "library"), ("official_E", "authors")],
    )
    def test_agrees_with_the_originals(self, case: str, certain: str) -> None:
        algorithm = make("cdan", certainty=certain)
        fill(algorithm.discriminators["text"], "cdan_disc")
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        loss = algorithm.domain_loss("text", source, target, ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN[f"cdan/{case}/loss"]), rel=1e-9)
        of_f = torch.cat([grad(source.representations["text"]), grad(target.representations["text"])])
        of_g = torch.cat([grad(source.logits["text"]), grad(target.logits["text"])])
        check_discriminator(algorithm.discriminators["text"], f"cdan/{case}")
        if case.startswith("official"):
            np.testing.assert_allclose(of_f, GOLDEN[f"cdan/{case}/grad_f"], **CLOSE)
            np.testing.assert_allclose(of_g, GOLDEN[f"cdan/{case}/grad_g"], **CLOSE)
        else:
            np.testing.assert_allclose(of_f[:24], GOLDEN[f"cdan/{case}/grad_f_s"], **CLOSE)
            np.testing.assert_allclose(of_f[24:], GOLDEN[f"cdan/{case}/grad_f_t"], **CLOSE)
            assert of_g.abs().max() == 0  # predictions are detached

    def test_the_entropys_gradient_is_reversed_with_the_coefficient(self) -> None:
        algorithm = make("cdan", certainty="authors")
        fill(algorithm.discriminators["text"], "cdan_disc")
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        algorithm.domain_loss("text", source, target, 0.3 * ONE).backward()
        of_g = torch.cat([grad(source.logits["text"]), grad(target.logits["text"])])
        np.testing.assert_allclose(of_g, GOLDEN["cdan/official_E_coeff0.3/grad_g"], **CLOSE)

    def test_unequal_batches(self) -> None:
        algorithm = make("cdan", certainty="library")
        fill(algorithm.discriminators["text"], "cdan_disc")
        source, target = outputs("f_s", "g_s"), outputs("f_t18", "g_t18")
        loss = algorithm.domain_loss("text", source, target, ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN["cdan/tll_E_unequal/loss"]), rel=1e-9)
        np.testing.assert_allclose(target.representations["text"].grad, GOLDEN["cdan/tll_E_unequal/grad_f_t"], **CLOSE)

    @pytest.mark.parametrize("certain", ["none", "library", "authors"])
    @pytest.mark.parametrize("smaller", ["source", "target"])
    def test_unequal_batches_by_hand(self, smaller: str, certain: str) -> None:
        """Whichever domain has fewer clips; ``authors`` gives each domain half of all weight."""
        algorithm = make("cdan", certainty=certain)
        sides = [outputs("f_s", "g_s"), outputs("f_t18", "g_t18")]
        source, target = sides if smaller == "target" else sides[::-1]
        losses, weights = [], []
        for side, truth in ((source, 1.0), (target, 0.0)):
            p = side.logits["text"].softmax(1)
            sure = algorithm.discriminators["text"](
                torch.einsum("nc,nd->ncd", p, side.representations["text"]).flatten(1)
            )
            losses.append((-(truth * sure.sigmoid() + (1 - truth) * (1 - sure.sigmoid())).log())[:, 0])
            weights.append(1 + (p * (p + 1e-5).log()).sum(1).exp())
        if certain == "none":
            expected = torch.cat(losses).mean()
        elif certain == "library":
            expected = (torch.cat(weights) * torch.cat(losses)).sum() / torch.cat(weights).sum()
        else:
            halves = [(w * loss).sum() / w.sum() for w, loss in zip(weights, losses, strict=True)]
            expected = sum(halves) / 2
        assert algorithm.domain_loss("text", source, target, ONE).item() == pytest.approx(expected.item(), rel=1e-12)

    @pytest.mark.parametrize("certain", ["library", "authors"])
    def test_weights_of_the_clips(self, certain: str) -> None:
        predictions = torch.cat([given("g_s"), given("g_t")]).softmax(1).detach()
        found = make("cdan", certainty=certain).clip_weights(predictions, [24, 24], ONE)
        assert float(found.mean()) == pytest.approx(1.0)
        if certain == "library":
            np.testing.assert_allclose(found, GOLDEN["cdan/weights_tll"], **CLOSE)
        even = make("cdan", certainty=certain).clip_weights(torch.full((42, 4), 0.25).double(), [24, 18], ONE)
        expected = torch.ones(42) if certain == "library" else torch.tensor([42 / 48] * 24 + [42 / 36] * 18)
        torch.testing.assert_close(even, expected.double())

    def test_certainty_lies_between_one_and_two(self) -> None:
        np.testing.assert_allclose(certainty(torch.eye(4).double(), None), 2.0, atol=1e-4)
        entropy = -torch.log(certainty(torch.tensor(GOLDEN["cdan/softmax"]), None) - 1)
        np.testing.assert_allclose(entropy, GOLDEN["cdan/entropy_official"], **CLOSE)

    def test_the_randomised_map(self) -> None:
        algorithm = make("cdan", certainty="none", randomised=20)
        fill(algorithm.discriminators["text"], "cdan_disc_random")
        state = algorithm.state_dict()
        state["maps.text.of_representations"] = torch.tensor(GOLDEN["cdan/Rf"])
        state["maps.text.of_predictions"] = torch.tensor(GOLDEN["cdan/Rg"])
        algorithm.load_state_dict(state)  # the matrices are part of what is saved
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        loss = algorithm.domain_loss("text", source, target, ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN["cdan/tll_random/loss"]), rel=1e-9)
        np.testing.assert_allclose(source.representations["text"].grad, GOLDEN["cdan/tll_random/grad_f_s"], **CLOSE)
        check_discriminator(algorithm.discriminators["text"], "cdan/official_random")

    def test_the_randomised_map_is_drawn_with_the_weights(self) -> None:
        maps = [RandomisedMap(8, 4, 5) for _ in range(2)]
        for each in maps:
            initialise(each, "kaiming", torch.Generator().manual_seed(3))
        assert torch.equal(maps[0].of_representations, maps[1].of_representations)
        assert float(maps[0].of_representations.std()) == pytest.approx(1.0, abs=0.3)

    def test_the_outer_product(self) -> None:
        found = multilinear(torch.tensor(GOLDEN["cdan/softmax"]), torch.cat([given("f_s"), given("f_t")])).detach()
        np.testing.assert_allclose(found[:6], GOLDEN["cdan/multilinear_first6"], **CLOSE)
        assert float(found.square().sum()) == pytest.approx(float(GOLDEN["cdan/multilinear_sumsq"]), rel=1e-9)


class TestMada:
    def test_agrees_with_the_original(self) -> None:
        algorithm = make("mada")
        for number, discriminator in enumerate(algorithm.discriminators["text"]):
            fill(discriminator, f"mada_disc{number}")
        source, target = outputs("f_s", "g_s"), outputs("f_t", "g_t")
        loss = algorithm.domain_loss("text", source, target, ONE)
        loss.backward()
        assert loss.item() == pytest.approx(float(GOLDEN["mada/labels_s0_t1_caffe/loss_sum"]), rel=1e-9)
        both = torch.cat([source.representations["text"].grad, target.representations["text"].grad])
        np.testing.assert_allclose(both, GOLDEN["mada/labels_s0_t1_caffe/grad_f"], **CLOSE)
        assert source.logits["text"].grad is None
        assert target.logits["text"].grad is None

    @pytest.mark.parametrize("smaller", ["source", "target"])
    def test_unequal_batches(self, smaller: str) -> None:
        """Whichever domain has fewer clips: each discriminator's loss, by hand, over the clips of both."""
        algorithm = make("mada")
        sides = [outputs("f_s", "g_s"), outputs("f_t18", "g_t18")]
        source, target = sides if smaller == "target" else sides[::-1]
        expected = 0.0
        for number, discriminator in enumerate(algorithm.discriminators["text"]):
            each = []
            for side, truth in ((source, 0.0), (target, 1.0)):
                share = side.logits["text"].softmax(1)[:, number, None] * side.representations["text"]
                sure = discriminator(share).sigmoid()
                each.append(-(truth * sure.log() + (1 - truth) * (1 - sure).log()))
            expected += torch.cat(each).mean().item()
        assert algorithm.domain_loss("text", source, target, ONE).item() == pytest.approx(expected, rel=1e-12)

    def test_shares_add_up_to_the_representation(self) -> None:
        representations = given("f_s").detach()
        shares = multilinear(given("g_s").softmax(1).detach(), representations).chunk(4, dim=1)
        torch.testing.assert_close(sum(shares), representations)
        np.testing.assert_allclose(torch.stack(shares, 1)[:4], GOLDEN["mada/outer_first4"], **CLOSE)
