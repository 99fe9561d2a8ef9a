"""Check config.yaml against its schema; a message names the path of the wrong key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from math import isclose
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from amanda.shared.paper import CORPORA
from planning.config.classes import first_class_mistake
from planning.config.files import LOADER
from planning.config.guesses import first_guess
from planning.config.modalities import first_mistake
from planning.config.renamed import first_old_word
from planning.config.sentences import close, sentence
from planning.config.words import SchemaWords

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "config.schema.yaml"
PAPER_PAIRS = (
    "iemocap-msp_improv",
    "iemocap-mosei",
    "meld-iemocap",
    "meld-msp_improv",
    "mosei-iemocap",
    "mosei-msp_improv",
    "msp_improv-iemocap",
)
"""The source-target pairs of Table 1, in its order."""


class ConfigError(Exception):
    """The configuration has a mistake; the message names the key's path and the valid values."""


def check(config: dict[str, Any], files: Iterable[str | Path] = ()) -> None:
    """Raise :class:`ConfigError` for the first mistake in ``config``, which was read from ``files``."""
    schema = yaml.load(SCHEMA.read_text(encoding="utf-8"), Loader=LOADER)
    errors = list(Draft202012Validator(schema).iter_errors(config))
    mistake = first_old_word(config) or first_guess(config, errors, files) or sentence(schema, errors)
    if mistake:
        raise ConfigError(mistake)
    figure2, figure3 = config["figure2"], config["figure3"]
    _check_pairs(config, "pairs", config["pairs"] if isinstance(config["pairs"], list) else [])
    if mistake := first_class_mistake(config, sorted({corpus for pair in pairs(config) for corpus in pair.split("-")})):
        raise ConfigError(mistake)
    _check_pairs(config, "recipe_differences.pairs", config["recipe_differences"]["pairs"])
    _check_pairs(config, "figure2.pairs", figure2["pairs"])
    _check_pairs(config, "figure3.pair", [figure3["pair"]])
    _check_methods(config, "methods", [*config["methods"], config["recipe_differences"]["method"]])
    _check_methods(config, "figure2.references", figure2["references"])
    _check_methods(config, "in_domain.method", [config["in_domain"]["method"]])
    _check_targets(config, "in_domain.targets", config["in_domain"]["targets"])
    _check_splits(config)
    for key, figure in (("figure2.methods", figure2), ("figure3.methods", figure3)):
        _check_alignment(config, key, figure["methods"])
    without = config["without_source"]
    _check_pairs(config, "without_source.pairs", without["pairs"])
    _check_methods(config, "without_source", [without["method"], without["source_present"]])
    _check_claims(config, config["claims"])
    _check_settings(config, SchemaWords(schema))
    _check_beds(config["method_settings"], config["known_answer"])
    if mistake := first_mistake(config, pairs(config), []):
        raise ConfigError(mistake)


def _check_pairs(config: dict[str, Any], key: str, named: list[str]) -> None:
    for pair in named:
        source, target = pair.split("-")
        if source == target or not {source, target} <= config["corpora"].keys():
            unknown = [corpus for corpus in (source, target) if corpus not in config["corpora"]]
            raise ConfigError(
                f"config: {key}: {pair!r} must name two different corpora of {', '.join(config['corpora'])}"
                f"{close(unknown[0], config['corpora']) if unknown else ''}"
            )


def _check_targets(config: dict[str, Any], key: str, named: str | list[str]) -> None:
    targets = sorted({pair.split("-")[1] for pair in pairs(config)})
    unknown = [] if named == "all" else [corpus for corpus in named if corpus not in config["corpora"]]
    if unknown:
        raise ConfigError(
            f"config: {key}: {unknown[0]!r} is not a corpus; the targets of `pairs` are {', '.join(targets)}"
            f"{close(unknown[0], targets)}"
        )


def _check_splits(config: dict[str, Any]) -> None:
    """A source needs a split; a target alone does not."""
    for corpus in (pair.split("-")[0] for pair in pairs(config)):
        if config["corpora"][corpus]["split"].get("by") == "none":
            raise ConfigError(
                f"config: corpora.{corpus}.split: there is none, but it is a source; draw one with by: stratified"
            )


def check_ceilings(config: dict[str, Any], targets: Sequence[str]) -> None:
    """Refuse a target that cannot be trained on its own labels.

    Args:
        config: the checked config.
        targets: the targets with labels that are trained on them.

    Raises:
        ConfigError: a target has no split, or not the modalities of the method.
    """
    for corpus in targets:
        if config["corpora"][corpus]["split"].get("by") == "none":
            raise ConfigError(
                f"config: corpora.{corpus}.split: there is none, but it is trained on its own labels; leave it out of"
                " in_domain.targets"
            )
    if mistake := first_mistake(config, pairs(config), targets):
        raise ConfigError(mistake)


def _check_methods(config: dict[str, Any], key: str, named: list[str]) -> None:
    unknown = [method for method in named if method not in config["method_settings"]]
    if unknown:
        raise ConfigError(
            f"config: {key}: {unknown[0]!r} has no entry under method_settings; "
            f"known are {', '.join(config['method_settings'])}{close(unknown[0], config['method_settings'])}"
        )


def _check_alignment(config: dict[str, Any], key: str, named: list[str]) -> None:
    _check_methods(config, key, named)
    without = [name for name in named if config["method_settings"][name]["algorithm"] != "amanda"]
    if without:
        raise ConfigError(f"config: {key}: {without[0]!r} has no alignment losses; name methods of algorithm amanda")


def _check_settings(config: dict[str, Any], words: SchemaWords) -> None:
    """Every method has each setting of its algorithm, with either recipe, and none of another algorithm."""
    for name, method in config["method_settings"].items():
        for recipe, chosen in config["recipes"].items():
            algorithm, own = method["algorithm"], method["settings"]
            known = words.at(("recipes", recipe, "algorithms", algorithm))["properties"]
            if other := [key for key in own if key not in known]:
                raise ConfigError(
                    f"config: method_settings.{name}.settings: {other[0]!r} is not a setting of {algorithm}; its"
                    f" settings are {', '.join(known)}{close(other[0], known)}"
                )
            complete = chosen["training"] | chosen["algorithms"].get(algorithm, {}) | own
            if missing := [key for key in known if key not in complete]:
                raise ConfigError(
                    f"config: method_settings.{name}: {missing[0]!r} of {algorithm} is missing; add it to the method's"
                    f" settings or to recipes.{recipe}.algorithms.{algorithm}, {missing[0]}:"
                    f" {words.allowed(known[missing[0]])}"
                )


def _check_claims(config: dict[str, Any], wanted: dict[str, Any]) -> None:
    _check_pairs(config, "claims.pairs", wanted["pairs"])
    for key, named in wanted.items():
        if key in ("label_alignment", "imbalanced", "balanced"):
            _check_alignment(config, f"claims.{key}", [named] if isinstance(named, str) else named)
    place, least = "claims.large_alpha2", min(wanted["large_alpha2"])
    if config["releases"] == "synthetic" and "large_alpha2" in config["synthetic"]["claims"]:
        place, least = f"synthetic.{place}", min(config["synthetic"]["claims"]["large_alpha2"])
    for name in (wanted["imbalanced"], *wanted["balanced"]):
        row = config["recipes"][config["recipe"]]["algorithms"]["amanda"] | config["method_settings"][name]["settings"]
        if least <= row["alpha2"]:
            raise ConfigError(f"config: {place}: {least} must be larger than the alpha2 of {name}, {row['alpha2']}")


def _check_beds(rows: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Check the names in the beds with a known answer, given the rows of ``method_settings``."""
    twice = sorted(rows.keys() & wanted["methods"].keys())
    if twice:
        raise ConfigError(
            f"config: known_answer.methods: {twice[0]!r} is also a name under method_settings; give it another name"
        )
    for name, corpus in ({"formula": {}} | wanted["corpora"]).items():
        total = sum((wanted["formula"] | corpus)["shares"].values())
        if not isclose(total, 1, abs_tol=1e-6):
            place = "formula" if name == "formula" else f"corpora.{name}"
            raise ConfigError(f"config: known_answer.{place}.shares: they add up to {total:g}; make it 1")
    for name, bed in wanted["beds"].items():
        for keys, known in (
            (("source", "target"), wanted["corpora"]),
            (("method", "against"), wanted["methods"] | rows),
        ):
            for key in keys:
                if bed[key] not in known:
                    raise ConfigError(
                        f"config: known_answer.beds.{name}.{key}: {bed[key]!r} is unknown; known are"
                        f" {', '.join(known)}{close(bed[key], known)}"
                    )
            if len({bed[key] for key in keys}) == 1:
                raise ConfigError(f"config: known_answer.beds.{name}: {' and '.join(keys)} must be two different names")
    unknown = [name for name in wanted["controls"]["beds"] if name not in wanted["beds"]]
    if unknown:
        raise ConfigError(
            f"config: known_answer.controls.beds: {unknown[0]!r} is unknown; known are {', '.join(wanted['beds'])}"
            f"{close(unknown[0], wanted['beds'])}"
        )


def ceilings(config: dict[str, Any]) -> list[str]:
    """The targets of Table 1 that one method is also trained on with their own labels, sorted."""
    wanted = config["in_domain"]["targets"]
    targets = sorted({pair.split("-")[1] for pair in pairs(config)})
    return [target for target in targets if wanted == "all" or target in wanted]


def pairs(config: dict[str, Any]) -> list[str]:
    """The source-target pairs to train, as ``source-target``: the paper's seven, all twelve, or the list given."""
    if config["pairs"] == "paper":
        return list(PAPER_PAIRS)
    if config["pairs"] == "all":
        return ["-".join(pair) for pair in permutations(CORPORA, 2)]
    return list(config["pairs"])
