"""config.yaml and its schema: every key described, every mistake named by its path."""

import copy
import re

import pytest
import yaml
from helpers.places import ROOT
from planning.config import check as checked_config

SCHEMA = yaml.safe_load(checked_config.SCHEMA.read_text())
MYLAB = {
    "release": "data/mylab",
    "modalities": ["text", "audio", "visual"],
    "reading": {"reader": "custom", "table": "clips.csv"},
    "labels": {"joy": "happy"},
    "split": {"by": "official"},
    "expected_counts": "published",
}
"""A corpus of one's own."""


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config.yaml").read_text())


def _resolve(schema):
    while "$ref" in schema:
        target = SCHEMA
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def _objects(schema, path="config"):
    """Every object of the schema with its path, following references."""
    schema = _resolve(schema)
    for choice in [schema, *schema.get("oneOf", [])]:
        if choice.get("type") == "object" and "properties" in choice:
            yield path, choice
            for key, value in choice["properties"].items():
                yield from _objects(value, f"{path}.{key}")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _objects(schema["additionalProperties"], f"{path}.*")


def test_no_object_of_the_schema_takes_unknown_keys():
    objects = list(_objects(SCHEMA))
    assert len(objects) > 30
    assert [path for path, schema in objects if schema.get("additionalProperties", True) is True] == []


def test_every_key_of_the_schema_is_described():
    bare = [
        f"{path}.{key}"
        for path, schema in _objects(SCHEMA)
        for key, value in schema["properties"].items()
        if not _resolve(value).get("description")
    ]
    assert bare == []


def test_the_shipped_config_is_valid(config):
    checked_config.check(config)


def test_the_smallest_test_run_is_valid_when_laid_over_the_config(config):
    for key, value in yaml.safe_load((ROOT / "tests" / "config.yaml").read_text()).items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    checked_config.check(config)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("sedes",), [1], "config: .top level.: .*'sedes' was unexpected"),
        (
            ("corpora", "meld", "reading", "final_videos_test"),
            "both",
            "config: corpora.meld.reading.final_videos_test: .*plain",
        ),
        (("corpora", "iemocap", "split"), {"by": "session"}, "config: corpora.iemocap.split: "),
        (("synthetic", "clips", "meld", "sad"), -1, "config: synthetic.clips.meld.sad: .*minimum"),
        (("corpora", "mylab"), {"release": "x"}, "config: corpora.mylab: "),
        (("recipes", "paper", "training", "kernels"), [0], "config: recipes.paper.training.kernels.0: "),
        (("pairs",), ["iemocap-iemocap"], "config: pairs: 'iemocap-iemocap' must name two different corpora"),
        (("pairs",), ["iemocap-mylab"], "config: pairs: 'iemocap-mylab' must name two different corpora of iemocap"),
        (("methods",), ["dann2"], "config: methods: 'dann2' has no entry under method_settings"),
        (("method_settings", "amanda_p1", "settings", "surrogate"), {"family": "norm", "p": 0.5}, "surrogate.p: 0.5"),
        (
            ("method_settings", "amanda_t1", "settings", "surrogate"),
            {"family": "log_exp"},
            "surrogate: 't' is a required",
        ),
        (("recipes", "paper", "algorithms", "dann", "reversal"), {"kind": "fixed"}, "algorithms.dann.reversal: "),
        (("recipes", "paper", "algorithms", "daln", "discriminator"), [8], "daln: .*'discriminator' was unexpected"),
        (("method_settings", "in_domain"), {"algorithm": "dann", "label": "", "settings": {}}, "'in_domain'"),
        (("in_domain", "method"), "dan", "config: in_domain.method: 'dan' has no entry.* did you mean 'dann'"),
        (("in_domain", "targets"), ["mosie"], "config: in_domain.targets: 'mosie' is not a corpus.*mosei"),
        (("recipe_differences", "method"), "amanda", "config: methods: 'amanda' has no entry under method_settings"),
        (("figure2", "pairs"), ["meld-meld"], "config: figure2.pairs: 'meld-meld' must name two different corpora"),
        (("figure2", "methods"), ["dann"], "config: figure2.methods: 'dann' has no alignment losses"),
        (("figure2", "alpha2"), [0, 1], "config: figure2.alpha2.0: 0 is less"),
        (("figure3", "methods"), ["amanda_p3"], "config: figure3.methods: 'amanda_p3' has no entry"),
        (("synthetic", "lean", "text"), -0.1, "config: synthetic.lean.text: -0.1 is less"),
        (("synthetic", "shift", "audio"), 2, "config: synthetic.shift.audio: 2 is greater"),
    ],
)
def test_a_mistake_is_named_by_the_path_of_its_key(config, path, value, expected):
    broken = copy.deepcopy(config)
    place = broken
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(checked_config.ConfigError) as caught:
        checked_config.check(broken)
    assert re.search(expected, str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named(config):
    del config["recipes"]["paper"]["training"]["epochs"]
    with pytest.raises(checked_config.ConfigError, match=r"config: recipes.paper.training: 'epochs' is a required"):
        checked_config.check(config)


def test_pairs_by_name(config):
    assert len(checked_config.pairs(config | {"pairs": "paper"})) == 7
    every = checked_config.pairs(config | {"pairs": "all"})
    assert len(set(every)) == 12
    assert set(checked_config.PAPER_PAIRS) < set(every)
    assert checked_config.pairs(config | {"pairs": ["meld-mosei"]}) == ["meld-mosei"]


def test_the_numbers_that_the_paper_prints(config):
    """Section 4, "Implementation details"."""
    training = config["recipes"]["paper"]["training"]
    amanda = config["recipes"]["paper"]["algorithms"]["amanda"]
    assert (training["representation"], training["batch_size"]) == (128, 128)
    assert (training["learning_rate"], training["betas"], training["gamma"]) == (5e-4, [0.9, 0.999], 5e-4)
    assert (amanda["alpha1"], amanda["alpha2"]) == (0.08, 0.1)
    assert training["kernels"] == [3, 4, 5]  # "as (Zhao et al. 2021)", who have these
    assert (training["cross_entropy_weights"], training["entropy"]) == (
        {"unimodal": 1.0, "joint": 1.0},
        "gaussian_diagonal",
    )
    assert (amanda["aligned"], amanda["covariance"], amanda["prior"]) == ("representations", "centred", "source")
    assert len(config["seeds"]) == 3
    assert config["extraction"]["text"]["blocks"] == config["extraction"]["audio"]["blocks"] == [1, 7, 12]
    assert config["extraction"]["visual"]["frames"] == 64


def test_what_the_published_code_does(config):
    """The authors' commit d045491: the keys that the golden trajectories do not use; those hold the others."""
    training = config["recipes"]["published_code"]["training"]
    methods = config["recipes"]["published_code"]["algorithms"]
    assert training["schedule"] == {"kind": "linear_decay", "constant_epochs": 20, "decay_epochs": 80}
    assert (training["epochs"], training["batch_size"], training["initialisation"]) == (100, 128, "kaiming")
    assert (training["dropout_encoder"], training["dropout_head"]) == (0.5, 0.3)
    assert methods["source_only"]["cross_entropy_weights"] == {"unimodal": 0.0, "joint": 1.0}
    for name in ("dann", "cdan", "mada"):
        assert (methods[name]["discriminator"], methods[name]["leak_discriminator"]) == ([512, 256], 0.2)
        assert (methods[name]["target_share"], methods[name]["domain_surrogate"]) == (0.3, {"family": "norm", "p": 2})


@pytest.mark.parametrize(
    "split",
    [
        {"by": "official"},
        {"by": "session", "validation": ["4"], "test": ["5"]},
        {"by": "dialogue", "validation": 0.1, "test": ["Ses05F_impro01"]},
        {"named": "mmin", "fold": 3},
        {"by": "random", "together": "speaker", "seed": 0, "validation": 0.1, "test": 0.2},
        {"by": "stratified", "seed": 1, "validation": 0.1, "test": 0.2},
    ],
)
def test_splits_that_may_be_asked_for(config, split):
    config["corpora"]["iemocap"]["split"] = split
    checked_config.check(config)


def test_a_corpus_of_ones_own_is_one_entry(config):
    config["corpora"]["mylab"] = MYLAB | {"expected_counts": {"neutral": 1, "happy": 1, "sad": 1, "angry": 1}}
    config["pairs"] = ["iemocap-mylab", "mylab-meld"]
    checked_config.check(config)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"classes": ["joy", "fear"]},
            "corpora.iemocap.labels: 'neu' stands for 'neutral', and the classes are joy, fear",
        ),
        ({"classes": ["neutral", "happy", "sad", "status"]}, "classes: 'status' means something else in tables"),
        ({"classes": ["neutral", "happy", "sad", "angry", "fear"]}, ""),
    ],
)
def test_classes_are_what_words_can_stand_for(config, change, message):
    if message:
        with pytest.raises(checked_config.ConfigError, match=message):
            checked_config.check(config | change)
    else:
        checked_config.check(config | change)


def test_a_word_of_a_corpus_that_no_pair_has_may_stand_for_anything(config):
    config["classes"] = ["neutral", "joy"]
    config["corpora"]["mylab"] = MYLAB | {"labels": {"calm": "neutral"}}
    config["corpora"]["meld"]["labels"] = {"joy": "joy", "sadness": "other", "anger": "other"}
    config["pairs"] = ["mylab-meld"]
    checked_config.check(config)
    config["corpora"]["mylab"]["expected_counts"] = {"happy": 1}
    with pytest.raises(
        checked_config.ConfigError, match=r"mylab\.expected_counts: 'happy' is no class; the classes are"
    ):
        checked_config.check(config)


def test_a_prior_has_a_share_of_each_class(config):
    config["method_settings"]["amanda_p2"]["settings"]["prior"] = [0.5, 0.5]
    with pytest.raises(
        checked_config.ConfigError, match=r"amanda_p2\.settings\.prior: 2 shares for 4 classes; give a share"
    ):
        checked_config.check(config)
    config["method_settings"]["amanda_p2"]["settings"]["prior"] = [0.25] * 4
    checked_config.check(config)


def test_a_target_alone_may_be_without_a_split(config):
    config["corpora"]["meld"]["split"] = {"by": "none"}
    config["pairs"], config["in_domain"]["targets"] = ["iemocap-meld", "iemocap-mosei"], ["mosei"]
    checked_config.check(config)
    checked_config.check_ceilings(config, ["mosei"])
    told = "config: corpora.meld.split: there is none, but it is"
    with pytest.raises(checked_config.ConfigError, match=f"{told} trained on its own labels; leave it out"):
        checked_config.check_ceilings(config, ["mosei", "meld"])
    with pytest.raises(checked_config.ConfigError, match=f"{told} a source; draw one with by: stratified"):
        checked_config.check(config | {"pairs": ["meld-mosei"]})
