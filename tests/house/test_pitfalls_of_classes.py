"""Where MADA and DALN, which adapt class by class, go wrong without an error."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers.baselines import CLOSE, GOLDEN, ONE, fill, given, make, outputs
from helpers.discriminated import both
from helpers.normals import normal
from torch import nn

from amanda.algorithms.adversarial import (
    domain_loss,
    multilinear,
    nuclear_norm_discrepancy,
    reverse,
)
from amanda.network.model import Outputs


class TestMada:
    @pytest.mark.parametrize("labels", ["labels_s0_t1_caffe", "labels_s1_t0"])
    def test_each_class_loss_whichever_domain_is_called_1(self, labels: str) -> None:
        """Trap 6: ours calls the target 1, as the original does."""
        algorithm = make("mada")
        for number, discriminator in enumerate(algorithm.discriminators["text"]):
            fill(discriminator, f"mada_disc{number}")
        sides = [outputs("f_s", "g_s"), outputs("f_t", "g_t")]
        ordered = sides if labels == "labels_s0_t1_caffe" else sides[::-1]
        loss = algorithm.domain_loss("text", *ordered, ONE)
        loss.backward()
        golden = GOLDEN[f"mada/{labels}/loss_per_class"]
        assert loss.item() == pytest.approx(float(golden.sum()), rel=1e-9)
        assert loss.item() == pytest.approx(4 * float(GOLDEN[f"mada/{labels}/loss_mean_over_classes"]), rel=1e-9)
        np.testing.assert_allclose(both(*sides, "representations"), GOLDEN[f"mada/{labels}/grad_f"], **CLOSE)
        assert both(*sides, "logits").abs().max() == 0 == np.abs(GOLDEN[f"mada/{labels}/grad_pred"]).max()

    def test_without_the_detachment_classifiers_would_fool_the_discriminators(self) -> None:
        """Trap 3: what the predictions' gradient would be."""
        algorithm = make("mada")
        for number, discriminator in enumerate(algorithm.discriminators["text"]):
            fill(discriminator, f"mada_disc{number}")
        predictions = torch.cat([given("g_s"), given("g_t")]).softmax(1).detach().requires_grad_()
        shares = multilinear(predictions, torch.cat([given("f_s"), given("f_t")])).chunk(4, dim=1)
        losses = []
        for discriminator, share in zip(algorithm.discriminators["text"], shares, strict=True):
            ours, theirs = discriminator(share).chunk(2)
            losses.append(domain_loss(theirs, ours))
        (found,) = torch.autograd.grad(sum(losses), predictions)
        # Theirs is reversed with the features, coefficient 1.
        np.testing.assert_allclose(-found, GOLDEN["mada/labels_s0_t1_NOT_detached/grad_pred_autograd"], **CLOSE)

    def test_a_clip_of_another_class_still_counts(self) -> None:
        """It weights the representations, not the losses: three discriminators judge by their biases alone."""
        algorithm = make("mada")
        sure = torch.full((24, 4), -1e4, dtype=torch.float64).index_fill(1, torch.tensor([0]), 1e4)
        source, target = (Outputs({"text": given(name)}, {"text": sure}) for name in ("f_s", "f_t"))
        first, *others = algorithm.discriminators["text"]
        nothing = torch.zeros(24, 32, dtype=torch.float64)
        expected = domain_loss(*(first(given(name)) for name in ("f_t", "f_s")))
        expected = expected + sum(domain_loss(each(nothing), each(nothing)) for each in others)
        torch.testing.assert_close(algorithm.domain_loss("text", source, target, ONE), expected)


class TestDaln:
    def head(self) -> nn.Linear:
        head = nn.Linear(32, 4).double()
        with torch.no_grad():
            head.weight.copy_(torch.tensor(GOLDEN["daln/W"]))
            head.bias.copy_(torch.tensor(GOLDEN["daln/b"]))
        return head

    def test_halves_of_unequal_batches_are_not_the_domains(self) -> None:
        """Trap 2: 24 + 18 rows cut in the middle give another discrepancy, of the other sign."""
        together = self.head()(torch.cat([given("f_s"), given("f_t18")])).softmax(1)
        for sizes, case in (([24, 18], "right"), ([21, 21], "wrong")):
            found = nuclear_norm_discrepancy(*together.split(sizes))
            assert found.item() == pytest.approx(float(GOLDEN[f"daln/module_unequal_{case}_split"]), rel=1e-9)

    def test_the_two_norms(self) -> None:
        for side in "st":
            found = torch.linalg.matrix_norm(given(f"g_{side}").softmax(1), "nuc")
            assert found.item() == pytest.approx(float(GOLDEN[f"daln/nuc_{side}"]), rel=1e-9)

    def test_the_head_drives_the_domains_apart_and_the_encoder_brings_them_together(self) -> None:
        """Trap 7: a step of each against the gradient of what is minimised, judged by the discrepancy itself."""
        head, source, target = self.head(), given("f_s"), given("f_t")
        predictions = head(reverse(torch.cat([source, target]), ONE)).softmax(1)
        before = nuclear_norm_discrepancy(*predictions.chunk(2))
        (-before).backward()
        with torch.no_grad():
            moved = [z - 0.1 * z.grad for z in (source, target)]
            assert nuclear_norm_discrepancy(*(head(z).softmax(1) for z in moved)) < before
            for parameter in head.parameters():
                parameter -= 0.1 * parameter.grad
            assert nuclear_norm_discrepancy(*(head(z).softmax(1) for z in (source, target))) > before

    def test_sets_of_unequal_size_differ_though_their_distribution_is_one(self) -> None:
        """Trap 8, for which the algorithm compares sets of one size."""
        predictions = given("g_s").softmax(1).detach()
        assert nuclear_norm_discrepancy(predictions.repeat(2, 1), predictions) > 0.05

    def test_the_gradient_is_finite_where_predictions_are_all_alike(self) -> None:
        """Of rank 1: the gradient of the nuclear norm has spectral norm 1 all the same."""
        alike = torch.full((12, 4), 0.25, dtype=torch.float64).requires_grad_()
        torch.linalg.matrix_norm(alike, "nuc").backward()
        assert float(torch.linalg.matrix_norm(alike.grad, 2)) == pytest.approx(1)
        other = normal("other", (12, 4)).softmax(1)
        fresh = alike.detach().requires_grad_()
        nuclear_norm_discrepancy(other, fresh).backward()
        assert fresh.grad.isfinite().all()
