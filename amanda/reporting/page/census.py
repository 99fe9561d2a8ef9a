"""The census of the corpora, which is Markdown, as blocks for the template; links to pages that show clips."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from amanda.reporting.page.parts import Section, Source, Table
from amanda.reporting.page.results import Results
from amanda.shared.names import corpus_name

PAGES = {
    "quality": ("Quality of every clip", "results/quality/{corpus}.html"),
    "faces": ("Whose face stands for the speaker", "results/faces/{corpus}.html"),
}


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a list, a table, or a part to open with blocks of its own.

    Plain text and code take turns in ``text`` and in each of ``entries``, beginning with plain text.
    """

    kind: str
    text: list[str] = field(default_factory=list)
    entries: list[list[str]] = field(default_factory=list)
    table: Table | None = None
    blocks: list[Block] = field(default_factory=list)


def quality_section(results: Results) -> Section:
    """Counts against published ones, choices, exclusions; links to the quality pages and face galleries."""
    view = {"census": blocks(results.census), "links": list(_links(results))}
    source = Source([results.paths["census"]], "python -m extractors.count_corpora")
    return Section("quality", "What was read, and what was left out?", view, [source])


def blocks(text: str) -> list[Block]:
    """The little Markdown that extractors.count_corpora writes: headings, paragraphs, lists and tables.

    Headings of the second level stay, all below them are parts to open; the title is left out.
    """
    found: list[Block] = []
    into, corpus, part = found, "", "Counts"
    for piece in filter(None, re.split(r"\n\s*\n", text.strip())):
        heading = re.fullmatch(r"(#+) (.*)", piece.strip())
        if heading is None:
            into.append(_block(piece.strip(), f"{part}: {corpus}" if corpus else part))
        elif len(heading[1]) == 3:
            part = heading[2]
            found.append(Block("part", _inline(part)))
            into = found[-1].blocks
        else:
            into, corpus, part = found, heading[2], "Counts"
            found += [Block("heading", _inline(corpus))] if len(heading[1]) == 2 else []
    return found


def _block(text: str, caption: str) -> Block:
    lines = text.split("\n")
    if lines[0].startswith("|"):
        head, _, *rows = (
            [cell.strip().replace("\\|", "|").replace("`", "") for cell in _cells(line)] for line in lines
        )
        return Block("table", table=Table(caption, head, rows, "plain"))
    if lines[0].startswith("- "):
        return Block("list", entries=[_inline(line.removeprefix("- ")) for line in lines])
    return Block("paragraph", _inline(" ".join(lines)))


def _cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))


def _inline(text: str) -> list[str]:
    return re.split(r"`([^`]+)`", text)


def _links(results: Results) -> Iterator[tuple[str, str, str]]:
    """What a page shows, where it lies from here if it is there, and else the command that makes it."""
    folder = Path(results.paths["page"]).parent
    for name, (title, target) in PAGES.items():
        given = {path.stem: path for path in results.paths[f"{name}_pages"]}
        for corpus in results.settings["corpora"]:
            href = Path(os.path.relpath(given[corpus], folder)).as_posix() if corpus in given else ""
            yield f"{title}: {corpus_name(corpus)}", href, f"snakemake --cores 8 {target.format(corpus=corpus)}"
