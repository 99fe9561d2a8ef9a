"""Settings of Table 1, the figures and the page."""

from __future__ import annotations

from typing import Literal

from extractors.shared.settings import Settings, Share, Size, key


class Table1Settings(Settings):
    """How Table 1 is made, and its warnings."""

    missing_runs: Literal["refuse", "name"] = key(
        "refuse: Table 1 and the figures need every run; name: they use the finished runs, and name the missing ones"
    )
    few_clips: Size = key("a note below Table 1 names each target that is scored on fewer clips", unit="clips")
    dead_fraction: float = key(
        "a note above Table 1 names a corpus if a modality has no information in a larger share of its clips: silence,"
        " an empty transcript, no face, the same features for every clip, or no features",
        gt=0,
        le=1,
    )


class PageSettings(Settings):
    """Optional parts and warnings of results/report.html."""

    figures: Literal["table1", "all"] = key(
        "table1: Figure 3, if the runs of Table 1 suffice for it; all: Figures 2 and 3, with the runs that they need"
    )
    contributions: bool = key(
        "whether the page shows what each modality contributes to the scores (results/contributions.csv). It takes"
        " seconds per pair, with the weights of Table 1's runs, if training keeps the weights of `selection`"
    )
    prior_distance: Share = key(
        "the page warns that the paper's second assumption fails if the label shares of source and target differ by"
        " this or more (total variation)"
    )
