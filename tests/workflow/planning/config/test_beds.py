"""What the beds with a known answer name must be there, and their shares must be shares."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.beds import CONFIG
from planning.config.check import ConfigError, check


def changed(keys: str, value: object) -> dict[str, Any]:
    """The shipped config with another value below ``known_answer``."""
    config = copy.deepcopy(CONFIG)
    *path, last = ["known_answer", *keys.split(".")]
    place = config
    for key in path:
        place = place[key]
    place[last] = value
    return config


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (
            "beds.shift.source",
            "plane",
            "known_answer.beds.shift.source: 'plane' is unknown; known are plain, .*'plain'?",
        ),
        ("beds.shift.target", "plain", "known_answer.beds.shift: source and target must be two different names"),
        ("beds.dom.method", "largest_los", "beds.dom.method: 'largest_los' is unknown.*did you mean 'largest_loss'?"),
        ("beds.dom.against", "largest_loss", "beds.dom: method and against must be two different names"),
        (
            "beds.dom.must",
            "shine",
            "beds.dom.must: 'shine' is none of these; write one of help, hurt, nothing, unknown",
        ),
        ("corpora.skewed.shares.sad", 0.3, "known_answer.corpora.skewed.shares: they add up to 1.25; make it 1"),
        ("formula.shares.sad", 0.3, "known_answer.formula.shares: they add up to 1.05; make it 1"),
        (
            "methods.dann",
            {"algorithm": "dann", "label": "DANN", "settings": {}},
            "'dann' is also a name under method_settings",
        ),
        ("controls.beds", ["shifts"], "known_answer.controls.beds: 'shifts' is unknown.*did you mean 'shift'?"),
        ("seeds", [0], "known_answer.seeds: .* has too few items"),
    ],
)
def test_a_mistake_is_one_sentence(keys: str, value: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check(changed(keys, value))


def test_any_method_of_the_config_takes_one_line() -> None:
    line = {"source": "plain", "target": "leaning", "method": "cdan_e", "against": "direct_transfer", "must": "unknown"}
    check(changed("beds.cdan_under_shift", line))
