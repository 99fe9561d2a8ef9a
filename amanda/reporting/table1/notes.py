"""The notes of Table 1, made from the data and the settings; no number is written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from amanda.reporting.settings import ReportSettings
from amanda.reporting.table1.cautions import absent_classes, dead_modalities, small_tests
from amanda.reporting.table1.ceiling import IN_DOMAIN, LABEL, explained
from amanda.shared.names import short_pair_name
from amanda.shared.twins import corpora_of, warning
from amanda.shared.wording import counted, listed
from amanda.statistics.power import sentence

SEEDS = "What the seeds can show"
"""The name of the note that the page shows in its section about statistics."""


@dataclass(frozen=True, slots=True)
class Note:
    """One paragraph below the table, or a warning above it."""

    name: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The inputs of the notes.

    ``table`` is Table 1. ``scores`` come from amanda.score_pair, ``corpora`` is the census of the corpora, ``states``
    come from extractors.count_states, and ``detectable`` from amanda.compare_methods. ``made`` has the ``commit``,
    ``date`` and ``versions`` of the table.
    """

    table: pd.DataFrame
    scores: pd.DataFrame
    corpora: pd.DataFrame
    states: pd.DataFrame
    detectable: pd.DataFrame
    made: Mapping[str, str]


def notes(evidence: Evidence, settings: ReportSettings) -> list[Note]:
    """All notes, in reading order.

    Args:
        evidence: the tables.
        settings: what the table is made of.
    """
    return [
        *_synthetic(evidence, settings),
        *_missing(evidence.table),
        *_unlabelled(settings),
        *(
            Note("A modality without information", told, warning=True)
            for told in dead_modalities(evidence.states, settings)
        ),
        *_numbers(evidence.table, settings),
        *_joined("Modalities", fewer_modalities(settings)),
        *_joined("Reference lines", explained(evidence.table, settings)),
        *_noise(evidence.detectable, settings),
        *_joined("Few clips", small_tests(evidence.table, settings)),
        *_joined("Classes without clips", absent_classes(evidence.scores, settings)),
        *_origin(evidence, settings),
    ]


def _synthetic(evidence: Evidence, settings: ReportSettings) -> Iterator[Note]:
    usable = evidence.corpora.groupby("corpus")["usable"].sum()
    if told := warning(corpora_of(settings.pairs), settings, usable.to_dict()):
        yield Note("Synthetic", told, warning=True)


def _joined(name: str, sentences: Iterator[str]) -> Iterator[Note]:
    """One note with all sentences, if there are any."""
    if text := " ".join(sentences):
        yield Note(name, text)


def _missing(table: pd.DataFrame) -> Iterator[Note]:
    rows = table[table["missing"] != ""]
    if len(rows):
        named = [
            f"{row.label} on {short_pair_name(f'{row.source}-{row.target}')} ({row.missing})"
            for row in rows.itertuples()
        ]
        absent = f"{len(rows)} of {counted(len(table), 'cell')} have no number, because runs are missing"
        text = f"{absent}: {'; '.join(named)}."
        yield Note(
            "Missing runs", f"{text} Means and ranks over pairs include only methods with all runs.", warning=True
        )


def _unlabelled(settings: ReportSettings) -> Iterator[Note]:
    if corpora := settings.unlabelled:
        have = "have" if corpora[1:] else "has"
        yield Note(
            "Without labels",
            f"{' and '.join(corpora)} {have} no labels, so a dash replaces each score. The predictions of each method"
            " are in results/predictions.",
        )


def _numbers(table: pd.DataFrame, settings: ReportSettings) -> Iterator[Note]:
    seeds = settings.seeds
    split = settings.split
    of = f"of one seed ({seeds[0]})"
    if len(seeds) > 1:
        of = f"mean ± standard deviation over n = {len(seeds)} seeds ({', '.join(map(str, seeds))}; ddof = 1)"
    yield Note(
        "Numbers",
        f"Weighted F1 in percent on the target's {split} split: {of}, which"
        f" change{'s' * (len(seeds) == 1)} initialisation, batches and dropout.",
    )
    yield Note(
        "Bold",
        f"The best of a column if it is better beyond noise: Holm's p is below {settings.alpha:g} against every"
        " other row. All pairs of methods of a column are one family. The noise is from a paired bootstrap over clips"
        f" ({settings.resamples} samples) and the variance over seeds (docs/statistics.md)."
        f" It applies to {int(table['better_beyond_noise'].sum())} of {counted(len(settings.pairs), 'column')}.",
    )
    if table["paper_weighted_f1"].notna().any():
        known = table["paper_in_interval"].dropna()
        yield Note(
            "Paper",
            f"The paper's Table 1, on the real corpora, and our number minus the paper's.{_inside(known, settings)}",
        )
    yield Note(
        "Selection",
        f"The epoch was chosen by {settings.selection}, without target labels. The oracle chose it by the labels"
        f" that are scored. It is an upper bound and never a result.{_gain(table['selection_gap'])}",
    )


def _inside(known: pd.Series, settings: ReportSettings) -> str:
    """How often the paper's number lies in our interval; nothing where no interval is known."""
    if known.empty:
        return ""
    level = f"{100 * (1 - settings.alpha):g} % confidence interval"
    return f" The paper's number lies in our {level} in {int(known.sum())} of {counted(len(known), 'cell')}."


def _gain(gaps: pd.Series) -> str:
    return f" The oracle gains {gaps.mean():.2f} points on average." if gaps.notna().any() else ""


def _noise(detectable: pd.DataFrame, settings: ReportSettings) -> Iterator[Note]:
    overall = (detectable["source"] == "all") & (detectable["target"] == "all")
    if len(settings.pairs) == 1:  # which the mean over pairs would only repeat
        detectable, overall = detectable[~overall], overall[~overall]
    pairs = detectable["source"] + "-" + detectable["target"]
    names = ["mean over pairs" if whole else short_pair_name(pair) for whole, pair in zip(overall, pairs, strict=True)]
    yield Note(SEEDS, sentence(detectable, names, settings))


def fewer_modalities(settings: ReportSettings) -> Iterator[str]:
    """A sentence for each pair on which a row has fewer modalities than all."""
    labels = settings.labels | {IN_DOMAIN: LABEL}
    for pair, rows in settings.modalities.items():
        kinds = {tuple(names) for names in rows.values()}
        told = [f"{labels[row]} uses {listed(names)}" for row, names in rows.items()]
        if len(kinds) == 1:
            told = [f"all rows use {listed(*kinds)}"]
        yield f"{short_pair_name(pair)}: {'; '.join(told)}."


def _origin(evidence: Evidence, settings: ReportSettings) -> Iterator[Note]:
    corpora, made = settings.corpora, evidence.made
    yield Note("Recipe", f"{settings.recipe}, see config.yaml.")
    yield Note("Splits", _each({corpus: choices["split"] for corpus, choices in corpora.items()}))
    yield Note("Labels and reading", _each({corpus: choices["reading"] for corpus, choices in corpora.items()}))
    yield Note("Clips", "; ".join(_counts(evidence.corpora)) + ".")
    for name, column in (("Device", "device"), ("Trained with", "trained_with")):
        told = sorted(evidence.scores[column].unique()) if column in evidence.scores else ["not recorded"]
        yield Note(name, f"{'; '.join(told)}.")
    yield Note("Tabulated", f"{made['date']}, commit {made['commit']}, {made['versions']}.")


def _each(choices: Mapping[str, object]) -> str:
    return "; ".join(f"{corpus}: {_plain(values)}" for corpus, values in choices.items()) + "."


def _plain(value: object) -> str:
    """A setting in words, such as ``by session, validation [4], test [5]``."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(each)}" for key, each in value.items())
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _counts(corpora: pd.DataFrame) -> Iterator[str]:
    for corpus, rows in corpora.groupby("corpus", sort=False):
        classes = ", ".join(f"{row.label} {row.usable}" for row in rows.itertuples())
        parts = ", ".join(f"{part} {rows[part].sum()}" for part in ("train", "validation", "test"))
        yield f"{corpus}: {rows['usable'].sum()} usable ({classes}; {parts})"
