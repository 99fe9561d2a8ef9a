"""Runs of one method without adaptation -> distances of each pair's domains, and the class that they lean to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from amanda.shared.names import short_pair_name
from amanda.shared.runs import Asked
from amanda.shared.tables.history import read_histories
from amanda.shared.tables.scores import CHOSEN
from amanda.shared.twins import Data, corpora_of, data_of, warning
from amanda.shared.wording import markdown_row, settled
from extractors.shared.clip import MODALITIES
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run
from extractors.shared.settings import key, read_settings

DISTANCES = [f"a_distance_{name}" for name in (*MODALITIES, "joint")]
"""Values of the history: the proxy A-distance of each representation between the train clips of both domains."""


class ShiftSettings(Asked, Data):
    """Which runs are shown."""

    classes: tuple[str, ...] = key("the classes")
    method: str = key("the method, which does not adapt")
    label: str = key("what it is called")


def shift_table(
    predictions: pd.DataFrame, histories: Mapping[tuple[str, str], pd.DataFrame], settings: ShiftSettings
) -> pd.DataFrame:
    """One row per pair, with means over seeds at the chosen epochs.

    Args:
        predictions: of amanda.score_pair.
        histories: of amanda.train_pair, by pair and method.
        settings: which runs are shown.

    Returns:
        ``a_distance_*`` of each representation (0 equal, 2 separate), and ``true_*`` and ``predicted_*`` shares of each
        class among the scored clips. ``leans_to`` is the class with the largest excess of predictions over its share,
        and ``lean`` is that excess. ``moved`` is the total variation between predicted and true shares.

    Raises:
        UserError: a run is missing.
    """
    return pd.DataFrame(_row(pair, predictions, histories, settings) for pair in settings.pairs)


def _row(
    pair: str, predictions: pd.DataFrame, histories: Mapping[tuple[str, str], pd.DataFrame], settings: ShiftSettings
) -> dict[str, object]:
    (source, target), method = pair.split("-"), settings.method
    of_pair = predictions[(predictions["source"] == source) & (predictions["target"] == target)]
    chosen = of_pair[
        (of_pair["method"] == method)
        & (of_pair["selection"] == settings.selection)
        & of_pair["seed"].isin(settings.seeds)
    ]
    absent = set(settings.seeds) - set(chosen["seed"])
    if absent or (pair, method) not in histories:
        seeds = ", ".join(map(str, sorted(absent)))
        raise UserError(f"predictions: {method} on {pair} lacks a run; train seeds {seeds}")
    epochs = chosen[["seed", "epoch"]].drop_duplicates()
    values = histories[pair, method].merge(epochs, on=["seed", "epoch"]).groupby("name")["value"].mean()
    classes = settings.classes
    true, predicted = (
        chosen[column].value_counts(normalize=True).reindex(classes, fill_value=0) for column in ("label", "predicted")
    )
    beyond = predicted - true
    return {
        "source": source,
        "target": target,
        "method": method,
        **{name: values.get(name) for name in DISTANCES},
        **{f"true_{name}": true[name] for name in classes},
        **{f"predicted_{name}": predicted[name] for name in classes},
        "leans_to": beyond.idxmax(),
        "lean": beyond.max(),
        "moved": beyond.abs().sum() / 2,
        "selection": settings.selection,
        "data": data_of((source, target), settings),
    }


def page(table: pd.DataFrame, settings: ShiftSettings) -> str:
    """The table in Markdown, under the warning where data is synthetic."""
    return "\n".join(_lines(table, settings)) + "\n"


def _lines(table: pd.DataFrame, settings: ShiftSettings) -> Iterator[str]:
    yield "# How the domains of each pair differ\n"
    if told := warning(corpora_of(settings.pairs), settings, {}):
        yield f"**{told}**\n"
    heads = ["Pair", *(f"A {name}" for name in (*MODALITIES, "joint")), *settings.classes, "leans to"]
    yield markdown_row(heads)
    yield f"| --- |{' ---: |' * (len(heads) - 2)} --- |"
    for _, row in table.iterrows():
        distances = ["–" if pd.isna(row[name]) else f"{row[name]:.2f}" for name in DISTANCES]
        shares = [
            f"{100 * row[f'predicted_{name}']:.0f} ({100 * row[f'true_{name}']:.0f})" for name in settings.classes
        ]
        leans = f"{row['leans_to']} (+{100 * row['lean']:.0f})"
        yield markdown_row([short_pair_name(f"{row.source}-{row.target}"), *distances, *shares, leans])
    yield (
        f"\nOf {settings.label}, means over {len(settings.seeds)} seeds. A is the proxy A-distance between the"
        " representations of both train splits, 0 alike and 2 apart. Beside it the share of the scored clips that each"
        " class is predicted for, in percent, and in brackets its true share."
    )


def main() -> None:
    """Read the runs of every pair and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", required=True, nargs="+", type=Path, help="chosen ones, of amanda.score_pair")
    parser.add_argument("--histories", required=True, nargs="+", type=Path, help="of amanda.train_pair")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(ShiftSettings.model_fields)}")
    parser.add_argument("--table", required=True, type=Path, help="output: a row per pair (CSV)")
    parser.add_argument("--page", required=True, type=Path, help="output: the same to read (Markdown)")
    flags = parser.parse_args()
    settings = read_settings(ShiftSettings, flags.settings)
    predictions = CHOSEN.read_all(flags.predictions, settings.selection)
    table = settled(shift_table(predictions, read_histories(flags.histories), settings), 4)
    with atomic_file(flags.table) as temporary:
        table.to_csv(temporary, index=False)
    with atomic_file(flags.page) as temporary:
        temporary.write_text(page(table, settings), encoding="utf-8")


if __name__ == "__main__":
    run(main)
