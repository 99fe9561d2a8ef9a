"""The shift of each pair: shares and distances at the chosen epochs, from runs that are made up."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers.changed import changed

from amanda.tabulate_shift import ShiftSettings, page, shift_table
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

SETTINGS = settings_of(
    ShiftSettings,
    {
        "classes": ["neutral", "happy", "sad", "angry"],
        "pairs": ["iemocap-meld"],
        "method": "direct_transfer",
        "label": "D.T.",
        "seeds": [0, 1],
        "selection": "last_epoch",
        "releases": "synthetic",
        "twins": ["iemocap", "meld"],
    },
)
LABEL = ["neutral", "happy", "sad", "angry"]
PAIR = {"source": "iemocap", "target": "meld", "method": "direct_transfer"}


def predictions() -> pd.DataFrame:
    """Seed 0 calls three of four clips happy and is right once; seed 1 calls half of them so; epochs differ."""
    runs = {(0, 2): ["happy", "happy", "happy", "angry"], (1, 3): ["happy", "happy", "sad", "angry"]}
    rows = [
        PAIR | {"seed": seed, "epoch": epoch, "selection": "last_epoch", "label": label, "predicted": predicted}
        for (seed, epoch), said in runs.items()
        for label, predicted in zip(LABEL, said, strict=True)
    ]
    other = [row | {"method": "dann", "predicted": "sad"} for row in rows]
    return pd.DataFrame([*rows, *other])


def histories() -> dict[tuple[str, str], pd.DataFrame]:
    """Distances grow by one tenth an epoch, and are ten times the seed apart."""
    names = {"a_distance_text": 0.0, "a_distance_audio": 0.2, "a_distance_visual": 0.4, "a_distance_joint": 1.0}
    rows = [
        {"seed": seed, "epoch": epoch, "name": name, "value": value + epoch / 10 + 10 * seed}
        for seed in (0, 1)
        for epoch in (1, 2, 3)
        for name, value in names.items()
    ]
    return {("iemocap-meld", "direct_transfer"): pd.DataFrame(rows)}


def test_shares_and_distances_are_those_of_the_chosen_epochs() -> None:
    row = shift_table(predictions(), histories(), SETTINGS).iloc[0]
    assert [row[f"predicted_{name}"] for name in LABEL] == [0, 5 / 8, 1 / 8, 2 / 8]
    assert [row[f"true_{name}"] for name in LABEL] == [1 / 4] * 4
    assert (row["leans_to"], row["lean"], row["moved"]) == ("happy", 3 / 8, 3 / 8)
    assert row["a_distance_text"] == pytest.approx((0.2 + 10.3) / 2)
    assert row["a_distance_joint"] == pytest.approx((1.2 + 11.3) / 2)


def test_the_page_says_what_it_is_of_and_that_it_is_synthetic() -> None:
    told = page(shift_table(predictions(), histories(), SETTINGS), SETTINGS)
    assert "SYNTHETIC DATA" in told
    assert "| 0 (25) | 62 (25) | 12 (25) | 25 (25) | happy (+38) |" in told
    assert "Of D.T., means over 2 seeds" in told
    licensed = changed(SETTINGS, releases="licensed", twins=[])
    assert "SYNTHETIC" not in page(shift_table(predictions(), histories(), licensed), licensed)


def test_a_missing_seed_is_refused() -> None:
    with pytest.raises(UserError, match="direct_transfer on iemocap-meld lacks a run; train seeds 2"):
        shift_table(predictions(), histories(), changed(SETTINGS, seeds=[0, 1, 2]))
