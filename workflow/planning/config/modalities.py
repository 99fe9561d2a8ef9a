"""The modalities of the runs on a pair: those that both corpora have and that the methods use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from extractors.shared.clip import MODALITIES
from planning.methods import Method, complete_settings

PLAIN_SUM = {"family": "norm", "p": 1}
"""The plain sum. It is the only surrogate that accepts a single loss."""

BALANCES = ("surrogate", "domain_surrogate")
"""Settings that balance the losses of modalities."""


def of_method(config: Mapping[str, Any], method: Method) -> list[str]:
    """The modalities in a method's own settings, or else in those of the recipe."""
    return complete_settings(dict(config), config["recipe"], method)["modalities"]


def of_pair(config: Mapping[str, Any], pairs: Iterable[str], source: str, target: str) -> list[str]:
    """The modalities that both corpora have.

    A corpus with itself is the ceiling of a target. It has the modalities of all ``pairs`` with this target, so it
    needs no features that no row uses. If there is no such pair, it has all modalities of the corpus.
    """
    if source == target:
        sources = [pair.split("-")[0] for pair in pairs if pair.split("-")[1] == target]
        found = {name for each in sources for name in of_pair(config, (), each, target)}
        return [name for name in config["corpora"][target]["modalities"] if name in found or not sources]
    ours, theirs = (config["corpora"][corpus]["modalities"] for corpus in (source, target))
    return [name for name in ours if name in theirs]


def of_clips(
    config: Mapping[str, Any], pairs: Iterable[str], source: str, target: str, methods: Iterable[Method]
) -> list[str]:
    """The modalities in which every clip needs features: those of the pair that any row of Table 1 or a method uses.

    So all rows are trained and scored on the same clips, and unused features are not made.
    """
    rows = [config["method_settings"][name] for name in config["methods"]]
    wanted = {name for method in (*rows, *methods) for name in of_method(config, method)}
    shared = of_pair(config, pairs, source, target)
    return [name for name in MODALITIES if name in wanted and name in shared]


def mistake(
    config: Mapping[str, Any], shared: Iterable[str], source: str, target: str, settings: Mapping[str, Any], name: str
) -> str:
    """A sentence with the reason why a method cannot be trained on a pair; empty if it can.

    Args:
        config: the config.
        shared: the modalities of the pair.
        source: a corpus.
        target: a corpus.
        settings: every setting of the method.
        name: the method's name.
    """
    pair, shared = f"{source}-{target}", list(shared)
    if not shared:
        ours, theirs = (f"{corpus} has {_words(config, corpus)}" for corpus in (source, target))
        return f"config: {pair}: no modality in common ({ours}, {theirs}); name another pair"
    used = [each for each in settings["modalities"] if each in shared]
    if not used:
        named = ", ".join(settings["modalities"])
        return (
            f"config: {pair}: {name!r} names {named}, and the pair has {', '.join(shared)}; leave one of the two out,"
            " or give the method another of `modalities`"
        )
    balancing = [key for key in BALANCES if settings.get(key, PLAIN_SUM) != PLAIN_SUM]
    if len(used) == 1 and balancing:
        return (
            f"config: {pair}: {name!r} balances modalities, and has one here, {used[0]}; leave it out, or take the"
            f" plain sum, {balancing[0]}: {{family: norm, p: 1}}"
        )
    return ""


def first_mistake(config: dict[str, Any], pairs: Iterable[str], targets: Iterable[str]) -> str:
    """Why a row of Table 1, or the ceiling of one of ``targets``, cannot be trained; empty if all can."""
    pairs, ceiling = list(pairs), config["in_domain"]["method"]
    runs = [(*pair.split("-"), name) for pair in pairs for name in config["methods"]]
    runs += [(target, target, ceiling) for target in targets]
    for source, target, name in runs:
        settings = complete_settings(config, config["recipe"], config["method_settings"][name])
        shared = of_pair(config, pairs, source, target)
        if found := mistake(config, shared, source, target, settings, name):
            return found
    return ""


def _words(config: Mapping[str, Any], corpus: str) -> str:
    return ", ".join(config["corpora"][corpus]["modalities"])
