"""Selections choose an epoch from what is known without target labels; the oracle stands apart."""

from __future__ import annotations

import inspect
from dataclasses import fields

import numpy as np
import pytest
import yaml
from helpers.places import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from amanda.scoring.kept import KEPT
from amanda.scoring.metrics import information_maximisation
from amanda.scoring.selection import SELECTION, Epoch, oracle, values

GOLDEN = np.load(ROOT / "tests" / "golden" / "validators.npz")
HISTORY = [
    {"source_validation_f1": 0.2, "information_maximisation": 0.9, "soft_neighbourhood_density": 1.0},
    {"source_validation_f1": 0.7, "information_maximisation": 0.1, "soft_neighbourhood_density": 4.0},
    {"source_validation_f1": 0.7, "information_maximisation": 0.5, "soft_neighbourhood_density": 2.0},
]
for number, epoch in enumerate(HISTORY):
    epoch |= {"batch_nuclear_norm": (1, 2, 2)[number], "entropy": (-1, -2, -0.5)[number]}
    epoch |= {"deep_embedded_validation": (-3, -1, -2)[number], "label_prior": (0, 0, -1)[number]}


def test_rules_choose_the_best_epoch_and_the_earliest_of_equals() -> None:
    assert {name: select(HISTORY) for name, select in SELECTION.items()} == {
        "source_validation_f1": 2,
        "information_maximisation": 1,
        "last_epoch": 3,
        "batch_nuclear_norm": 2,
        "entropy": 3,
        "soft_neighbourhood_density": 3,  # the second epoch is denser, but does not pass the guard
        "deep_embedded_validation": 2,
        "label_prior": 1,
    }


def test_every_rule_can_be_asked_for_in_the_config() -> None:
    schema = yaml.safe_load((ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text())
    assert schema["properties"]["selection"]["enum"] == list(SELECTION)


def test_the_oracle_is_no_selection_rule() -> None:
    assert oracle([10.0, 30.0, 30.0]) == 2
    assert oracle not in SELECTION.values()
    assert "oracle" not in SELECTION


def test_rules_take_the_history_alone_and_an_epoch_has_no_target_label() -> None:
    assert all(next(iter(inspect.signature(select).parameters)) == "history" for select in SELECTION.values())
    assert {field.name for field in fields(Epoch)} == {
        "source_logits",
        "source_label",
        "log_ratio",
        "target_logits",
        "prior",
    }


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_final_choice_was_the_choice_at_its_time(values: list[float]) -> None:
    """What training relies on when it keeps weights."""
    history = [{"source_validation_f1": value, "information_maximisation": 1 - value} for value in values]
    for select in KEPT.values():
        final = select(history)
        assert select(history[:final]) == final


def degenerate(*cases: str) -> list[dict[str, float]]:
    """The values of a run whose epochs end in these ways."""
    label = np.arange(60) % 4
    logits = [GOLDEN[f"degenerate/{case}/logits"] for case in cases]
    return [values(Epoch(each, label, np.zeros(60), each, np.full(4, 0.25))) for each in logits]


@pytest.mark.parametrize("trap", ["collapsed_one_class", "uniform"])
def test_the_guard_keeps_neighbourhood_density_from_what_it_is_fooled_by(trap: str) -> None:
    history = degenerate(trap, "confident_balanced")
    assert history[0]["soft_neighbourhood_density"] > history[1]["soft_neighbourhood_density"]
    chosen = {name: select(history) for name, select in SELECTION.items()}
    assert chosen["soft_neighbourhood_density"] == 2
    assert chosen["information_maximisation"] == chosen["batch_nuclear_norm"] == 2


def test_entropy_alone_is_fooled_by_a_collapse() -> None:
    history = degenerate("collapsed_one_class", "confident_balanced")
    assert SELECTION["entropy"](history) == 1


def test_the_guard_always_lets_an_epoch_pass() -> None:
    history = degenerate("uniform", "collapsed_one_class")
    assert SELECTION["soft_neighbourhood_density"](history) in (1, 2)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_information_maximisation_is_finite_for_confident_logits(scale: float) -> None:
    logits = scale * np.random.default_rng(0).standard_normal((9, 4)).astype(np.float32)
    assert 0 <= information_maximisation(logits) <= np.log(4)
