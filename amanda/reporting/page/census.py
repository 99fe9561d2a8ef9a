"""The census of the corpora, for the template, and links to pages that show clips."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amanda.reporting.page.parts import Section, Source, Table
from amanda.reporting.page.results import Results
from amanda.shared.names import corpus_name
from extractors.shared.census import CorpusCensus

PAGES = {
    "quality": ("Quality of every clip", "{folder}/quality/{corpus}.html"),
    "faces": ("Whose face stands for the speaker", "{folder}/faces/{corpus}.html"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the census of a corpus (:class:`extractors.shared.census.Part`), with tables for the page."""

    heading: str
    sentences: list[str]
    items: list[str]
    tables: list[Table]


def quality_section(results: Results) -> Section:
    """Counts compared with published ones, choices, exclusions, and links to the quality and faces pages."""
    census = [(each.title, list(_parts(each))) for each in results.census]
    view = {"census": census, "links": list(_links(results))}
    source = Source([results.paths["census"]], "python -m extractors.count_corpora")
    return Section("quality", "What was read, and what was left out?", view, [source])


def _parts(census: CorpusCensus) -> Iterator[Part]:
    for part in census.parts:
        tables = [
            Table(
                f"{census.title}: {table.caption}",
                table.columns,
                [["" if cell is None else str(cell) for cell in row] for row in table.rows],
                "plain",
            )
            for table in part.tables
        ]
        yield Part(part.heading, part.sentences, part.items, tables)


def _links(results: Results) -> Iterator[tuple[str, str, str]]:
    """For each page that shows clips: its title, its relative address if it exists, and the command that makes it."""
    folder = Path(results.paths["page"]).parent
    for name, (title, target) in PAGES.items():
        given = results.paths[f"{name}_pages"]
        for corpus in results.settings.corpora:
            href = Path(os.path.relpath(given[corpus], folder)).as_posix() if corpus in given else ""
            page = target.format(folder=results.folder, corpus=corpus)
            yield f"{title}: {corpus_name(corpus)}", href, f"snakemake --cores 8 {page}"
