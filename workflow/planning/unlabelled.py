"""Corpora without labels: they can be targets, and are refused for everything that needs a label."""

from __future__ import annotations

from typing import Any

from planning.config.check import ConfigError, check_ceilings
from planning.study import Study

SCORED = ("recipe_differences", "figure2", "claims", "without_source")
"""Sections whose pairs are compared by scores."""


def check(study: Study) -> None:
    """Refuse a config that needs labels of a corpus without labels, before anything is read.

    Raises:
        ConfigError: a key needs such labels; the message names the first one.
    """
    config = study.config
    _check_pairs(study, "pairs", study.pairs, scored=False)
    _check_pairs(study, "figure3.pair", [config["figure3"]["pair"]], scored=False)
    for section in SCORED:
        _check_pairs(study, f"{section}.pairs", config[section]["pairs"], scored=True)
    wanted: Any = config["in_domain"]["targets"]
    for corpus in wanted if isinstance(wanted, list) else ():
        if study.is_unlabelled(corpus):
            raise ConfigError(
                f"config: in_domain.targets: {corpus!r} has no labels, and its ceiling is trained on them; take it out"
            )
    check_ceilings(config, study.ceilings)


def _check_pairs(study: Study, key: str, pairs: list[str], scored: bool) -> None:
    for pair in pairs:
        source, target = pair.split("-")
        if study.is_unlabelled(source):
            raise ConfigError(
                f"config: {key}: {pair!r}: no clip of {source} has a label, and a source is trained on its labels; fill"
                f" the column label of its table, or let {source} be a target"
            )
        if scored and study.is_unlabelled(target):
            raise ConfigError(
                f"config: {key}: {pair!r}: no clip of {target} has a label, and here methods are compared by scores;"
                " name pairs whose targets have labels"
            )
