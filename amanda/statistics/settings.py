"""How methods are compared; docs/statistics.md has the formulas."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from amanda.shared.runs import RecipeName, Runs
from amanda.shared.twins import Data
from extractors.shared.settings import Settings, key

Probability = Annotated[float, Field(gt=0, lt=1)]


class StatisticsSettings(Settings):
    """How methods are compared; docs/statistics.md has the formulas."""

    alpha: Probability = key("two-sided level of intervals and tests")
    power: Probability = key("probability with which a difference that is called detectable is found")
    resamples: int = key("redraws of the clips", ge=100)
    bootstrap_seed: int = key("seed of the redraws", ge=0)


class ComparisonSettings(Runs, Data, StatisticsSettings):
    """What is compared, and how."""

    classes: tuple[str, ...] = key("the classes, in the order of all logits")
    unlabelled: tuple[str, ...] = key("the targets without labels")
    recipe: RecipeName = key("the recipe that the methods are trained with")
