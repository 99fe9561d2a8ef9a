"""Selection rules choose an epoch from what is known without target labels; the oracle stands apart."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amanda.metrics import information_maximisation
from amanda.select import SELECTION, oracle

HISTORY = [
    {"source_validation_f1": 0.2, "information_maximisation": 0.9},
    {"source_validation_f1": 0.7, "information_maximisation": 0.1},
    {"source_validation_f1": 0.7, "information_maximisation": 0.3},
]


def test_rules_choose_the_best_epoch_and_the_earliest_of_equals() -> None:
    assert {name: rule(HISTORY) for name, rule in SELECTION.items()} == {
        "source_validation_f1": 2,
        "information_maximisation": 1,
        "last_epoch": 3,
    }


def test_the_oracle_is_no_selection_rule() -> None:
    assert oracle([10.0, 30.0, 30.0]) == 2
    assert oracle not in SELECTION.values()
    assert "oracle" not in SELECTION


def test_rules_take_the_history_alone() -> None:
    assert all(list(inspect.signature(rule).parameters) == ["history"] for rule in SELECTION.values())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_final_choice_was_the_choice_at_its_time(values: list[float]) -> None:
    """What training relies on when it keeps weights."""
    history = [{"source_validation_f1": value, "information_maximisation": 1 - value} for value in values]
    for rule in SELECTION.values():
        final = rule(history)
        assert rule(history[:final]) == final


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_information_maximisation_is_finite_for_confident_logits(scale: float) -> None:
    logits = scale * np.random.default_rng(0).standard_normal((9, 4)).astype(np.float32)
    assert 0 <= information_maximisation(logits) <= np.log(4)
