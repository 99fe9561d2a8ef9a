"""The runs that claims compare are trained once each, and a mistake in the claims is named."""

from __future__ import annotations

import pytest
from helpers.pair import typed
from helpers.study import CONFIG, LICENSED
from planning.claims import claim_methods, label_alignment, norms, weighted
from planning.config import check as checked_config
from planning.methods import complete_settings

from amanda.algorithms.base import load_algorithm


@pytest.mark.parametrize("config", [CONFIG, LICENSED], ids=["synthetic", "licensed"])
def test_every_run_that_is_compared_is_trained_once_with_complete_settings(config: dict) -> None:
    rows = claim_methods(config)
    wanted = [each["variant"] for each in (*label_alignment(config), *weighted(config))]
    assert set(rows) == {*wanted, *(each["without"] for each in label_alignment(config))}
    for row in rows.values():
        settings = complete_settings(config, "paper", row)
        assert typed(settings, load_algorithm(row["algorithm"]).Settings).as_json() == settings
    assert rows["amanda_without_ca__alpha1=0"]["settings"] == rows["amanda_without_ca"]["settings"] | {"alpha1": 0}
    assert rows["amanda_p2"] == {key: config["method_settings"]["amanda_p2"][key] for key in ("algorithm", "settings")}
    large = config["synthetic"]["claims"]["large_alpha2"] if config is CONFIG else [0.5, 1, 2]
    assert [each["alpha2"] for each in weighted(config) if each["method"] == "amanda_t1"] == [0.1, *large]
    assert rows[f"amanda_t1__alpha2={large[-1]}"]["settings"]["alpha2"] == large[-1]
    assert norms(config) == ["amanda_p2", "amanda_pinf"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pairs": ["meld-meld"]}, "config: claims.pairs: 'meld-meld' must name two different corpora"),
        ({"imbalanced": "dann"}, "config: claims.imbalanced: 'dann' has no alignment losses"),
        ({"balanced": ["amanda_p3"]}, "config: claims.balanced: 'amanda_p3' has no entry"),
        ({"large_alpha2": [0.1]}, "config: claims.large_alpha2: 0.1 must be larger than the alpha2 of amanda_p1, 0.1"),
        ({"seeds": [0]}, "config: claims.seeds: "),
    ],
)
def test_a_mistake_in_the_claims_is_named(changes: dict, words: str) -> None:
    with pytest.raises(checked_config.ConfigError, match=words):
        checked_config.check(LICENSED | {"claims": CONFIG["claims"] | changes})
