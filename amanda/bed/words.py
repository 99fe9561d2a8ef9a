"""The effects on the beds as a page to read, and as a sentence for each that is not as it must be."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from amanda.bed.settings import HELP, HURT, NOTHING, UNKNOWN
from amanda.shared.wording import markdown_row

COLUMNS = ("Bed", "Method", "Compared with", "Its F1", "The other's", "Effect", "Interval", "It must", "It does")

CAUTION = (
    "SYNTHETIC DATA: features drawn from a formula, with no clip behind them. These numbers test the implementation by"
    " its effects; they say nothing about any corpus, and they are never to be set beside numbers of the paper."
)


def page(table: pd.DataFrame) -> str:
    """The page, in Markdown; ``table`` is of :func:`amanda.bed.effects.effects_table`."""
    first = table.iloc[0]
    level = f"{100 * (1 - first['alpha']):.4g} %"
    conditions = (
        f"Scores are weighted F1 in percent on the target's test split, at the epoch of {first['selection']}. The"
        f" effect is the method's score minus the other's. Each of {first['n_seeds']} seeds draws all clips anew and"
        f" trains on them, so that seeds are independent. The {level} interval is Student's t over them: a method helps"
        " where it lies above 0, hurts where it lies below, and does nothing where it lies within"
        f" ±{first['margin']:g} points. docs/known_answer.md says what each bed is, and how sure the test is."
    )
    lines = "\n".join(
        [
            markdown_row(COLUMNS),
            markdown_row(["---"] * 3 + ["---:"] * 3 + ["---"] * 3),
            *map(markdown_row, _cells(table)),
        ]
    )
    return (
        "\n\n".join(["# Known answers: does each method do what it must", f"**{CAUTION}**", conditions, lines]) + "\n"
    )


def failures(table: pd.DataFrame) -> list[str]:
    """A sentence for each bed whose effect is not as it must be."""
    return [
        f"bed {row.bed}: {row.method} against {row.against} must {_must(row.must, row.margin)}, and its effect is"
        f" {row.effect:+.1f} points ({_interval(row.low, row.high)})"
        for row in table[~table["as_it_must_be"]].itertuples()
    ]


def _cells(table: pd.DataFrame) -> Iterator[list[str]]:
    for row in table.itertuples():
        does = _does(row.low, row.high, row.margin)
        verdict = does if row.must == UNKNOWN else f"**{does}**" if row.as_it_must_be else f"**{does}: WRONG**"
        yield [
            row.bed,
            row.method,
            row.against,
            f"{row.value:.1f}",
            f"{row.against_value:.1f}",
            f"{row.effect:+.1f}",
            _interval(row.low, row.high),
            _must(row.must, row.margin),
            verdict,
        ]


def _must(must: str, margin: float) -> str:
    return {HELP: "help", HURT: "hurt", NOTHING: f"stay within ±{margin:g}", UNKNOWN: "–"}[must]


def _does(low: float, high: float, margin: float) -> str:
    """What the interval shows; one that lies within the margin may lie above or below 0 as well."""
    sign = "helps" if low > 0 else "hurts" if high < 0 else ""
    small = f"within ±{margin:g}" if -margin < low and high < margin else ""
    return ", ".join(filter(None, (sign, small))) or "not told apart from 0"


def _interval(low: float, high: float) -> str:
    return f"{low:+.1f} to {high:+.1f}"
