"""The table of the claims as a page: a verdict for each claim, then its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from amanda.shared.names import pair_name
from amanda.shared.tables.words import ALL
from amanda.shared.twins import corpora_of, warning
from amanda.shared.wording import markdown_row
from amanda.statistics.claims.comparisons import CLAIMS, LABELS
from amanda.statistics.claims.interval import CONTRADICTED, SHOWN, UNTOLD
from amanda.statistics.claims.settings import ClaimsSettings

COLUMNS = ("Pairs", "Method", "Compared with", "alpha2", "Method's", "Other's", "Advantage", "Interval", "Verdict")


def claims_markdown(table: pd.DataFrame, distances: Mapping[str, float], settings: ClaimsSettings) -> str:
    """The page, in Markdown.

    Args:
        table: table of :func:`amanda.reporting.claims.table.claims_table`.
        distances: total variation between the label shares of source and target, by pair.
        settings: what was compared, and how.
    """
    parts = ["# What the paper claims, and what these runs show"]
    caution = warning(corpora_of(settings.pairs), settings, {})
    parts += [f"**{caution}**"] if caution else []
    parts.append(_conditions(settings))
    for name, claim in CLAIMS.items():
        rows = table[table["claim"] == name]
        parts += [f"## {claim.words}", f"> {claim.sentence}\n>\n> ({claim.place})"]
        parts.append(f"Quantity: {claim.quantity}. Advantage, positive if the claim holds: {claim.advantage}.")
        parts += list(_of_labels(rows, distances, settings)) if name == LABELS else []
        parts.append("\n".join(_lines(rows)))
    return "\n\n".join(parts) + "\n"


def _conditions(settings: ClaimsSettings) -> str:
    seeds = settings.seeds
    return (
        f"Runs of {len(seeds)} seeds ({', '.join(map(str, seeds))}), compared pair by pair and seed by seed. The"
        f" {1 - settings.alpha:.0%} interval is that of the mean over pairs and seeds, by Student's t over the"
        " seeds. The differences of a seed are averaged over the pairs first. The clips are held fixed: the interval"
        " says what other seeds would give on these clips, not what other clips would give. The verdict follows from"
        f" the interval alone: *{SHOWN}* above 0, *{CONTRADICTED}* below 0, *{UNTOLD}* if it contains 0. There is no"
        f" correction for the number of comparisons. Scores are at the epoch selected by {settings.selection},"
        " without target labels;"
        f" distances are over all epochs. Recipe: {settings.recipe}."
    )


def _of_labels(rows: pd.DataFrame, distances: Mapping[str, float], settings: ClaimsSettings) -> Iterator[str]:
    """The distances of the label shares, and whether the claim applies to any of the pairs."""
    told = ", ".join(f"{distance:.3f} on {pair_name(pair)}" for pair, distance in distances.items())
    limit = settings.prior_distance
    yield f"Label shares agree if their total variation is below {limit:g} (page.prior_distance). It is {told}."
    if "claim" not in set(rows["role"]):
        yield "They agree on none of the pairs, so these runs cannot test the claim."


def _lines(rows: pd.DataFrame) -> Iterator[str]:
    """A line for each row; those that decide come first and in bold."""
    yield markdown_row(COLUMNS)
    yield markdown_row(["---"] * 4 + ["---:"] * 3 + ["---"] * 2)
    decisive = rows["role"] == "claim"
    for _, row in pd.concat([rows[decisive], rows[~decisive]]).iterrows():
        pairs = pair_name(f"{row['source']}-{row['target']}") if row["source"] != ALL else f"mean of {row['n_pairs']}"
        differ = f" (label shares {row['label_shares']})" if row["source"] == ALL and row["label_shares"] else ""
        numbers = [f"{row[name]:.3g}" for name in ("value", "other_value")]
        numbers += [_signed(row["advantage"]), f"{_signed(row['low'])} to {_signed(row['high'])}"]
        word = f"**{row['verdict']}**" if row["role"] == "claim" else row["verdict"]
        yield markdown_row([pairs + differ, row["method"], row["other"], row["alpha2"], *numbers, word])


def _signed(value: float) -> str:
    """A number with three digits and a sign; a zero has no sign, and a missing number is a dash."""
    return "–" if math.isnan(value) else f"{value:+.3g}" if value else "0"
