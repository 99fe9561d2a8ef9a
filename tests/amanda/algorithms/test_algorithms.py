"""Every algorithm keeps the contract; Amanda's objective agrees with the paper's formulas and the authors' code."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from helpers.pair import ALIGNMENT, OF_METHOD, SETTINGS
from helpers.places import ROOT
from helpers.small_algorithms import (
    DIMS,
    FORMULAS,
    LETTER,
    PUBLISHED,
    PUBLISHED_PRIOR,
    PUBLISHED_SETTINGS,
    batch,
    frames,
    make,
    objective,
)
from torch import Tensor

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.amanda import Amanda
from amanda.algorithms.base import Labelled, Unlabelled, load_algorithm
from amanda.algorithms.source_only import SourceOnly
from amanda.network.model import Outputs
from amanda.shared.settings import COMMON
from extractors.shared.clip import MODALITIES

__all__ = ["batch"]  # fixtures


@pytest.mark.parametrize("name", ALGORITHMS)
class TestContract:
    def test_terms_are_scalars_and_the_minimised_ones_are_among_them(self, name: str) -> None:
        algorithm = make(name)
        terms = algorithm.losses(Labelled(frames(6, 0), torch.arange(6) % 4), Unlabelled(frames(5, 1)), 0.5)
        assert algorithm.weights.keys() <= terms.keys()
        assert all(value.dim() == 0 and value.isfinite() for value in terms.values())
        assert "total" not in terms

    def test_every_parameter_learns(self, name: str) -> None:
        algorithm = make(name)
        terms = algorithm.losses(Labelled(frames(6, 0), torch.arange(6) % 4), Unlabelled(frames(5, 1)), 0.5)
        algorithm.objective(terms).backward()
        assert all(parameter.grad is not None for parameter in algorithm.parameters())

    def test_parts_hold_every_parameter_once(self, name: str) -> None:
        algorithm = make(name)
        of_parts = [parameter for part in algorithm.parts() for parameter in part.parameters()]
        assert len(of_parts) == len({id(parameter) for parameter in of_parts})
        assert {id(parameter) for parameter in of_parts} == {id(parameter) for parameter in algorithm.parameters()}

    def test_settings_of_the_tests_are_those_the_method_wants(self, name: str) -> None:
        wanted = COMMON | load_algorithm(name).keys
        assert OF_METHOD[name].keys() == wanted.keys()
        assert all(wanted[key].accepts(value) for key, value in OF_METHOD[name].items())


def test_the_target_batch_has_no_labels() -> None:
    assert Unlabelled._fields == ("frames",)


def test_a_method_is_imported_without_the_others() -> None:
    """Nor does the table of their names need any library, for the workflow reads it."""
    code = "import sys, amanda.algorithms; print('torch' in sys.modules);"
    code += "from amanda.algorithms.base import load_algorithm;"
    code += (
        "load_algorithm('daln'); print(*sorted(name for name in sys.modules if name.startswith('amanda.algorithms.')))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False", *(f"amanda.algorithms.{name}" for name in ("adversarial", "base", "daln"))]


def test_direct_transfer_never_looks_at_the_target() -> None:
    algorithm, source = make("source_only").eval(), Labelled(frames(6, 0), torch.arange(6) % 4)
    one, other = (algorithm.losses(source, Unlabelled(frames(5, seed)), 0.5) for seed in (1, 2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def check_gradients(total: Tensor, batch: tuple[Outputs, Outputs, Tensor], golden: dict, tag: str) -> None:
    total.backward()
    for outputs, suffix in ((batch[0], ""), (batch[1], "_t")):
        for name, letter in LETTER.items():
            found, expected = outputs.logits[name].grad, golden[f"{tag}/grad_logits_{letter}{suffix}"]
            found = np.zeros_like(expected) if found is None else found
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
        for name in MODALITIES:
            found, expected = outputs.representations[name].grad, golden[f"{tag}/grad_feat_{LETTER[name]}{suffix}_row0"]
            found = torch.zeros(1, 128) if found is None else found
            np.testing.assert_allclose(found[0], expected, rtol=1e-9, atol=1e-11)
            fro = float(golden[f"{tag}/grad_feat_{LETTER[name]}{suffix}_fro"])
            assert float(found.norm()) == pytest.approx(fro, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("tag", "changes"),
    [
        ("release_w0.1", {}),
        ("release_w1e-6_noCA", {"alpha2": 0.0}),
        ("p1_w0.1", {"surrogate": {"family": "norm", "p": 1}}),
        ("pmax_w0.1", {"surrogate": {"family": "norm", "p": "inf"}}),
        ("logexp_w0.1", {"surrogate": {"family": "log_exp", "t": 1}}),
    ],
)
def test_the_releases_objective_and_gradients(tag: str, changes: dict, batch: tuple) -> None:
    algorithm = Amanda(DIMS, PUBLISHED_SETTINGS | changes, torch.full((4,), 0.25), torch.Generator())
    algorithm.prior = torch.tensor(PUBLISHED_PRIOR, dtype=torch.float64)
    total, terms = objective(algorithm, batch)
    assert float(total.detach()) == pytest.approx(float(PUBLISHED[f"bw/{tag}/total"]), rel=1e-9)
    losses = dict(zip(PUBLISHED["loss_names"].tolist(), PUBLISHED[f"bw/{tag}/losses"].tolist(), strict=True))
    assert terms["cross_entropy_joint"].item() == pytest.approx(losses["CE"], rel=1e-9)
    assert terms["label_alignment"].item() == pytest.approx(losses["CEave_t"], rel=1e-9)
    assert terms["alignment_visual"].item() == pytest.approx(losses["coral_v"], rel=1e-9)
    assert terms["alignment_joint"].item() == pytest.approx(losses["coral"], rel=1e-9)
    check_gradients(total, batch, PUBLISHED, f"bw/{tag}")


def test_the_releases_direct_transfer(batch: tuple) -> None:
    settings = SETTINGS | {"entropy": "none", "cross_entropy_weights": {"unimodal": 0.0, "joint": 1.0}}
    algorithm = SourceOnly(DIMS, settings, torch.full((4,), 0.25), torch.Generator())
    total, _ = objective(algorithm, batch)
    assert float(total.detach()) == pytest.approx(float(PUBLISHED["bw/release_w0_direct/total"]), rel=1e-9)
    check_gradients(total, batch, PUBLISHED, "bw/release_w0_direct")


@pytest.mark.parametrize("p", [1, 2])
def test_the_releases_alignment_of_representations(p: int, batch: tuple) -> None:
    changes = {"aligned": "representations", "surrogate": {"family": "norm", "p": p}}
    algorithm = Amanda(DIMS, PUBLISHED_SETTINGS | changes, torch.full((4,), 0.25), torch.Generator())
    algorithm.prior = torch.tensor(PUBLISHED_PRIOR, dtype=torch.float64)
    total, _ = objective(algorithm, batch)
    tag = f"bw/coralfeat_p{p}_w0.1"
    assert float(total.detach()) == pytest.approx(float(PUBLISHED[f"{tag}/total"]), rel=1e-9)
    check_gradients(total, batch, PUBLISHED, tag)


@pytest.mark.parametrize(
    ("tag", "surrogate"),
    [
        ("p1", {"family": "norm", "p": 1}),
        ("p2", {"family": "norm", "p": 2}),
        ("pinf", {"family": "norm", "p": "inf"}),
        ("t1", {"family": "log_exp", "t": 1}),
        ("t0.001", {"family": "log_exp", "t": 0.001}),
    ],
)
def test_the_papers_objective_and_gradients(tag: str, surrogate: dict, batch: tuple) -> None:
    settings = SETTINGS | ALIGNMENT | {"variance_floor": 0.0, "surrogate": surrogate}
    algorithm = Amanda(DIMS, settings, torch.tensor(FORMULAS["paper/prior_batch"]), torch.Generator())
    total, terms = objective(algorithm, batch)
    assert float(total.detach()) == pytest.approx(float(FORMULAS[f"paper/{tag}/total"]), rel=1e-9)
    components = dict(
        zip(FORMULAS["paper/components_names"].tolist(), FORMULAS["paper/components_ddof0"].tolist(), strict=True)
    )
    for name, letter in LETTER.items():
        assert terms[f"entropy_{name}"].item() == pytest.approx(components[f"ent_{letter}"], rel=1e-9)
        assert terms[f"cross_entropy_{name}"].item() == pytest.approx(components[f"CE_{letter}"], rel=1e-9)
        assert terms[f"alignment_{name}"].item() == pytest.approx(components[f"CA_{letter}"], rel=1e-9)
    assert terms["label_alignment"].item() == pytest.approx(components["LA"], rel=1e-9)
    check_gradients(total, batch, FORMULAS, f"paper/{tag}")


def test_recorded_shares_and_weights(batch: tuple) -> None:
    algorithm = Amanda(
        DIMS, SETTINGS | ALIGNMENT | {"alignment_scale": 10.0}, torch.full((4,), 0.25), torch.Generator()
    )
    _, terms = objective(algorithm, batch)
    shares = [terms[f"normalised_alignment_{name}"].item() for name in MODALITIES]
    losses = [terms[f"alignment_{name}"].item() for name in MODALITIES]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == pytest.approx([loss / sum(losses) for loss in losses])
    psi = np.array([terms[f"psi_{name}"].item() for name in (*MODALITIES, "joint")])
    assert (psi**2).sum() == pytest.approx(1.0)
    plain = dict(zip(FORMULAS["paper/components_names"].tolist(), FORMULAS["paper/components_ddof0"], strict=True))
    assert losses[0] == pytest.approx(10 * plain["CA_L"], rel=1e-9)
