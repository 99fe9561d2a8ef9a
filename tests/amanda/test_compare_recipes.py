"""Complete settings of every row, flips between the recipes, and the table of what they do."""

from __future__ import annotations

import math

import pandas as pd
import pytest
import yaml
from helpers.pair import typed
from helpers.places import ROOT
from planning.methods import complete_settings, flips

from amanda.algorithms.base import load_algorithm
from amanda.compare_recipes import RecipesSettings, compare
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
LICENSED = CONFIG | {"releases": "licensed"}


@pytest.mark.parametrize("releases", ["synthetic", "licensed"])
@pytest.mark.parametrize("recipe", ["paper", "published_code"])
@pytest.mark.parametrize("name", CONFIG["method_settings"])
def test_every_row_has_every_setting_that_its_method_wants(name: str, recipe: str, releases: str) -> None:
    row = CONFIG["method_settings"][name]
    settings = complete_settings(CONFIG | {"releases": releases}, recipe, row)
    assert typed(settings, load_algorithm(row["algorithm"]).Settings).as_json() == settings


def test_all_rows_of_table_1_are_made_in_its_order() -> None:
    table = pd.read_csv(ROOT / "workflow" / "resources" / "paper_table1.csv")
    assert CONFIG["methods"] == list(table["method"])
    assert [CONFIG["method_settings"][name]["label"] for name in CONFIG["methods"]] == list(table["label"])


def test_a_row_says_more_than_the_twins_and_the_twins_more_than_the_recipe() -> None:
    row = {"algorithm": "source_only", "settings": {"epochs": 3}}
    settings = complete_settings(CONFIG, "paper", row)
    assert settings["epochs"] == 3
    assert settings["batch_size"] == CONFIG["synthetic"]["training"]["batch_size"]
    assert "discriminator" not in settings
    assert complete_settings(LICENSED, "paper", row)["batch_size"] == 128


def test_every_difference_between_the_recipes_is_one_flip() -> None:
    """The rows of the comparison of paper and code that a setting can tell."""
    found = flips(LICENSED)
    base = CONFIG["recipe_differences"]["method"]
    names = [name.removeprefix(f"{base}__") for name in found]
    expected = {"kernels", "textcnn_input", "visual_pooling", "head_unimodal", "initialisation", "epochs", "schedule"}
    expected |= {"weight_decay", "clip_norm", "gamma", "entropy", "cross_entropy_weights"}
    expected |= {"prior", "aligned", "covariance"}
    assert set(names) == expected | {"nothing", "everything"}
    assert found[f"{base}__nothing"]["flipped"] == {}


def test_a_flip_changes_one_setting_and_the_twins_do_not_undo_it() -> None:
    base = CONFIG["method_settings"][CONFIG["recipe_differences"]["method"]]
    paper = complete_settings(CONFIG, "paper", base)
    for row in flips(CONFIG).values():
        settings = complete_settings(CONFIG, "paper", row)
        changed = {key: settings[key] for key in settings if settings[key] != paper[key]}
        assert changed == row["flipped"]
    assert flips(CONFIG)["amanda_p2__epochs"]["flipped"] == {"epochs": CONFIG["synthetic"]["published_code"]["epochs"]}


@pytest.mark.parametrize("config", [CONFIG, LICENSED], ids=["synthetic", "licensed"])
def test_all_flips_together_are_the_recipe_of_the_published_code(config: dict) -> None:
    base = CONFIG["recipe_differences"]["method"]
    published = complete_settings(config, "published_code", CONFIG["method_settings"][base])
    assert complete_settings(config, "paper", flips(config)[f"{base}__everything"]) == published


def test_the_twins_keep_what_the_published_code_needs_no_other_size_for() -> None:
    twins, real = (
        complete_settings(c, "published_code", CONFIG["method_settings"]["amanda_p2"]) for c in (CONFIG, LICENSED)
    )
    assert twins["head_unimodal"] == real["head_unimodal"] == []
    assert twins["alignment_scale"] == real["alignment_scale"] == 1.0
    assert sum(twins["schedule"][name] for name in ("constant_epochs", "decay_epochs")) == twins["epochs"]


SETTINGS = settings_of(
    RecipesSettings,
    {
        "pairs": ["meld-mosei"],
        "method": "base",
        "selection": "last_epoch",
        "releases": "synthetic",
        "twins": ["iemocap", "meld", "mosei", "msp_improv"],
        "paper": {"gamma": 0.1, "prior": "source"},
        "flips": {"base__nothing": {}, "base__gamma": {"gamma": 0.2}, "base__everything": {"gamma": 0.2, "prior": [1]}},
    },
)


@pytest.fixture
def scores() -> pd.DataFrame:
    values = {"base__nothing": (50, 60), "base__gamma": (51, 63), "base__everything": (40, 40)}
    about = {"source": "meld", "target": "mosei", "selection": "last_epoch"}
    rows = [
        about | {"method": method, "seed": seed, "weighted_f1": float(value)}
        for method, both in values.items()
        for seed, value in enumerate(both)
    ]
    return pd.DataFrame([*rows, *(row | {"selection": "oracle", "weighted_f1": 99.0} for row in rows)])


def test_changes_are_taken_seed_by_seed_and_the_largest_stands_first(scores: pd.DataFrame) -> None:
    table = compare(scores, SETTINGS).set_index("difference")
    assert list(table.index) == ["nothing", "everything", "gamma"]
    assert table.loc["gamma", "change_mean"] == 2.0
    assert table.loc["gamma", "change_std"] == pytest.approx(2**0.5)  # of 1 and 3
    assert table.loc["everything", "change_mean"] == -15.0
    assert table.loc["nothing", "weighted_f1_std"] == pytest.approx(50**0.5)  # of 50 and 60
    assert table.loc["gamma", ["paper", "published_code"]].tolist() == ["0.1", "0.2"]
    assert table.loc["everything", "published_code"] == ""
    # Paired t tests with one degree of freedom: P(|t| > x) = 1 - 2 atan(x) / π, the smaller one doubled.
    p = {name: 1 - 2 * math.atan(t) / math.pi for name, t in (("gamma", 2 / 1), ("everything", 15 / 5))}
    assert table.loc["everything", "p_holm"] == pytest.approx(2 * p["everything"])
    assert table.loc["gamma", "p_holm"] == pytest.approx(max(p["gamma"], 2 * p["everything"]))
    assert pd.isna(table.loc["nothing", "p_holm"])
    assert set(table["n_seeds"]) == {2}
    assert set(table["data"]) == {"SYNTHETIC twins and backbones"}


def test_a_missing_flip_is_named(scores: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="no last_epoch score of base__gamma on meld-mosei"):
        compare(scores[scores["method"] != "base__gamma"], SETTINGS)
    with pytest.raises(UserError, match="base__gamma and the recipe as it is have not both seed 1 on meld-mosei"):
        compare(scores[(scores["method"] != "base__gamma") | (scores["seed"] != 1)], SETTINGS)
