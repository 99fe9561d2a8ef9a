"""The table of the claims as a page to read: a verdict for each, then the numbers behind it."""

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
        table: of amanda.reporting.claims.table.
        distances: total variation between the label shares of source and target, by pair.
        settings: what was compared, and how.
    """
    parts = ["# What the paper claims, and what these runs say of it"]
    caution = warning(corpora_of(settings.pairs), settings, {})
    parts += [f"**{caution}**"] if caution else []
    parts.append(_conditions(settings))
    for name, claim in CLAIMS.items():
        rows = table[table["claim"] == name]
        parts += [f"## {claim.words}", f"> {claim.sentence}\n>\n> ({claim.place})"]
        parts.append(f"Quantity: {claim.quantity}. Advantage, positive where the claim holds: {claim.advantage}.")
        parts += list(_of_labels(rows, distances, settings)) if name == LABELS else []
        parts.append("\n".join(_lines(rows)))
    return "\n\n".join(parts) + "\n"


def _conditions(settings: ClaimsSettings) -> str:
    seeds = settings.seeds
    return (
        f"Runs of {len(seeds)} seeds ({', '.join(map(str, seeds))}), compared pair by pair and seed by seed. The"
        f" {1 - settings.alpha:.0%} interval is of the mean over pairs and seeds, by Student's t over the seeds."
        " A seed counts as one thing on all pairs. The clips are held fixed: it tells what other seeds would give on"
        " these clips, not what other clips would. The verdict follows from the interval alone:"
        f" *{SHOWN}* above 0, *{CONTRADICTED}* below 0, *{UNTOLD}* where it holds 0. Nothing is corrected for the"
        f" number of comparisons. Scores are at the epoch selected by {settings.selection}, without target labels;"
        f" distances are over all epochs. Recipe: {settings.recipe}."
    )


def _of_labels(rows: pd.DataFrame, distances: Mapping[str, float], settings: ClaimsSettings) -> Iterator[str]:
    """How far apart the label shares are, and whether the claim is about any of the pairs."""
    told = ", ".join(f"{distance:.3f} on {pair_name(pair)}" for pair, distance in distances.items())
    limit = settings.prior_distance
    yield f"Label shares agree where their total variation is below {limit:g} (page.prior_distance). It is {told}."
    if "claim" not in set(rows["role"]):
        yield "They agree on none of the pairs: nothing here is about the claim."


def _lines(rows: pd.DataFrame) -> Iterator[str]:
    """A line for each row; those that decide stand first and in bold."""
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
    """Three digits and a sign, which a zero has not; a dash for a number that there is not."""
    return "–" if math.isnan(value) else f"{value:+.3g}" if value else "0"
