"""The study that a config describes: its pairs, corpora and methods, and which releases are generated twins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from planning.config import modalities
from planning.config.check import CORPORA, ConfigError, ceilings, pairs
from planning.methods import Method, complete_settings, flips
from planning.outside import has_labels


# Two studies are never compared, and each is the key of digests that are computed once.
@dataclass(frozen=True, eq=False)
class Study:
    """A checked config, and values that follow from it.

    Attributes:
        config: the config, as :func:`planning.config.check.check` accepts it.
        root: the absolute path of the folder of this repository.
    """

    config: dict[str, Any]
    root: Path

    @property
    def results(self) -> str:
        """The folder of all results of this config; a named run has its own folder, so no run overwrites another.

        In the rules, this is ``<results>``, and ``<logs>`` is :attr:`logs`.
        """
        return f"runs/{self.config['run']}" if self.config["run"] else "results"

    @property
    def logs(self) -> str:
        """The folder of the logs of all steps."""
        return f"{self.results}/logs" if self.config["run"] else "logs"

    def placed(self, path: str) -> str:
        """A path of the rules as it is given to a program: with the names of the folders filled in."""
        return path.replace("<results>", self.results).replace("<logs>", self.logs)

    @property
    def synthetic(self) -> bool:
        """Whether generated twins replace the releases."""
        return self.config["releases"] == "synthetic"

    @property
    def refuses_missing_runs(self) -> bool:
        """Whether a table or figure needs every run, instead of only the existing ones."""
        return self.config["table1"]["missing_runs"] == "refuse"

    @property
    def trains_together(self) -> bool:
        """Whether one job trains, and one scores, all methods of Table 1 on a pair."""
        return self.config["methods_per_job"] == "all"

    @cached_property
    def pairs(self) -> list[str]:
        """The pairs of Table 1, as ``source-target``."""
        return pairs(self.config)

    @cached_property
    def corpora(self) -> list[str]:
        """The corpora of Table 1, sorted."""
        return corpora_of(self.pairs)

    @cached_property
    def ceilings(self) -> list[str]:
        """The targets of Table 1 that one method is also trained on with their own labels, sorted."""
        return [target for target in ceilings(self.config) if target not in self.unlabelled]

    @cached_property
    def unlabelled(self) -> list[str]:
        """The targets of Table 1 without any label, sorted."""
        targets = sorted({pair.split("-")[1] for pair in self.pairs})
        return [target for target in targets if self.is_unlabelled(target)]

    @cached_property
    def scored_pairs(self) -> list[str]:
        """The pairs of Table 1 whose target has labels."""
        return [pair for pair in self.pairs if pair.split("-")[1] not in self.unlabelled]

    def is_unlabelled(self, corpus: str) -> bool:
        """Whether a corpus is a user's own table without any label."""
        own = self.config["corpora"][corpus]
        if own["reading"].get("reader") != "custom":
            return False
        reading = json.dumps(own["reading"], sort_keys=True)
        return not has_labels(own["release"], reading, tuple(own["modalities"]))

    @cached_property
    def flips(self) -> dict[str, Method]:
        """The variants for the differences between the two recipes."""
        return flips(self.config)

    @cached_property
    def methods(self) -> dict[str, Method]:
        """Every method that the rule train_pair can train, by name."""
        return self.config["method_settings"] | self.flips

    @cached_property
    def table_methods(self) -> list[Method]:
        """The methods of Table 1."""
        return [self.methods[name] for name in self.config["methods"]]

    def modalities(self, source: str, target: str, methods: Iterable[str]) -> list[str]:
        """The modalities in which the clips of runs of some methods on a pair need features."""
        named = [self.methods[name] for name in methods]
        return modalities.of_clips(self.config, self.pairs, source, target, named)

    def modalities_of(self, corpus: str) -> list[str]:
        """The modalities of a corpus that Table 1 uses."""
        runs: list[tuple[str, list[str]]] = [(pair, []) for pair in self.pairs]
        runs += [(f"{target}-{target}", [self.config["in_domain"]["method"]]) for target in self.ceilings]
        used: set[str] = set()
        for pair, methods in runs:
            source, target = pair.split("-")
            if corpus in (source, target):
                used.update(self.modalities(source, target, methods))
        return [name for name in self.config["corpora"][corpus]["modalities"] if name in used]

    def settings(self, source: str, target: str, name: str, method: Method) -> dict[str, Any]:
        """Every setting of a method on a pair; ``modalities`` has only those of the pair.

        Args:
            source: a corpus.
            target: a corpus.
            name: the method's name in messages. A variant that compares recipes starts from the paper's recipe.
            method: its algorithm and settings.

        Raises:
            ConfigError: the pair does not have the modalities that the method needs.
        """
        recipe = "paper" if name in self.flips else self.config["recipe"]
        settings = complete_settings(self.config, recipe, method)
        shared = modalities.of_pair(self.config, self.pairs, source, target)
        if mistake := modalities.mistake(self.config, shared, source, target, settings, name):
            raise ConfigError(mistake)
        return settings | {"modalities": [each for each in settings["modalities"] if each in shared]}

    @cached_property
    def shards(self) -> list[str]:
        """The names of the shards of each corpus."""
        count = self.config["synthetic" if self.synthetic else "extraction"]["shards"]
        return [f"{k}-of-{count}" for k in range(1, count + 1)]

    def has_twin(self, corpus: str) -> bool:
        """Whether a generated twin replaces the release of a corpus."""
        return self.synthetic and corpus in CORPORA

    def releases_of(self, pairs: Iterable[str]) -> dict[str, Any]:
        """The data of some pairs: the kind of releases, and which corpora are generated twins."""
        twins = [corpus for corpus in corpora_of(pairs) if self.has_twin(corpus)]
        return {"releases": self.config["releases"], "twins": twins}

    def extraction(self, modality: str) -> dict[str, Any]:
        """All settings of the extraction of a modality; for twins, with their replacements."""
        replaced = self.config["synthetic"]["extraction"][modality] if self.synthetic else {}
        return self.config["extraction"][modality] | replaced


def corpora_of(pairs: Iterable[str]) -> list[str]:
    """The corpora of some pairs, sorted."""
    return sorted({corpus for pair in pairs for corpus in pair.split("-")})
