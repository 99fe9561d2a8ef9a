"""What the tests of several rooms share of significance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from amanda.statistics.settings import ComparisonSettings
from extractors.shared.clip import CLASSES
from extractors.shared.settings import settings_of

SETTINGS = settings_of(
    ComparisonSettings,
    {
        "classes": list(CLASSES),
        "unlabelled": [],
        "pairs": ["iemocap-meld", "mosei-meld"],
        "methods": ["one", "two", "three"],
        "seeds": [0, 1, 2],
        "selection": "last_epoch",
        "recipe": "paper",
        "releases": "synthetic",
        "twins": ["iemocap", "meld", "mosei", "msp_improv"],
        "missing_runs": "refuse",
        "alpha": 0.05,
        "power": 0.8,
        "resamples": 500,
        "bootstrap_seed": 0,
    },
)


SHARE = {"one": 0.3, "two": 0.6, "three": 0.6}
"""Of the clips that each method gets right."""


def predict(clips: int = 200, settings: ComparisonSettings = SETTINGS) -> pd.DataFrame:
    """Stored predictions of methods that get a known share right; ``three`` predicts what ``two`` does."""
    generator, parts, names = np.random.default_rng(0), [], np.array(CLASSES)
    for pair in settings.pairs:
        label = generator.integers(4, size=clips)
        for seed in settings.seeds:
            luck = generator.random(clips)
            for method in settings.methods:
                predicted = np.where(luck < SHARE[method], label, (label + 1) % 4)
                about = dict(zip(("source", "target"), pair.split("-"), strict=True))
                about |= {"method": method, "seed": seed, "selection": "last_epoch"}
                clip_ids = [f"clip{place}" for place in range(clips)]
                parts.append(
                    pd.DataFrame(about | {"clip_id": clip_ids, "label": names[label], "predicted": names[predicted]})
                )
    return pd.concat(parts, ignore_index=True)
