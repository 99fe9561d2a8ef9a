"""What the paper's formulas imply and no other test shows, and the golden numbers that no other test reads."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import places
from helpers.jobs import make_job
from helpers.normals import normal, tensor
from helpers.pair import Sizes, settings_for, surrogate_of, write_pair
from helpers.small_algorithms import (
    DIMS,
    FORMULAS,
    PUBLISHED,
    PUBLISHED_PRIOR,
    batch,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from amanda.algorithms.amanda import Amanda
from amanda.losses.paper import correlation_alignment, covariance, entropy, label_alignment, log_determinant
from amanda.losses.surrogates import LogExp, Norm, log_exp, log_exp_weights, norm, norm_weights, surrogate
from amanda.scoring.metrics import entropies, probabilities
from amanda.training import engine

VALIDATORS = np.load(places.GOLDEN / "validators.npz")
PROPERTY = settings(max_examples=25, deadline=None)
LOSSES = st.lists(st.floats(1e-3, 50), min_size=2, max_size=5)
FAMILIES = [surrogate_of({"family": "norm", "p": p}) for p in (1, 1.5, 2, 10, "inf")]
FAMILIES += [surrogate_of({"family": "log_exp", "t": t}) for t in (0.01, 1, 20)]
__all__ = ["batch"]  # the golden logits and representations, a fixture


class TestSurrogates:
    @pytest.mark.parametrize("p", [1, 1.5, 2, 7])
    @PROPERTY
    @given(a=LOSSES)
    def test_norms_are_eqs_11_and_13_with_a_power(self, p: float, a: list[float]) -> None:
        """φ(a) = a^p: h = φ⁻¹(Σ φ(a_m)) and ψ_m = φ'(a_m) / φ'(h)."""
        a = tensor(a)
        h = (a**p).sum() ** (1 / p)
        torch.testing.assert_close(norm(a, p), h, rtol=1e-12, atol=0)
        torch.testing.assert_close(norm_weights(a, p), (p * a ** (p - 1)) / (p * h ** (p - 1)), rtol=1e-10, atol=0)

    @pytest.mark.parametrize("t", [0.01, 1, 5])
    @PROPERTY
    @given(a=LOSSES)
    def test_log_exps_are_eqs_11_and_13_with_an_exponential(self, t: float, a: list[float]) -> None:
        """φ(a) = exp(t a); its inverse is ln(x) / t."""
        a = tensor(a)
        h = (t * a).exp().sum().log() / t
        torch.testing.assert_close(log_exp(a, t), h, rtol=1e-12, atol=0)
        psi = (t * (t * a).exp()) / (t * (t * h).exp())
        torch.testing.assert_close(log_exp_weights(a, t), psi, rtol=1e-10, atol=1e-300)

    @pytest.mark.parametrize("family", FAMILIES, ids=str)
    def test_eq_12_through_alignment_losses_of_a_network(self, family: Norm | LogExp) -> None:
        """dh/dθ = Σ ψ_m da_m/dθ, θ the weights of the encoders, the joint loss among the a_m."""
        encoders = [normal(f"encoder {m}", (5, 3)).requires_grad_() for m in range(3)]
        ours, theirs = ([normal(f"{side}{m}", (20, 5)) @ encoders[m] for m in range(3)] for side in "st")
        pairs = [*zip(ours, theirs, strict=True), (torch.cat(ours, 1), torch.cat(theirs, 1))]
        a = torch.stack([0.01 * correlation_alignment(s, t, "centred") for s, t in pairs])
        value, psi = surrogate(a, family)
        through = torch.autograd.grad(value, encoders, retain_graph=True)
        weighted = torch.autograd.grad((psi.detach() * a).sum(), encoders)
        for one, other in zip(through, weighted, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)

    def test_the_sum_counts_a_loss_of_zero_fully(self) -> None:
        """The 1-norm of torch itself has gradient 0 there; Lemma 1 wants 1."""
        a = tensor([0.0, 2.0, 0.0, 1.0]).requires_grad_()
        assert torch.autograd.grad(norm(a, 1), a)[0].tolist() == norm_weights(a, 1).tolist() == [1.0] * 4
        assert torch.autograd.grad(torch.linalg.vector_norm(a, 1), a)[0].tolist() == [0.0, 1.0, 0.0, 1.0]

    @pytest.mark.parametrize("p", [1, 1.5, 2, 10, "inf"])
    @PROPERTY
    @given(a=LOSSES)
    def test_the_weights_of_all_together_lie_between_1_and_k_to_the_1_over_p(self, p: float, a: list[float]) -> None:
        """From Lemma 1 by Hölder: at one alpha2 the variants press with different weight, not only elsewhere."""
        total = float(norm_weights(tensor(a), float(p)).sum())
        assert 1 - 1e-9 <= total <= len(a) ** (1 / float(p)) + 1e-9

    @PROPERTY
    @given(a=LOSSES, t=st.floats(0.01, 10))
    def test_jensens_step_of_theorem_1(self, a: list[float], t: float) -> None:
        """It needs weights with sum 1."""
        a = tensor(a)
        psi = log_exp_weights(a, t)
        middle = torch.logsumexp(t * a + psi.log(), 0) / t
        assert float((psi * a).sum()) <= float(middle) + 1e-9 <= float(log_exp(a, t)) + 2e-9


class TestAlignment:
    def test_the_releases_moment_sees_a_shift_and_the_centred_one_does_not(self) -> None:
        """M(X + δ) = M(X) + µ'δ + δ'µ + δ'δ exactly: the means are aligned as well."""
        x, shift = normal("x", (20, 3)), tensor([[0.5, -1.0, 2.0]])
        mean = x.mean(0, keepdim=True)
        moved = mean.T @ shift + shift.T @ mean + shift.T @ shift
        found = covariance(x + shift, "uncentred_published_code") - covariance(x, "uncentred_published_code")
        torch.testing.assert_close(found, moved)
        torch.testing.assert_close(covariance(x + shift, "centred"), covariance(x, "centred"))
        assert correlation_alignment(x, x + shift, "uncentred_published_code") > 1
        assert correlation_alignment(x, x + shift, "centred") < 1e-20

    @pytest.mark.parametrize("kind", ["centred", "uncentred_published_code"])
    def test_shrinking_the_representations_lowers_every_alignment_loss(self, kind: str) -> None:
        """Degree 4 (Euler): <gradient, Z> = 4 a. Of the entropy it is d, so that only the cross-entropy resists."""
        source, target = normal("s", (30, 4)).requires_grad_(), normal("t", (20, 4)).mul(1.5).requires_grad_()
        value = correlation_alignment(source, target, kind)
        gradients = torch.autograd.grad(value, (source, target))
        along = sum((g * z).sum() for g, z in zip(gradients, (source, target), strict=True))
        torch.testing.assert_close(along, 4 * value)
        (of_entropy,) = torch.autograd.grad(entropy(source, "biased", 0.0), source)
        assert float((of_entropy * source.detach()).sum()) == pytest.approx(4)

    def test_one_clip_has_no_covariance(self) -> None:
        assert covariance(normal("one", (1, 3)), "centred").isnan().all()

    def test_the_joint_loss_dominates_for_representations_and_not_for_predictions(self) -> None:
        """In the paper's components by far; in the published code's, on four probabilities, it is not the largest."""
        paper = dict(zip(FORMULAS["paper/components_names"], FORMULAS["paper/components_ddof0"], strict=True))
        assert paper["CA_M"] > 2.6 * (paper["CA_A"] + paper["CA_V"] + paper["CA_L"])
        published = dict(zip(PUBLISHED["loss_names"], PUBLISHED["bw/release_w0.1/losses"], strict=True))
        assert published["coral"] < max(published["coral_a"], published["coral_v"])

    def test_deep_corals_factor(self) -> None:
        """pytorch-adapt has 1 / (4 d²), which is our ``alignment_scale``."""
        source, target = tensor(VALIDATORS["in/features_s"]), tensor(VALIDATORS["in/features_t"])
        found = correlation_alignment(source, target, "centred") / (4 * 16**2)
        assert float(found) == pytest.approx(float(VALIDATORS["pytorch_adapt/CORALLoss_features"]), rel=1e-9)


class TestEntropy:
    def test_eq_3_is_the_entropy_of_a_gaussian(self) -> None:
        """With the constant that Eq. 5 leaves out."""
        z = normal("gauss", (50, 6))
        gaussian = torch.distributions.Normal(z.mean(0), z.std(0, correction=0))
        constant = 6 / 2 * (1 + math.log(2 * math.pi))
        torch.testing.assert_close(entropy(z, "biased", 0.0) + constant, gaussian.entropy().sum())

    def test_as_printed_a_dead_unit_is_minus_infinity_with_no_gradient(self) -> None:
        z = torch.cat([normal("alive", (8, 2)), torch.zeros(8, 1, dtype=torch.float64)], 1).requires_grad_()
        value = entropy(z, "biased", 0.0)
        (gradient,) = torch.autograd.grad(value, z)
        assert float(value.detach()) == -math.inf
        assert gradient[:, 2].isnan().all()
        assert gradient[:, :2].isfinite().all()

    def test_scaling_moves_the_bottleneck_by_the_dimensions_of_all_representations(self) -> None:
        """γ d log c for each modality, and once more all of them for the joint one."""
        each = [normal(f"z{m}", (40, 5)) for m in range(3)]
        before, after = (
            sum(entropy(scale * z, "biased", 0.0) for z in (*each, torch.cat(each, 1))) for scale in (1.0, 3.0)
        )
        torch.testing.assert_close(after - before, tensor((3 * 5 + 15) * math.log(3)))

    @pytest.mark.parametrize("case", ["n128_d4", "n128_d4_prob", "n96_d4", "n128_d8", "n512_d128"])
    def test_every_gradient_of_the_published_entropy(self, case: str) -> None:
        golden, size = f"logvar/{case}", tuple(int(part[1:]) for part in case.split("_")[:2])
        z = tensor(PUBLISHED[f"{golden}/z"]) if f"{golden}/z" in PUBLISHED else normal(f"logvar.{case}", size)
        (found,) = torch.autograd.grad(log_determinant(z.requires_grad_()), z)
        assert float(found.norm()) == pytest.approx(float(PUBLISHED[f"{golden}/grad_fro"]), rel=1e-9, abs=1e-300)
        if f"{golden}/grad" in PUBLISHED:
            np.testing.assert_allclose(found, PUBLISHED[f"{golden}/grad"], rtol=1e-9, atol=1e-15)


class TestLabelAlignment:
    @PROPERTY
    @given(st.integers(1, 30), st.floats(0, 20), st.integers(0, 1000))
    def test_its_bounds_and_its_gradient(self, clips: int, scale: float, seed: int) -> None:
        """At least H(prior); the log of the mean, hence at most the mean of the logs; no gradient along a row."""
        stream = torch.Generator().manual_seed(seed)
        logits = scale * torch.randn(clips, 4, dtype=torch.float64, generator=stream)
        prior = torch.rand(4, dtype=torch.float64, generator=stream) + 0.1
        prior /= prior.sum()
        value = label_alignment(logits.requires_grad_(), prior)
        (gradient,) = torch.autograd.grad(value, logits)
        assert float(value.detach()) >= float(torch.special.entr(prior).sum()) - 1e-12
        assert float(value.detach()) <= float(-(prior * logits.detach().log_softmax(1)).sum(1).mean()) + 1e-12
        torch.testing.assert_close(gradient.sum(1), torch.zeros(clips, dtype=torch.float64))

    def test_sure_predictions_in_the_priors_proportions_are_as_good_as_can_be(self) -> None:
        """Only the mean counts, and there the gradient is 0."""
        logits = 1e3 * torch.eye(4, dtype=torch.float64)[[0, 0, 1, 1, 1, 2, 2, 3, 3]]
        prior = tensor(PUBLISHED_PRIOR)
        value = label_alignment(logits.requires_grad_(), prior)
        assert float(value.detach()) == pytest.approx(float(torch.special.entr(prior).sum()), rel=1e-12)
        assert torch.autograd.grad(value, logits)[0].abs().max() < 1e-12

    def test_the_prior_is_that_of_the_whole_train_split_of_the_source(self, tmp_path: Path) -> None:
        """Not of a batch, of other splits, or of the target; classes are of unlike size here."""
        job = make_job(write_pair(tmp_path, Sizes()), "amanda")
        labels = torch.full_like(job.labels, 3)
        labels[job.source.clips("train")] = torch.repeat_interleave(torch.arange(4), torch.tensor([12, 6, 4, 2]))
        prior = engine.start(dataclasses.replace(job, labels=labels), 0).algorithm.prior
        torch.testing.assert_close(prior, torch.tensor([12, 6, 4, 2]) / 24)

    def test_a_fixed_prior_takes_the_place_of_the_sources(self) -> None:
        """The published code's, for every pair."""
        of_source = torch.full((4,), 0.25)
        fixed = Amanda(DIMS, settings_for("amanda", prior=PUBLISHED_PRIOR), of_source, torch.Generator())
        assert fixed.prior.tolist() == pytest.approx(PUBLISHED_PRIOR)
        assert torch.equal(Amanda(DIMS, settings_for("amanda"), of_source, torch.Generator()).prior, of_source)


def test_the_density_ratio_is_that_of_target_to_source(tmp_path: Path) -> None:
    """At clips of the source its logarithm is negative on average, minus a divergence; more so the wider apart."""
    means = []
    for shift in (0.0, 3.0):
        job = make_job(write_pair(tmp_path / str(shift), Sizes(shift=shift)), "source_only")
        run = engine.start(job, 0)
        engine.run_epoch(job, [run])
        means.append(float(run.log_ratios[0].mean()))
    assert means[1] < -1 < means[0]


def test_information_maximisation_is_diversity_less_uncertainty() -> None:
    """Diversity is the entropy of the mean prediction."""
    predictions = probabilities(VALIDATORS["in/logits_t"])
    found = float(entropies(predictions.mean(axis=0, keepdims=True))[0])
    assert found == pytest.approx(float(VALIDATORS["pytorch_adapt/diversity_score"]), rel=1e-9)
    parts = [float(VALIDATORS[f"pytorch_adapt/{name}_score"]) for name in ("diversity", "entropy", "IM")]
    assert parts[0] + parts[1] == pytest.approx(parts[2])
