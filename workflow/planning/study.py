"""The study that a config describes: its pairs, corpora and methods, and which releases are generated twins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from planning.config.check import CORPORA, pairs
from planning.methods import Method, flips


# Two studies are never compared, and each is the key of digests that are computed once.
@dataclass(frozen=True, eq=False)
class Study:
    """A checked config, and what follows from it alone.

    Attributes:
        config: the config, as :func:`planning.config.check.check` accepts it.
        root: the absolute path of the folder of this repository.
    """

    config: dict[str, Any]
    root: Path

    @property
    def results(self) -> str:
        """The folder of all results of this config; a named run has one of its own, so that none overwrites another's.

        In the rules, this is ``<results>``, and ``<logs>`` is :attr:`logs`.
        """
        return f"runs/{self.config['run']}" if self.config["run"] else "results"

    @property
    def logs(self) -> str:
        """The folder of the logs of all steps."""
        return f"{self.results}/logs" if self.config["run"] else "logs"

    def placed(self, path: str) -> str:
        """A path of the rules as a program is told it: with the folders themselves."""
        return path.replace("<results>", self.results).replace("<logs>", self.logs)

    @property
    def synthetic(self) -> bool:
        """Whether generated twins stand for the releases."""
        return self.config["releases"] == "synthetic"

    @property
    def refuses_missing_runs(self) -> bool:
        """Whether a table or figure asks for every run, and not for those alone that are there."""
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
        wanted = self.config["in_domain"]["targets"]
        targets = sorted({pair.split("-")[1] for pair in self.pairs})
        return [target for target in targets if wanted == "all" or target in wanted]

    @cached_property
    def flips(self) -> dict[str, Method]:
        """The variants that tell the two recipes apart."""
        return flips(self.config)

    @cached_property
    def methods(self) -> dict[str, Method]:
        """Every method that the rule train_pair can train, by name."""
        return self.config["method_settings"] | self.flips

    @cached_property
    def table_methods(self) -> list[Method]:
        """The methods of Table 1."""
        return [self.methods[name] for name in self.config["methods"]]

    @cached_property
    def shards(self) -> list[str]:
        """The names of the shards that each corpus is extracted in."""
        count = self.config["synthetic" if self.synthetic else "extraction"]["shards"]
        return [f"{k}-of-{count}" for k in range(1, count + 1)]

    def has_twin(self, corpus: str) -> bool:
        """Whether a generated twin stands for the release of a corpus."""
        return self.synthetic and corpus in CORPORA

    def releases_of(self, pairs: Iterable[str]) -> dict[str, Any]:
        """What the data of some pairs is: the kind of releases, and which corpora are generated twins."""
        twins = [corpus for corpus in corpora_of(pairs) if self.has_twin(corpus)]
        return {"releases": self.config["releases"], "twins": twins}

    def extraction(self, modality: str) -> dict[str, Any]:
        """All settings of the extraction of a modality, with those of the twins in their place."""
        replaced = self.config["synthetic"]["extraction"][modality] if self.synthetic else {}
        return self.config["extraction"][modality] | replaced


def corpora_of(pairs: Iterable[str]) -> list[str]:
    """The corpora that some pairs are made of, sorted."""
    return sorted({corpus for pair in pairs for corpus in pair.split("-")})
