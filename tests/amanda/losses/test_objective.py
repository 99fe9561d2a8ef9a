"""The whole objective against arrays of the original code."""

from __future__ import annotations

import pytest
import torch
from helpers.normals import tensor
from helpers.pair import settings_for
from helpers.small_algorithms import (
    DIMS,
    FORMULAS,
    LETTER,
    PUBLISHED,
    PUBLISHED_PRIOR,
    PUBLISHED_SETTINGS,
    objective,
)

from amanda.algorithms.amanda import Amanda
from amanda.algorithms.base import Algorithm
from amanda.losses.paper import label_alignment, log_determinant


class TestGoldenObjective:
    """Every term of the authors' objective and of the paper's, not only their totals."""

    @pytest.mark.parametrize("tag", ["release_w0.1", "coralfeat_p2_w0.1", "coralfeat_p1_w0.1", "release_w0_direct"])
    def test_every_term_of_the_published_code(self, tag: str, batch: tuple) -> None:
        aligned = "representations" if tag.startswith("coralfeat") else "predictions"
        settings = settings_for("amanda", **PUBLISHED_SETTINGS | {"aligned": aligned})
        algorithm = Amanda(DIMS, settings, torch.full((4,), 0.25), torch.Generator())
        algorithm.prior = tensor(PUBLISHED_PRIOR)
        _, terms = objective(algorithm, batch)
        golden = dict(zip(PUBLISHED["loss_names"].tolist(), PUBLISHED[f"bw/{tag}/losses"].tolist(), strict=True))
        for name, letter in LETTER.items():
            of_name = "" if letter == "M" else f"_{letter}"
            assert terms[f"cross_entropy_{name}"].item() == pytest.approx(golden[f"CE{of_name}"], rel=1e-9)
            assert terms[f"alignment_{name}"].item() == pytest.approx(golden[f"coral{of_name.lower()}"], rel=1e-9)
            alone = label_alignment(batch[1].logits[name].detach(), algorithm.prior)
            of_target = golden[f"CEave{of_name}_t"]
            assert float(alone) == pytest.approx(of_target, rel=1e-9)
            if letter != "M":
                assert float(log_determinant(batch[0].representations[name]).detach()) == golden[f"lv{of_name.lower()}"]

    @pytest.mark.parametrize(("alpha1", "alpha2"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.3), (0.5, 0.3)])
    def test_eq_10_with_other_weights(self, alpha1: float, alpha2: float, batch: tuple) -> None:
        settings = settings_for("amanda", alpha1=alpha1, alpha2=alpha2)
        total, terms = objective(Amanda(DIMS, settings, torch.full((4,), 0.25), torch.Generator()), batch)
        expected = terms["information_bottleneck"] + alpha1 * terms["label_alignment"]
        expected = expected + alpha2 * terms["correlation_alignment"]
        torch.testing.assert_close(total, expected, rtol=1e-12, atol=0)

    @pytest.mark.parametrize(("variance", "ddof"), [("biased", 0), ("unbiased", 1)])
    def test_both_estimates_of_the_variance(self, variance: str, ddof: int, batch: tuple) -> None:
        changes = {"variance_floor": 0.0, "variance": variance}
        settings = settings_for("amanda", **changes)
        algorithm: Algorithm = Amanda(DIMS, settings, torch.full((4,), 0.25), torch.Generator())
        _, terms = objective(algorithm, batch)
        names = FORMULAS["paper/components_names"].tolist()
        golden = dict(zip(names, FORMULAS[f"paper/components_ddof{ddof}"].tolist(), strict=True))
        for name, letter in LETTER.items():
            assert terms[f"entropy_{name}"].item() == pytest.approx(golden[f"ent_{letter}"], rel=1e-9)
