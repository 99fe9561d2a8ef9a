"""The census of the corpora as HTML; and links to the pages that show their clips."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from amanda.reporting.page.parts import Section, Source, closed, paragraph
from amanda.reporting.page.results import Results
from amanda.shared.names import corpus_name
from extractors.shared.census import CorpusCensus, Part
from extractors.shared.html import html_table

PAGES = {
    "quality": ("Quality of every clip", "results/quality/{corpus}.html"),
    "faces": ("Whose face stands for the speaker", "results/faces/{corpus}.html"),
}


def quality_section(results: Results) -> Section:
    """Counts against published ones, choices, exclusions; links to the quality pages and face galleries."""
    body = "\n".join([*map(_corpus, results.census), "<h3>Pages that show clips</h3>", _links(results)])
    return Section(
        "quality", "Data quality", body, [Source([results.paths["census"]], "python -m extractors.count_corpora")]
    )


def _corpus(census: CorpusCensus) -> str:
    """The counts of a corpus, and its other parts to open."""
    counts, *others = census.parts
    parts = [_part(counts), *(closed(part.heading, _part(part)) for part in others)]
    return "\n".join([f"<h3>{escape(census.title)}</h3>", *parts])


def _part(part: Part) -> str:
    items = "".join(f"<li>{escape(item)}</li>" for item in part.items)
    tables = [
        html_table(table.caption, table.columns, [["" if cell is None else cell for cell in row] for row in table.rows])
        for table in part.tables
    ]
    return "\n".join([*map(paragraph, part.sentences), *([f"<ul>{items}</ul>"] if items else []), *tables])


def _links(results: Results) -> str:
    folder = Path(results.paths["page"]).parent
    items = []
    for name, (title, target) in PAGES.items():
        given = results.paths[f"{name}_pages"]
        for corpus in results.settings["corpora"]:
            shown = f"{title}: {corpus_name(corpus)}"
            if corpus in given:
                href = escape(Path(os.path.relpath(given[corpus], folder)).as_posix())
                items.append(f'<li><a href="{href}">{escape(shown)}</a></li>')
            else:
                command = f"snakemake --cores 8 {target.format(corpus=corpus)}"
                items.append(f"<li>{escape(shown)}: not there, <code>{escape(command)}</code> makes it.</li>")
    note = paragraph("These are files of their own beside this page, since they show the corpora’s pictures.")
    return f"{note}<ul>{''.join(items)}</ul>"
