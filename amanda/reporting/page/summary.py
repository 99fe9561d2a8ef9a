"""The answer of the first screen as plain text, for a terminal."""

from __future__ import annotations

import textwrap

from amanda.reporting.page.gains import ALL, answer, gains
from amanda.reporting.page.parts import number
from amanda.reporting.page.results import Results
from amanda.reporting.page.shares import prior
from amanda.scoring.label_shift import total_variation
from amanda.shared.twins import SYNTHETIC, corpora_of, data_of
from amanda.shared.wording import counted

WIDTH = 100


def summary(results: Results) -> str:
    """The verdict, what the most gaining method does on pairs with equal and unequal label shares, what is noise."""
    found = answer(results)
    sentences = [f"Does adaptation help? {found.verdict} {found.reason}", *_groups(results), _beyond_noise(results)]
    if results.settings.releases == SYNTHETIC:
        data = data_of(corpora_of(results.settings.pairs), results.settings)
        sentences.append(f"{data}: this shows that the code works, and says nothing about emotion.")
    return "\n".join(textwrap.fill(sentence, WIDTH) for sentence in sentences) + "\n"


def _groups(results: Results) -> list[str]:
    """How the method that gains most on average does on the pairs whose label shares agree, and on the others."""
    found = gains(results.comparisons)
    single = found[found["source"] != ALL].dropna(subset="difference")
    if single.empty:
        return []
    name = single.groupby("method")["difference"].mean().idxmax()
    rows = single[single["method"] == name]
    limit = results.settings.prior_distance
    agree = [
        total_variation(prior(results.corpora, row.source), prior(results.corpora, row.target)) < limit
        for row in rows.itertuples()
    ]
    parts = [
        f"{_gained(part['difference'].mean())} on the {counted(len(part), 'pair')} whose label shares {verb}"
        for part, verb in ((rows[agree], "agree"), (rows[[not each for each in agree]], "differ"))
        if len(part)
    ]
    return [f"{results.label(name)} {' and '.join(parts)}, against no adaptation, in points of weighted F1 on average."]


def _gained(points: float) -> str:
    return f"{'gains' if points >= 0 else 'loses'} {number(abs(points), 1)}"


def _beyond_noise(results: Results) -> str:
    """How many differences to no adaptation on single pairs can be told from noise."""
    found, alpha = gains(results.comparisons), results.settings.alpha
    single = found[found["source"] != ALL]
    shown = single[single["p_holm"] < alpha]
    won = int((shown["difference"] > 0).sum())
    return (
        f"Of {counted(len(single), 'difference')} to no adaptation on single pairs, {won} are gains and"
        f" {len(shown) - won} are losses beyond noise (Holm’s p below {alpha:g}); the others are within it."
    )
