"""The effects on the beds as a page, and a sentence for each effect that is not as required."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from amanda.bed.settings import HELP, HURT, NOTHING, UNKNOWN
from amanda.shared.wording import markdown_row

COLUMNS = ("Bed", "Method", "Compared with", "Its F1", "The other's", "Effect", "Interval", "It must", "It does")

CAUTION = (
    "SYNTHETIC DATA: features drawn from a formula, without any clip. These numbers test the implementation by its"
    " effects. They say nothing about any corpus and must never be compared with numbers of the paper."
)


def page(table: pd.DataFrame) -> str:
    """The page, in Markdown; ``table`` is of :func:`amanda.bed.effects.effects_table`."""
    first = table.iloc[0]
    level = f"{100 * (1 - first['alpha']):.4g} %"
    conditions = (
        f"Scores are weighted F1 in percent on the target's test split, at the epoch of {first['selection']}. The"
        f" effect is the method's score minus the other's. Each of {first['n_seeds']} seeds draws new clips and trains"
        f" on them, so seeds are independent. The {level} interval is Student's t over them: a method helps if it lies"
        " above 0, hurts if it lies below, and does nothing if it lies within"
        f" ±{first['margin']:g} points. docs/known_answer.md describes each bed and the reliability of the test."
    )
    lines = "\n".join(
        [
            markdown_row(COLUMNS),
            markdown_row(["---"] * 3 + ["---:"] * 3 + ["---"] * 3),
            *map(markdown_row, _cells(table)),
        ]
    )
    return (
        "\n\n".join(
            ["# Known answers: does each method have the required effect?", f"**{CAUTION}**", conditions, lines]
        )
        + "\n"
    )


def failures(table: pd.DataFrame) -> list[str]:
    """A sentence for each bed whose effect is not as required."""
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
    """What the interval shows; an interval within the margin may also lie above or below 0."""
    sign = "helps" if low > 0 else "hurts" if high < 0 else ""
    small = f"within ±{margin:g}" if -margin < low and high < margin else ""
    return ", ".join(filter(None, (sign, small))) or "not told apart from 0"


def _interval(low: float, high: float) -> str:
    return f"{low:+.1f} to {high:+.1f}"
