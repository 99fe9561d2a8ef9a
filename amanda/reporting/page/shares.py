"""Label shares of the corpora, their distance between source and target, and its estimate from predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from amanda.reporting.page.bars import stacked_bars
from amanda.reporting.page.parts import (
    OfPair,
    Section,
    Source,
    Table,
    long_heading,
    mean_and_spread,
    number,
)
from amanda.reporting.page.results import Results
from amanda.scoring.label_shift import SOURCE, total_variation
from amanda.shared.names import corpus_name, pair_name
from amanda.shared.tables.scores import PREDICTED, SHARES, UNEXPLAINED
from amanda.shared.tables.table import per_class
from extractors.shared.clip import NO_LABEL, PARTS


def shares_section(results: Results) -> Section:
    """Counts per corpus and split, and the paper's second assumption, pair by pair."""
    bars = _bars(results)
    view = {
        "bars": stacked_bars("shares", "Label shares of the train splits", bars, results.settings.classes),
        "counts": _counts(results.corpora),
        "pairs": [OfPair(pair, _estimates(results, pair)) for pair in results.settings.pairs],
    }
    sources = [
        Source([results.paths["corpora"]], "python -m extractors.count_corpora"),
        Source(results.paths["scores"], "python -m amanda.score_pair"),
    ]
    return Section("shares", "Are the classes balanced alike?", view | _assumption(results), sources)


def counts_of(corpora: pd.DataFrame, corpus: str, split: str) -> np.ndarray:
    """Usable clips with a label per class, [classes]; the rows of a corpus are in the order of the classes."""
    return corpora.loc[(corpora["corpus"] == corpus) & (corpora["label"] != NO_LABEL), split].to_numpy(float)


def prior(corpora: pd.DataFrame, corpus: str) -> np.ndarray:
    """Label shares of a corpus's train split, [classes]."""
    counts = counts_of(corpora, corpus, "train")
    return counts / max(counts.sum(), 1)


def _bars(results: Results) -> list[tuple[str, np.ndarray]]:
    corpora = [name for name in results.corpora["corpus"].unique() if name not in results.settings.unlabelled]
    return [(corpus_name(corpus), prior(results.corpora, corpus)) for corpus in corpora]


def _counts(corpora: pd.DataFrame) -> Table:
    rows = []
    for corpus in corpora["corpus"].unique():
        for split in PARTS:
            counts = counts_of(corpora, corpus, split)
            total = corpora.loc[corpora["corpus"] == corpus, split].sum()
            cells = [f"{count:.0f} ({count / max(total, 1):.1%})" for count in counts]
            rows.append((corpus_name(corpus), split, *cells, f"{total:.0f}"))
    classes = [name for name in corpora["label"].unique() if name != NO_LABEL]
    columns = ["Corpus", "Split", *classes, "All"]
    return Table("Usable clips per split and class", columns, rows, row_headings=2)


def _assumption(results: Results) -> dict[str, Any]:
    """Of every pair, how far the shares are apart; and on which pairs that is further than the config allows."""
    limit, method = results.settings.prior_distance, results.settings.methods[0]
    rows, far = [], []
    for pair in results.settings.pairs:
        source, target = (prior(results.corpora, corpus) for corpus in pair.split("-"))
        found = results.of_run(results.scores, pair, method)
        if pair not in results.scored_pairs:
            rows.append((long_heading(pair), "–", *_told(results, found, source, None)))
            continue
        apart = total_variation(source, target)
        rows.append((long_heading(pair), f"{apart:.3f}", *_told(results, found, source, target)))
        far += [long_heading(pair)] if apart >= limit else []
    columns = ["Pair", "Distance", "As estimated", "Error of the estimate", "Unexplained", "The estimate"]
    return {
        "limit": f"{limit:g}",
        "far": far,
        "count": len(rows),
        "estimator": SOURCE,
        "method": results.label(method),
        "distances": Table("Assumption 2", columns, rows),
    }


def _told(
    results: Results, found: pd.DataFrame, source: np.ndarray, target: np.ndarray | None
) -> tuple[str, str, str, str]:
    """Estimated distance, its error, the unexplained share, and a verdict on the estimate; no error without labels."""
    columns = per_class(SHARES, results.settings.classes)
    known = found.dropna(subset=columns)
    if known.empty:
        return "–", "–", "–", "cannot be made: " + ("no run" if found.empty else "classes are not distinguished")
    shares = known[columns].to_numpy()
    apart, left = [total_variation(row, source) for row in shares], mean_and_spread(known[UNEXPLAINED], 3)
    of_seeds = f"; {len(known)} of {len(found)} seeds" if len(known) < len(found) else ""
    if target is None:
        return mean_and_spread(apart, 3), "–", left, "has no labels to be compared with" + of_seeds
    errors = [total_variation(row, target) for row in shares]
    worse = np.mean(errors) > total_variation(source, target)
    verdict = "fails: the source’s own shares are nearer" if worse else "is nearer than the source’s own shares"
    return mean_and_spread(apart, 3), mean_and_spread(errors, 3), left, verdict + of_seeds


def _estimates(results: Results, pair: str) -> Table:
    source, target = (prior(results.corpora, corpus) for corpus in pair.split("-"))
    is_scored, classes = pair in results.scored_pairs, results.settings.classes
    rows = [("source, by label", *(number(share, 3) for share in source), f"{0:.3f}", "", "")]
    if is_scored:
        apart = f"{total_variation(source, target):.3f}"
        rows.append(("target, by label", *(number(share, 3) for share in target), apart, "", ""))
    for method in results.settings.methods:
        found = results.of_run(results.scores, pair, method)
        apart, error, left, _ = _told(results, found, source, target if is_scored else None)
        shares = [mean_and_spread(found[name], 3) for name in per_class(SHARES, classes)]
        rows.append((results.label(method), *shares, apart, error, left))
        if not is_scored:
            predicted = [mean_and_spread(found[name], 3) for name in per_class(PREDICTED, classes)]
            rows.append((f"{results.label(method)}, as predicted", *predicted, "", "", ""))
    columns = ["Shares", *results.settings.classes, "Distance to source", "Error", "Unexplained"]
    return Table(f"Estimated label shares on {pair_name(pair)}", columns, rows, "numbers")
