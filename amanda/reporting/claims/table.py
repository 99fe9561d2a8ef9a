"""The table of claims from scores and histories of runs: a row for each comparison over all pairs, and on each pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from amanda.shared.runs import absent_runs, seed_list
from amanda.shared.tables.words import ALL
from amanda.shared.twins import corpora_of, data_of
from amanda.statistics.balance import shares
from amanda.statistics.claims.comparisons import CLAIMS, LABELS, Comparison, Values, comparisons
from amanda.statistics.claims.interval import interval, verdict
from amanda.statistics.claims.settings import ClaimsSettings
from extractors.shared.program import UserError

AGREE, DIFFER = "agree", "differ"


def claims_table(
    scores: pd.DataFrame,
    histories: Mapping[tuple[str, str], pd.DataFrame],
    distances: Mapping[str, float],
    settings: ClaimsSettings,
) -> pd.DataFrame:
    """Compare the runs of each claim, pair by pair and seed by seed.

    Args:
        scores: ``weighted_f1`` in percent per source, target, method (the trained variant), seed and selection.
        histories: histories of amanda.train_pair, by pair and variant, for every variant in ``weighted``.
        distances: total variation between the label shares of source and target, by pair.
        settings: what is compared, and how.

    Returns:
        One row per comparison over all pairs (for label alignment: one over the pairs whose label shares agree, and one
        over the pairs whose label shares differ), and, if there are several pairs, one on each. ``role`` is ``claim``
        if a row decides a claim, else ``contrast`` (label shares differ), ``pair`` or ``alpha2`` (one of several).
        ``advantage`` is positive if the claim holds; ``low`` and ``high`` are the ends of its interval.
        ``prior_distance`` is the largest of the pairs.

    Raises:
        UserError: a run is missing.
    """
    values = scores_of_runs(scores, settings), distances_of_runs(histories, settings)
    rows = [row for each in comparisons(*values, settings) for row in _rows(each, distances, settings)]
    return pd.DataFrame(rows)


def scores_of_runs(scores: pd.DataFrame, settings: ClaimsSettings) -> Values:
    """Weighted F1 at the chosen epoch.

    Raises:
        UserError: a run is missing.
    """
    names = [name for each in settings.label_alignment for name in (each.variant, each.without)]
    names = list(dict.fromkeys([*names, *(each.variant for each in settings.weighted)]))
    absent = absent_runs(scores, settings.of_methods(names, "name"))
    if absent:
        (pair, name), seeds = next(iter(absent.items()))
        raise UserError(f"scores: no score of {name} on {pair}, {seed_list(seeds)}; train and score it first")
    used = scores[scores["selection"] == settings.selection]
    found = used.assign(pair=used["source"] + "-" + used["target"])
    found = found.set_index(["method", "pair", "seed"])["weighted_f1"].unstack()
    return {name: found.loc[name].loc[list(settings.pairs), list(settings.seeds)].to_numpy() for name in names}


def distances_of_runs(histories: Mapping[tuple[str, str], pd.DataFrame], settings: ClaimsSettings) -> Values:
    """Distance of the modalities' normalised alignment losses from 1/M, mean over epochs and modalities.

    Raises:
        UserError: a run is missing.
    """
    found = {key: shares(history, with_joint=False) for key, history in histories.items()}
    means = {key: table.groupby("seed")["distance"].mean() for key, table in found.items()}
    for (pair, name), of_seeds in means.items():
        if absent := [seed for seed in settings.seeds if seed not in of_seeds]:
            raise UserError(f"history of {name} on {pair}: no alignment losses of {seed_list(absent)}; train it first")
    names = [each.variant for each in settings.weighted]
    return {
        name: np.stack([means[pair, name].loc[list(settings.seeds)].to_numpy() for pair in settings.pairs])
        for name in names
    }


def _rows(each: Comparison, distances: Mapping[str, float], settings: ClaimsSettings) -> Iterator[dict[str, object]]:
    """Rows of one comparison: over pairs, then on each pair if it decides a claim and there are several pairs."""
    pairs = settings.pairs
    agree = [distances[pair] < settings.prior_distance for pair in pairs]
    groups = {"": np.arange(len(pairs))}
    if each.claim == LABELS:
        groups = {AGREE: np.flatnonzero(agree), DIFFER: np.flatnonzero(np.logical_not(agree))}
    for label_shares, places in groups.items():
        if len(places):
            role = "alpha2" if not each.decides else "contrast" if label_shares == DIFFER else "claim"
            about = {"claim": each.claim, "role": role, "label_shares": label_shares, "source": ALL, "target": ALL}
            yield about | _numbers(each, places, distances, settings)
    for place, pair in enumerate(pairs if each.decides and len(pairs) > 1 else ()):
        source, target = pair.split("-")
        about = {"claim": each.claim, "role": "pair", "label_shares": AGREE if agree[place] else DIFFER}
        about |= {"source": source, "target": target}
        yield about | _numbers(each, np.array([place]), distances, settings)


def _numbers(
    each: Comparison, places: np.ndarray, distances: Mapping[str, float], settings: ClaimsSettings
) -> dict[str, object]:
    """The estimate over some of the pairs, with a description. A seed's differences are averaged over pairs first."""
    low, high = interval(each.advantage[places].mean(axis=0), settings.alpha, CLAIMS[each.claim].largest)
    without = "the same with alpha1 = 0"
    return {
        "method": settings.labels[each.method],
        "other": without if each.claim == LABELS else settings.labels[each.other],
        "alpha2": ", ".join(f"{value:g}" for value in each.alpha2),
        "value": each.value[places].mean(),
        "other_value": each.other_value[places].mean(),
        "advantage": each.advantage[places].mean(),
        "low": low,
        "high": high,
        "verdict": verdict(low, high),
        "n_seeds": each.value.shape[1],
        "n_pairs": len(places),
        "prior_distance": max(distances[settings.pairs[place]] for place in places),
        "quantity": CLAIMS[each.claim].quantity,
        "advantage_is": CLAIMS[each.claim].advantage,
        "sentence": CLAIMS[each.claim].sentence,
        "place": CLAIMS[each.claim].place,
        "selection": settings.selection,
        "recipe": settings.recipe,
        "data": data_of(corpora_of(settings.pairs[place] for place in places), settings),
    }
