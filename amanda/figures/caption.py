"""What stands under a figure, made from the settings and the data."""

from __future__ import annotations

from collections.abc import Mapping

from amanda.runs import seed_list

SYNTHETIC = (
    "SYNTHETIC DATA: these numbers come from small generated twins of the releases. They show that the pipeline runs;"
    " they say nothing about the real corpora or the method."
)


def spread(settings: Mapping) -> str:
    """What curves and bands are of, such as ``mean and standard deviation (n - 1) over n = 2 seeds (0, 1)``."""
    seeds = settings["seeds"]
    if len(seeds) == 1:
        return f"one run, {seed_list(seeds)}"
    return f"mean and standard deviation (n − 1) over n = {len(seeds)} seeds ({', '.join(map(str, seeds))})"


def caption(settings: Mapping, *sentences: str) -> str:
    """The sentences, after the warning where the data is synthetic, as one paragraph."""
    warning = [SYNTHETIC] if settings["releases"] == "synthetic" else []
    return " ".join([*warning, *sentences])
