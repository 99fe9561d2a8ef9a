"""What mathematics says of the losses, the surrogates and the baselines, beside what their own tests show."""

from __future__ import annotations

import math
import zlib

import numpy as np
import pytest
import torch
from helpers import places
from helpers.baselines import GOLDEN as BASELINES
from helpers.baselines import ONE, make, outputs
from helpers.normals import tensor
from helpers.pair import surrogate_of
from helpers.small_algorithms import frames
from helpers.small_algorithms import make as make_small
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from amanda.algorithms.adversarial import domain_loss, most_certain, multilinear, nuclear_norm_discrepancy, reverse
from amanda.algorithms.base import Labelled, Unlabelled
from amanda.losses.paper import correlation_alignment, covariance, entropy, log_determinant
from amanda.losses.surrogates import LogExp, Norm, log_exp, log_exp_weights, norm, norm_weights, surrogate
from amanda.network.model import Outputs

PUBLISHED = np.load(places.GOLDEN / "amanda_release.npz")
PROPERTY = settings(max_examples=25, deadline=None)
LOSSES = st.lists(st.floats(1e-6, 1e4), min_size=4, max_size=4)
FAMILIES = [surrogate_of({"family": "norm", "p": p}) for p in (1, 2, 5, "inf")]
FAMILIES += [surrogate_of({"family": "log_exp", "t": t}) for t in (0.1, 2)]


def normal(name: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape)


@pytest.mark.parametrize("family", FAMILIES, ids=str)
@PROPERTY
@given(a=LOSSES, b=LOSSES)
def test_surrogates_are_convex_increasing_and_symmetric(family: Norm | LogExp, a: list[float], b: list[float]) -> None:
    a, b = tensor(a), tensor(b)

    def h(x: Tensor) -> float:
        return float(surrogate(x, family)[0])

    scale = 1e-9 * (1 + h(a) + h(b))
    assert h((a + b) / 2) <= (h(a) + h(b)) / 2 + scale
    assert h(a + b) >= h(a) - scale
    assert h(a.flip(0)) == pytest.approx(h(a), rel=1e-12)


@PROPERTY
@given(a=LOSSES, t=st.floats(0.01, 50))
def test_log_exp_lies_above_the_largest_by_no_more_than_ln_k_over_t(a: list[float], t: float) -> None:
    value, largest = float(log_exp(tensor(a), t)), max(a)
    assert largest - 1e-9 * largest <= value <= largest + math.log(4) / t + 1e-9 * (1 + largest)


def test_at_the_releases_scale_log_exp_is_the_plain_sum_with_a_quarter_of_the_weight() -> None:
    a = tensor([1e-3, 4e-3, 0.0, 2e-3]).requires_grad_()
    (of_log_exp,) = torch.autograd.grad(log_exp(a, 1), a)
    (of_sum,) = torch.autograd.grad(norm(a, 1), a)
    torch.testing.assert_close(of_log_exp, of_sum / 4, atol=1e-3, rtol=0)


def test_balancing_by_log_exp_depends_on_the_scale_and_by_norms_does_not() -> None:
    a = tensor([1.0, 4.0, 0.5, 2.0])
    assert float(log_exp_weights(1e-4 * a, 1).max()) < 0.2502
    torch.testing.assert_close(norm_weights(1e-4 * a, 2), norm_weights(a, 2))


def test_eq_15_as_printed_is_not_the_gradient() -> None:
    a = tensor([1.0, 2.0, 0.5, 1.5]).requires_grad_()
    (found,) = torch.autograd.grad(log_exp(a, 1), a)
    printed = a.detach().exp() / a.detach()[:3].exp().sum()
    assert float(printed.sum()) > 1.2
    assert float((found - printed).abs().max()) > 0.1


@pytest.mark.parametrize("case", ["p0.5_is_logexp_t0.5_without_1_over_t", "p105_is_logexp_t5_without_1_over_t"])
def test_the_published_log_exp_and_its_gradient(case: str) -> None:
    t = 0.5 if "t0.5" in case else 5.0
    rows = zip(PUBLISHED["combo/a"], PUBLISHED[f"combo/{case}/value"], PUBLISHED[f"combo/{case}/grad"], strict=True)
    compared = 0
    for a, value, psi in rows:
        if np.isfinite(value) and np.isfinite(psi).all():
            found, weights = surrogate(tensor(a), surrogate_of({"family": "log_exp_published_code", "t": t}))
            assert float(found) == pytest.approx(value, rel=1e-9)
            np.testing.assert_allclose(weights, psi, rtol=1e-9, atol=1e-12)
            assert float(weights.sum()) == pytest.approx(t)
            compared += 1
    assert compared >= 4


@pytest.mark.parametrize("case", ["n128_d4", "n128_d4_prob", "n128_d8", "n96_d4", "n128_d128", "n96_d128"])
def test_the_published_entropy_and_that_it_is_inert_at_the_papers_sizes(case: str) -> None:
    golden = f"logvar/{case}"
    size = tuple(int(part[1:]) for part in case.split("_")[:2])
    z = tensor(
        PUBLISHED[f"{golden}/z"] if f"{golden}/z" in PUBLISHED else normal(f"logvar.{case}", size)
    ).requires_grad_()
    value = log_determinant(z)
    value.backward()
    assert float(value.detach()) == pytest.approx(float(PUBLISHED[f"{golden}/value"]), rel=1e-9, abs=1e-15)
    np.testing.assert_allclose(z.grad[0], PUBLISHED[f"{golden}/grad_row0"], rtol=1e-7, atol=1e-15)
    if size[1] == 128:
        assert float(value.detach()) == 0.0
        assert float(z.grad.abs().max()) == 0.0


@pytest.mark.parametrize("kind", ["centred", "uncentred_published_code"])
def test_the_joint_loss_is_the_unimodal_ones_plus_the_cross_covariances(kind: str) -> None:
    sources = [tensor(normal(f"s{m}", (30, 3))) for m in range(3)]
    targets = [tensor(normal(f"t{m}", (25, 3))) for m in range(3)]
    each = [correlation_alignment(s, t, kind) for s, t in zip(sources, targets, strict=True)]
    gap = covariance(torch.cat(sources, 1), kind) - covariance(torch.cat(targets, 1), kind)
    across = sum(
        2 * gap[3 * m : 3 * m + 3, 3 * k : 3 * k + 3].square().sum() for m in range(3) for k in range(m + 1, 3)
    )
    joint = correlation_alignment(torch.cat(sources, 1), torch.cat(targets, 1), kind)
    torch.testing.assert_close(joint, sum(each) + across)
    psi = norm_weights(torch.stack([*each, joint]), math.inf)
    assert psi.tolist() == [0.0, 0.0, 0.0, 1.0]


@PROPERTY
@given(st.integers(2, 20), st.integers(2, 20), st.integers(1, 6), st.integers(0, 1000))
def test_correlation_alignment_is_never_negative(ours: int, theirs: int, dim: int, seed: int) -> None:
    stream = torch.Generator().manual_seed(seed)
    source, target = (torch.randn(n, dim, dtype=torch.float64, generator=stream) for n in (ours, theirs))
    assert correlation_alignment(source, target, "centred") >= 0


def test_the_gradient_of_the_entropy() -> None:
    """(z - mean) / (n (var + floor))."""
    z, floor = tensor(normal("entropy", (12, 5))).requires_grad_(), 0.3
    (found,) = torch.autograd.grad(entropy(z, "biased", floor), z)
    expected = (z - z.mean(0)) / (12 * (z.var(0, correction=0) + floor))
    torch.testing.assert_close(found, expected.detach())


def test_a_diagonal_covariance_has_the_larger_determinant() -> None:
    """Hadamard: taking Sigma for diagonal, as Eq. 3 does, overestimates the entropy."""
    z = tensor(normal("hadamard", (40, 6))) @ tensor(normal("mix", (6, 6)))
    full = 0.5 * torch.linalg.slogdet(covariance(z, "centred")).logabsdet
    assert entropy(z, "unbiased", 0.0) > full


def test_the_reversed_gradient_is_minus_the_slope_of_the_loss() -> None:
    """By finite differences of the loss without the reversal."""
    weights, other = tensor(normal("w", (3, 1))), tensor(normal("t", (4, 3)))
    x = tensor(normal("x", (2, 3))).requires_grad_()
    domain_loss(reverse(x, 0.7 * ONE) @ weights, other @ weights).backward()
    nudged = x.detach().clone()
    nudged[1, 2] += 1e-6
    slope = (domain_loss(nudged @ weights, other @ weights) - domain_loss(x.detach() @ weights, other @ weights)) / 1e-6
    assert float(x.grad[1, 2]) == pytest.approx(-0.7 * float(slope), rel=1e-4)


def test_the_size_of_an_outer_product() -> None:
    p, f = tensor(normal("p", (7, 4))).softmax(1), tensor(normal("f", (7, 5)))
    torch.testing.assert_close(multilinear(p, f).norm(dim=1), p.norm(dim=1) * f.norm(dim=1))


def test_cdan_with_certain_predictions_is_dann_on_the_class_of_each_clip() -> None:
    """All clips of class 2: the discriminator sees the representation in the third slot and zeros elsewhere."""
    algorithm = make("cdan", certainty="none")
    sure = torch.full((24, 4), -1e4, dtype=torch.float64).index_fill(1, torch.tensor([2]), 1e4)
    source, target = (Outputs({"text": tensor(BASELINES[f"in/{name}"])}, {"text": sure}) for name in ("f_s", "f_t"))
    first = algorithm.discriminators["text"][0]
    slot = nn.Linear(32, 16).double()
    with torch.no_grad():
        slot.weight.copy_(first.weight[:, 64:96])
        slot.bias.copy_(first.bias)
    dann = nn.Sequential(slot, *algorithm.discriminators["text"][1:])
    expected = domain_loss(*(dann(side.representations["text"]) for side in (source, target)))
    torch.testing.assert_close(algorithm.domain_loss("text", source, target, ONE), expected)


def test_mada_sends_a_clip_of_certain_class_to_one_discriminator() -> None:
    p = torch.eye(4, dtype=torch.float64)[[0, 3, 3]]
    f = tensor(normal("f", (3, 5)))
    shares = multilinear(p, f).chunk(4, dim=1)
    assert torch.equal(shares[3][1:], f[1:])
    assert torch.equal(shares[0][0], f[0])
    assert sum(int((share != 0).any(1).sum()) for share in shares) == 3


@PROPERTY
@given(st.integers(1, 40), st.integers(0, 1000), st.floats(0, 50))
def test_the_nuclear_discrepancy_is_bounded(clips: int, seed: int, scale: float) -> None:
    stream = torch.Generator().manual_seed(seed)
    draws = (scale * torch.randn(clips, 4, dtype=torch.float64, generator=stream) for _ in range(2))
    source, target = (logits.softmax(1) for logits in draws)
    # The nuclear norm of N predictions lies in [sqrt(N / C), sqrt(min(N, C) N)].
    bound = (math.sqrt(clips * min(clips, 4)) - math.sqrt(clips / 4)) / clips
    assert abs(float(nuclear_norm_discrepancy(source, target))) <= bound + 1e-12


@pytest.mark.parametrize(
    ("tag", "hidden", "alpha", "reversal"),
    [
        ("amanda_DomainDiscriminator", [512, 256], 1, 1.0),
        ("amanda_DomainDiscriminator", [512, 256], 0.5, 0.5),
        ("amanda_DomainDiscriminatorS", [512, 256, 256, 128], 1, 0.5),  # it halves what it is given
    ],
)
def test_a_discriminator_with_a_leak_is_the_published_one(
    tag: str, hidden: list[int], alpha: float, reversal: float
) -> None:
    """Theirs has two logits and calls the source 0; ours is the difference of the two."""
    algorithm = make("dann", discriminator=hidden, leak_discriminator=0.2)
    shapes = list(zip([*hidden, 2], [32, *hidden], strict=True))
    names = [f"{tag}.discriminator.{2 * number}.weight" for number in range(len(shapes))]
    weights = [tensor(normal(n, s) / math.sqrt(s[1])) for n, s in zip(names, shapes, strict=True)]
    weights[-1] = weights[-1][:1] - weights[-1][1:]
    layers = [layer for layer in algorithm.discriminators["text"] if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for layer, weight in zip(layers, weights, strict=True):
            layer.weight.copy_(weight)
            layer.bias.zero_()
    source, target = outputs("f_s", "g_s"), outputs("f_t18", "g_t18")
    loss = algorithm.domain_loss("text", source, target, reversal * ONE)
    loss.backward()
    golden = f"dann/{tag}_alpha{alpha}"
    assert loss.item() == pytest.approx(float(BASELINES[f"{golden}/loss"]), rel=1e-9)
    for side, name in ((source, "grad_f_s"), (target, "grad_f_t")):
        expected = BASELINES[f"{golden}/{name}"]
        np.testing.assert_allclose(side.representations["text"].grad, expected, rtol=1e-9, atol=1e-12)


def test_the_surest_clips_of_the_target_by_hand() -> None:
    logits = tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 1.0], [0.0, 9.0]])
    outputs = Outputs({"text": tensor([[0.0], [1.0], [2.0], [3.0]])}, {"joint": logits})
    assert sorted(most_certain(outputs, 0.5).representations["text"].flatten().tolist()) == [1.0, 3.0]
    assert most_certain(outputs, 0.01).logits["joint"].tolist() == [[0.0, 9.0]]
    assert most_certain(outputs, 1.0) is outputs


@pytest.mark.parametrize("name", ["dann", "cdan", "mada"])
def test_domain_losses_under_a_surrogate(name: str) -> None:
    changes = {"representation": 8, "dropout_encoder": 0.0, "dropout_head": 0.0}
    algorithm = make_small(name, domain_surrogate={"family": "norm", "p": "inf"}, target_share=0.3, **changes).eval()
    terms = algorithm.losses(Labelled(frames(6, 0), torch.arange(6) % 4), Unlabelled(frames(5, 1)), 0.5)
    each = [float(terms[f"domain_{modality}"].detach()) for modality in ("text", "audio", "visual")]
    assert float(terms["domain"].detach()) == max(each)
