"""Settings and histories from which figures are drawn, and the words of a figure."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from amanda.reporting.settings import Figure2Settings, Figure3Settings
from extractors.shared.settings import settings_of

ALPHA2 = (0.01, 0.1, 1.0)


BOTH = {
    "seeds": [0, 1],
    "recipe": "published_code",
    "releases": "synthetic",
    "twins": ["iemocap", "meld", "mosei", "msp_improv"],
    "missing_runs": "refuse",
    "labels": {"plain": "D.T.", "without": "A. w/o CA", "p1": "A-N(p = 1)", "p2": "A-N(p = 2)"},
}
SETTINGS = settings_of(
    Figure2Settings,
    BOTH
    | {
        "pairs": ["meld-mosei", "iemocap-mylab"],
        "points": [
            {"method": "plain", "alpha2": None, "variant": "plain"},
            {"method": "without", "alpha2": 0, "variant": "without"},
            *(
                {"method": name, "alpha2": value, "variant": f"{name}__{value}"}
                for name in ("p1", "p2")
                for value in ALPHA2
            ),
        ],
        "selection": "last_epoch",
        "split": "test",
    },
)
SETTINGS3 = settings_of(Figure3Settings, BOTH | {"pair": "meld-mosei", "methods": ["p1", "p2"]})


def history(text: float, audio: float, visual: float, joint: float | None, seeds: tuple[int, ...]) -> pd.DataFrame:
    """Two epochs: the given losses, then with the text's as large as the others together; seed 1 has 10 times these."""
    losses = {"alignment_text": text, "alignment_audio": audio, "alignment_visual": visual, "alignment_joint": joint}
    losses = {name: value for name, value in losses.items() if value is not None}
    rows = []
    for seed in seeds:
        for epoch in (1, 2):
            values = losses | ({"alignment_text": audio + visual} if epoch == 2 else {})
            values = {name: value * 10**seed for name, value in values.items()}
            values |= {"normalised_alignment_text": 9.0, "correlation_alignment": 9.0}
            rows += [{"seed": seed, "epoch": epoch, "name": name, "value": value} for name, value in values.items()]
    return pd.DataFrame(rows)


def words_of(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))
