"""The classes of a config: mistakes in their names, in the classes of words, and in the shares of classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.shared.answers import NOT_CLASSES
from planning.config.sentences import close

OTHER = "other"
"""The value in `labels` of a word whose clips are left out."""


def first_class_mistake(config: dict[str, Any], corpora: list[str]) -> str:
    """One sentence about the first mistake; empty if there is none.

    Args:
        config: a config that the schema accepts.
        corpora: the corpora of Table 1; the words of any other corpus are checked when that corpus is read.
    """
    return next(_mistakes(config, corpora), "")


def _mistakes(config: dict[str, Any], corpora: list[str]) -> Iterator[str]:
    classes = config["classes"]
    told = f"the classes are {', '.join(classes)}"
    for name in classes:
        if name in NOT_CLASSES:
            yield f"config: classes: {name!r} means something else in tables; give this class another name"
    for corpus in corpora:
        for word, name in config["corpora"].get(corpus, {}).get("labels", {}).items():
            if name not in (*classes, OTHER):
                yield (
                    f"config: corpora.{corpus}.labels: {word!r} stands for {name!r}, and {told}; write one of these, or"
                    f" {OTHER} to leave its clips out{close(name, classes)}"
                )
    for corpus, own in config["corpora"].items():
        for name in own["expected_counts"] if isinstance(own["expected_counts"], dict) else ():
            if name not in classes:
                yield f"config: corpora.{corpus}.expected_counts: {name!r} is no class; {told}{close(name, classes)}"
    for place, prior in _priors(config):
        if isinstance(prior, list) and len(prior) != len(classes):
            yield (
                f"config: {place}: {len(prior)} shares for {len(classes)} classes; give a share of each, in"
                f" the order of {', '.join(classes)}"
            )


def _priors(config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every label distribution that is given to a method of the chosen recipe, with the path of its key."""
    recipe = config["recipe"]
    for algorithm, settings in config["recipes"][recipe]["algorithms"].items():
        yield f"recipes.{recipe}.algorithms.{algorithm}.prior", settings.get("prior")
    for name, method in config["method_settings"].items():
        yield f"method_settings.{name}.settings.prior", method["settings"].get("prior")
    for section in ("training", "published_code"):
        yield f"synthetic.{section}.prior", config["synthetic"][section].get("prior")
