"""How methods are compared; docs/statistics.md has the formulas."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from extractors.shared.settings import Settings, key

Probability = Annotated[float, Field(gt=0, lt=1)]


class StatisticsSettings(Settings):
    """How methods are compared; docs/statistics.md has the formulas."""

    alpha: Probability = key("two-sided level of intervals and tests")
    power: Probability = key("probability of finding a difference that is called detectable")
    resamples: int = key("number of bootstrap samples of the clips", ge=100)
    bootstrap_seed: int = key("seed of the bootstrap", ge=0)
