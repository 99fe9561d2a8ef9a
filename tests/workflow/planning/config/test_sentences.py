"""Every wrong value of the config gives one sentence that holds its path, what was found, and what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from helpers.places import ROOT
from jsonschema import Draft202012Validator
from planning.config import check as checked_config
from planning.config.sentences import sentence as first_sentence
from planning.config.sentences import shown

SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
SHIPPED["corpora"]["mylab"] = {
    "release": "data/mylab",
    "modalities": ["text", "audio"],
    "reading": {"reader": "custom", "table": "clips.csv", "extra_defects": "defects.tsv"},
    "labels": {"joy": "happy"},
    "split": {"by": "dialogue", "validation": 0.1, "test": ["d1"]},
    "expected_counts": "published",
}
SHIPPED["corpora"]["meld"]["split"] = {"named": "mmin", "fold": 1}
VALIDATOR = Draft202012Validator(yaml.safe_load(checked_config.SCHEMA.read_text(encoding="utf-8")))
WRONG = [
    "wrong word",
    "",
    -7,
    1_000_001.5,
    True,
    None,
    [],
    ["same", "same"],
    [-7],
    {},
    {"surely_unknown": 1},
    [[1]],
    [{}],
]
RIDDLES = ("given schemas", "is not of type", "does not match", "does not fit", "False schema", "Traceback")


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of everything in the config."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        if (key and isinstance(key, int)) or path[-1:] == ("modalities",):
            continue
        yield (*path, key)
        yield from places(below, (*path, key))


def with_value(path: tuple, value: Any) -> dict:
    config = json.loads(json.dumps(SHIPPED))  # a copy in which nothing is shared, as YAML's anchors do
    place = config
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return config


def sentence(config: dict) -> str:
    with pytest.raises(checked_config.ConfigError) as caught:
        checked_config.check(config)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize("section", SHIPPED)
def test_every_wrong_value_is_told_by_path_and_value_and_what_to_write(section):
    """Of one section at a time, as the whole schema takes long; of each list the first item."""
    alone = VALIDATOR.evolve(schema=VALIDATOR.schema | {"required": []})
    refused = 0
    for path in [(section,), *places(SHIPPED[section], (section,))]:
        for value in WRONG:
            changed = with_value(path, value)
            said = first_sentence(VALIDATOR.schema, alone.iter_errors({section: changed[section]}))
            if not said:
                continue
            refused += 1
            assert re.match(rf"config: {re.escape('.'.join(map(str, path)))}(\.[\w.]+)?: .+", said), (path, value, said)
            assert re.search(r"; write |; known are |; add |; leave one|cannot be a name", said), (path, value, said)
            within = value if isinstance(value, list) else [*value, *value.values()] if isinstance(value, dict) else []
            found = " is a required key and missing; add " in said or any(
                shown(one) in said for one in [value, *within]
            )
            assert found, (path, value, said)
            assert [riddle for riddle in RIDDLES if riddle in said] == [], (path, value, said)
    assert refused > 0


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            ("seeds",),
            3,
            "config: seeds: 3 is no list; write a list of whole numbers at least 0, each once, such as [0, 1] (",
        ),
        (
            ("corpora", "iemocap", "split"),
            {"by": "random"},
            "iemocap.split.by: 'random' is none of these; write one of official, session, speaker, dialogue",
        ),
        (
            ("corpora", "mylab", "split", "validation"),
            1,
            "config: corpora.mylab.split.validation: 1 is greater than or equal to the maximum of 1; "
            'write a list of texts in quotes, each once, such as ["01", "02"], or a number above 0 and below 1 (',
        ),
        (
            ("pairs",),
            "papers",
            "pairs: 'papers' is none of these; write one of paper, all, or a list of texts in quotes, each once, "
            "such as [iemocap-meld, meld-iemocap]; did you mean 'paper'? (",
        ),
        (("corpora", "My-Lab"), {}, "config: corpora: 'My-Lab' cannot be a name here, which is small letters"),
        (("corpora", "My-Lab"), {}, "write my_lab, say"),
        (("sedes",), [1], "config: (top level): the key 'sedes' was unexpected; known are run, releases, "),
        (("sedes",), [1], "; did you mean 'seeds'?"),
        (("corpora", "meld", "split"), {"by": "speaker"}, "corpora.meld.split: 'validation' is a required key"),
        (
            ("corpora", "meld", "split"),
            {"named": "mmin", "fold": "3"},
            "corpora.meld.split.fold: '3' is no whole number",
        ),
        (("corpora", "meld", "split"), {"by": "official", "test": ["x"]}, "split: the key 'test' was unexpected"),
        (("recipes", "paper", "training", "schedule"), {"kind": "cosine"}, "write one of constant, linear_decay"),
        (
            ("recipes", "paper", "algorithms", "dann", "reversal"),
            {"kind": "fixed", "slope": 3},
            "reversal: the key 'slope' was unexpected; known are kind, steps",
        ),
        (("method_settings", "dann", "settings"), {"surrogate": {"family": "norm", "p": "infinity"}}, "surrogate.p: "),
        (("recipes", "paper", "training", "clip_norm"), "none", "'none' is neither a number nor null"),
        (("extraction", "shards"), 2.5, "2.5 is no whole number; write a whole number at least 1"),
        (("seeds",), [0, 1, 0], "config: seeds: 0 stands in [0, 1, 0] twice; leave one of them"),
        (("pairs",), ["iemocap"], "config: pairs.0: 'iemocap' is no such name; write "),
        (("pairs",), ["iemocap-medl"], "did you mean 'meld'?"),
        (("methods",), ["dan"], "did you mean 'dann'?"),
        (("extraction", "text", "sha256"), "xyz", "extraction.text.sha256: 'xyz' "),
    ],
)
def test_what_people_really_type(path, value, expected):
    assert expected in sentence(with_value(path, value))


def test_only_some_of_the_config():
    assert "'releases' is a required key and missing; add releases: one of synthetic, licensed" in sentence(
        {key: value for key, value in SHIPPED.items() if key != "releases"}
    )


@pytest.mark.parametrize("name", ["all", "default", "My-Lab", "MyLab", "my-lab", "7up"])
def test_a_corpus_cannot_be_called_what_means_something_else(name):
    """``all`` stands for all pairs in tables, ``default`` for every other corpus in a policy, ``-`` parts a pair."""
    config = json.loads(json.dumps(SHIPPED))
    config["corpora"][name] = config["corpora"].pop("mylab")
    with pytest.raises(checked_config.ConfigError) as refused:
        checked_config.check(config)
    assert f"config: corpora: {name!r} cannot be a name here" in str(refused.value)
    assert "such as my_lab" in str(refused.value)


def test_the_classes_are_a_list_of_names() -> None:
    few = 'classes: ["neutral"] has too few items; write a list of at least 2 texts in quotes, at most 64, each once,'
    assert f"{few} such as [neutral, joy]" in told({"classes": ["neutral"]})
    assert "classes.0: 'Joy' is no such name; write" in told({"classes": ["Joy", "sad"]})


def told(changed: dict) -> str:
    """What is said of the shipped config with some keys changed."""
    schema = VALIDATOR.schema
    return first_sentence(schema, VALIDATOR.iter_errors(SHIPPED | changed))
