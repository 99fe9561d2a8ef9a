"""A config or a target with an old word is refused by one sentence that names the new one."""

import copy

import pytest
import yaml
from helpers.places import ROOT
from planning import targets
from planning.config.check import ConfigError, check

SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
METHOD = {"method": "dann", "label": "Mine", "settings": {}}
SETTINGS = ("method_settings", "dann", "settings")
OLD = [
    (("validation",), {"halves": 1}, "validation: this key is called quality now; write quality"),
    (("gallery",), {}, "gallery: this key is called faces now; write faces"),
    (("report",), {"few_clips": 5}, "report: this key is called table1 now; write table1"),
    (("fidelity",), {}, "fidelity: this key is called recipe_differences now; write recipe_differences"),
    (
        ("corpora", "meld", "rules"),
        {},
        "meld.rules: this key is called reading now; write corpora.meld.reading",
    ),
    (("corpora", "mylab"), {"rules": {}}, "corpora.mylab.rules: this key is called reading now"),
    (("corpora", "mosei", "reading", "label_rule"), "B", "write corpora.mosei.reading.label_choice"),
    (
        ("corpora", "mylab"),
        {"reading": {"classes": {"joy": "happy"}}},
        "mylab.reading.classes: this key is called labels now; write corpora.mylab.labels",
    ),
    (("recipes", "release"), {}, "recipes.release: this key is called published_code now"),
    (("recipes", "paper", "methods"), {}, "recipes.paper.methods: this key is called algorithms now"),
    (("method_settings", "mine"), METHOD, "method_settings.mine.method: this key is called algorithm now"),
    (("synthetic", "release"), {}, "synthetic.release: this key is called published_code now"),
    (("recipe",), "release", "recipe: 'release' is called published_code now; write published_code"),
    ((*SETTINGS, "textcnn_input"), "release_view", "'release_view' is called published_code_view now"),
    ((*SETTINGS, "entropy"), "log_determinant_release", "write log_determinant_published_code"),
    ((*SETTINGS, "covariance"), "uncentred_release", "write uncentred_published_code"),
    ((*SETTINGS, "surrogate"), {"family": "log_exp_release", "t": 1}, "surrogate.family: 'log_exp_release' is called"),
]


@pytest.mark.parametrize(("path", "value", "expected"), OLD)
def test_an_old_word_of_the_config_is_refused_by_the_new_one(path, value, expected):
    config = copy.deepcopy(SHIPPED)
    place = config
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(ConfigError) as refused:
        check(config)
    assert str(refused.value).startswith("config: ")
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_old_word_elsewhere_is_no_old_word():
    config = copy.deepcopy(SHIPPED)
    config["corpora"]["iemocap"]["split"] = {"by": "session", "validation": ["4"], "test": ["5"]}
    config["method_settings"]["report"] = config["method_settings"]["dann"] | {"label": "release"}
    check(config)


def test_an_old_file_is_refused_by_its_new_name():
    with pytest.raises(targets.TargetError) as refused:
        targets.check(["./results/fidelity.csv"], [], {}, "dann", own_config=False, results="results")
    assert str(refused.value) == "./results/fidelity.csv: this file is now called results/recipes.csv; use that name"
