"""What Table 1, the figures and the page say of the results."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from amanda.scoring.settings import Scoring
from amanda.shared.runs import Asked, MissingRuns, Names, Pair, RecipeName, Seeds
from amanda.shared.twins import Data
from amanda.statistics.settings import ComparisonSettings
from extractors.shared.settings import Settings, Share, Size, key


class Table1Settings(Settings):
    """How results are reported."""

    missing_runs: MissingRuns = key(
        "refuse: Table 1 and the figures ask for every run; name: they are made of the runs that are there, and name"
        " the others"
    )
    few_clips: Size = key("a target that is scored on fewer clips than this is named below Table 1", unit="clips")
    dead_fraction: float = key(
        "a corpus is named above Table 1 when a modality says nothing of a larger share of its clips: silent, an empty"
        " transcript, no face, the same features, or none",
        gt=0,
        le=1,
    )


class PageSettings(Settings):
    """What results/report.html says of the results."""

    figures: Literal["table1", "all"] = key(
        "table1: Figure 3, if the runs of Table 1 suffice for it; all: Figures 2 and 3, with the runs that they need"
    )
    contributions: bool = key(
        "whether the page shows what each modality contributes to the scores (results/contributions.csv): seconds per"
        " pair with the weights of Table 1's runs, where training keeps those of `selection`"
    )
    prior_distance: Share = key(
        "total variation of the label shares of a source and a target from which on the page warns that the paper's"
        " second assumption fails"
    )


class Ceiling(Settings):
    """What is trained on the labels of the target itself."""

    method: str = key("the method")
    targets: tuple[str, ...] = key("the targets")


class ReportSettings(ComparisonSettings, Table1Settings, Scoring):
    """What Table 1 and the capsule are made of."""

    corpora: dict[str, dict[str, JsonValue]] = key("how each corpus is read and split")
    labels: dict[str, str] = key("what each method is called")
    in_domain: Ceiling = key("the ceilings")


class WholePageSettings(ReportSettings):
    """What the page is made of."""

    prior_distance: Share = key("total variation of two label shares from which on the page warns")


class FigureSettings(Data):
    """What every figure is made of."""

    seeds: Seeds = key("the seeds of the runs")
    recipe: RecipeName = key("the recipe that the methods are trained with")
    missing_runs: MissingRuns = key("refuse: an error where a run is missing; name: the caption says so")
    labels: dict[str, str] = key("what each method is called")


class Point(Settings):
    """A method with one weight of correlation alignment."""

    method: str = key("the method")
    alpha2: float | None = key("the weight; null where the algorithm has none")
    variant: str = key("the name of its runs")


class Figure2Settings(Asked, FigureSettings, Scoring):
    """What Figure 2 is made of."""

    points: tuple[Point, ...] = key("the points, those of a curve side by side")


class Figure3Settings(FigureSettings):
    """What Figure 3 is made of."""

    pair: Pair = key("the pair")
    methods: Names = key("a column of panels each")
