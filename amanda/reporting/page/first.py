"""The first screen: the answer in words, the dot plot of all methods, and four tiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from amanda.reporting.page.dots import NARROW, WIDE, dot_plot, levels
from amanda.reporting.page.drawing import Chart
from amanda.reporting.page.gains import ALL, NO_ADAPTATION, Answer, answer, gains
from amanda.reporting.page.parts import Source, interval, number, p_text
from amanda.reporting.page.results import Results
from amanda.reporting.table1.ceiling import IN_DOMAIN
from amanda.reporting.table1.layout import signed
from amanda.shared.twins import SYNTHETIC, corpora_of, data_of
from amanda.shared.wording import counted


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its meaning; ``warning`` marks a number that the reader must notice."""

    name: str
    value: str
    note: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """The content above Table 1.

    ``size`` counts pairs, methods and seeds, each with its term of the glossary. ``data`` says which data are
    synthetic, and is empty if none are. ``narrow`` is ``dots`` for a phone. Sections list all files of ``sources`` too.
    """

    answer: Answer
    best: str
    size: list[tuple[str, str]]
    data: str
    dots: Chart | None
    narrow: Chart | None
    tiles: list[Tile]
    sources: list[Source]


def first_screen(results: Results) -> FirstScreen:
    """The first screen, from the tables of amanda.compare_methods and the census."""
    settings = results.settings
    synthetic = settings.releases == SYNTHETIC
    found = answer(results)
    return FirstScreen(
        answer=found,
        best=best(results, found.method),
        size=list(_size(results)),
        data=data_of(corpora_of(settings.pairs), settings) if synthetic else "",
        dots=dot_plot(results, WIDE),
        narrow=dot_plot(results, NARROW),
        tiles=[_runs(results), _clips(results), _detectable(results), _made(results)],
        sources=[
            Source([results.paths["table"]], "python -m amanda.tabulate"),
            *(
                Source([results.paths[name]], "python -m amanda.compare_methods")
                for name in ("cells", "comparisons", "detectable")
            ),
            Source([results.paths["corpora"]], "python -m extractors.count_corpora"),
        ],
    )


def _size(results: Results) -> Iterator[tuple[str, str]]:
    settings = results.settings
    for noun, asked in (("pair", settings.pairs), ("method", settings.methods), ("seed", settings.seeds)):
        yield counted(len(asked), noun), noun
    for level in levels(results):
        if level.name == "chance":
            yield f"chance {number(level.value, 1)} %", "chance"


def best(results: Results, named: str) -> str:
    """The method with the highest mean over pairs, compared with no adaptation, without repeating the answer.

    Args:
        results: the results, with the tables of amanda.compare_methods.
        named: the method that the answer names, if any.
    """
    means = results.cells[results.cells["source"] == ALL].set_index("method")["weighted_f1_mean"]
    rivals = means.drop([NO_ADAPTATION, IN_DOMAIN], errors="ignore")
    if rivals.empty:
        return "No method has all pairs, so there is no mean over pairs."
    name = rivals.idxmax()
    told = f"Best on average: {results.label(name)}, {number(rivals[name], 1)} % weighted F1"
    found = gains(results.comparisons)
    row = found[(found["source"] == ALL) & (found["method"] == name)]
    if row.empty:
        return f"{told}; the method without adaptation has no mean to compare with."
    (gain,) = row.itertuples()
    told += f" against {number(means[NO_ADAPTATION], 1)} % without adaptation"
    points = "" if name == named else f"{signed(gain.difference)} points, {interval(gain.low, gain.high)}; "
    return f"{told} ({points}Holm’s p {p_text(gain.p_holm)})."


def _runs(results: Results) -> Tile:
    there = len(results.scores.drop_duplicates(["source", "target", "method", "seed"]))
    asked = len(results.runs()) * len(results.settings.seeds)
    missing = f"{counted(asked - there, 'run')} missing" if there < asked else "none is missing"
    return Tile("Runs done", f"{there} of {asked}", missing, there < asked)


def _clips(results: Results) -> Tile:
    used, labelled = (int(results.corpora[name].sum()) for name in ("usable", "labelled"))
    left_out = labelled - used
    note = f"{_large(left_out)} of {_large(labelled)} labelled clips are excluded"
    return Tile("Clips used", _large(used), note, left_out > 0)


def _large(count: int) -> str:
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def _detectable(results: Results) -> Tile:
    several = len(results.scored_pairs) > 1
    rows = results.detectable[(results.detectable["source"] == ALL) == several]
    value = rows["detectable"].iloc[0] if len(rows) else float("nan")
    name = "Smallest detectable difference"
    if pd.isna(value):
        return Tile(name, "none", "these seeds and clips can show no difference", warning=True)
    of = "of the mean over pairs" if several else "on the pair"
    power = f"{100 * results.settings.power:g} %"
    return Tile(name, f"{number(value, 1)} points", f"{of}, found with probability {power}")


def _made(results: Results) -> Tile:
    return Tile("Made", results.made["date"], f"from commit {results.made['commit']}")
