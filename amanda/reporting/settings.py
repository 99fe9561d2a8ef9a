"""What Table 1, the figures and the page say of the results."""

from __future__ import annotations

from typing import Literal

from extractors.shared.settings import Settings, Share, Size, key


class Table1Settings(Settings):
    """How results are reported."""

    missing_runs: Literal["refuse", "name"] = key(
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
