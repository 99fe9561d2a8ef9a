"""The caption of a figure, made from the settings and the data."""

from __future__ import annotations

from collections.abc import Sequence

from amanda.shared.runs import seed_list
from amanda.shared.twins import Data, corpora_of, warning


def spread(seeds: Sequence[int]) -> str:
    """What curves and bands show, such as ``mean and standard deviation (n - 1) over n = 2 seeds (0, 1)``."""
    if len(seeds) == 1:
        return f"one run, {seed_list(seeds)}"
    return f"mean and standard deviation (n − 1) over n = {len(seeds)} seeds ({', '.join(map(str, seeds))})"


def caption(settings: Data, pairs: Sequence[str], *sentences: str) -> str:
    """The sentences as one paragraph, after a warning if data of the pairs are synthetic."""
    return " ".join(filter(None, [warning(corpora_of(pairs), settings, {}), *sentences]))
