"""Settings: every key is required, no other is taken, and a wrong value is named."""

from __future__ import annotations

import json

import pytest
from helpers.pair import OF_METHOD, SETTINGS

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.shared.settings import COMMON, read_settings
from extractors.shared.program import UserError

KEYS = COMMON | load_algorithm("amanda").keys


@pytest.mark.parametrize("method", ALGORITHMS)
def test_complete_settings_are_taken_as_they_are(method: str) -> None:
    assert read_settings(json.dumps(OF_METHOD[method]), COMMON | load_algorithm(method).keys) == OF_METHOD[method]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gama": 1}, "unknown key 'gama'; the keys are modalities, representation"),
        ({"surrogate": {"family": "norm", "p": 0.5}}, 'surrogate is {"family": "norm", "p": 0.5}; it must be'),
        ({"epochs": True}, "epochs is true; it must be a whole number, at least 1"),
        ({"kernels": [3, 3]}, r"kernels is \[3, 3\]"),
        ({"prior": [0.5, 0.5, 0.5, 0.5]}, "prior is"),
        ({"schedule": {"kind": "cosine"}}, "schedule is"),
        ({"clip_norm": 0}, "clip_norm is 0"),
        ({"betas": [0.9, 1.0]}, "betas is"),
        ({"cross_entropy_weights": {"unimodal": 0, "joint": 0}}, "cross_entropy_weights is"),
        ({"learning_rate": float("nan")}, "learning_rate is NaN"),
        ({"alpha2": -0.1}, "alpha2 is -0.1; it must be a number at least 0"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict, message: str) -> None:
    with pytest.raises(UserError, match=f"--settings: {message}"):
        read_settings(json.dumps(OF_METHOD["amanda"] | changes), KEYS)


@pytest.mark.parametrize(
    "reversal",
    [{"kind": "progress"}, {"kind": "fixed", "steps": 0}, {"kind": "sometimes"}, {"kind": "constant", "slope": 1}],
)
def test_a_wrong_reversal_is_named(reversal: dict) -> None:
    with pytest.raises(UserError, match="--settings: reversal is"):
        read_settings(json.dumps(OF_METHOD["dann"] | {"reversal": reversal}), COMMON | load_algorithm("dann").keys)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(UserError, match="key 'alpha1' is missing; it must be a number at least 0"):
        read_settings(json.dumps(SETTINGS), KEYS)


@pytest.mark.parametrize(("text", "problem"), [("{", "not JSON"), ("[1]", "not a JSON object")])
def test_what_is_no_json_object(text: str, problem: str) -> None:
    with pytest.raises(UserError, match=f"--settings: {problem}"):
        read_settings(text, KEYS)
