"""The census of the corpora, which is Markdown, as HTML; and links to the pages that show their clips."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from amanda.reporting.page.parts import Section, Source, closed, paragraph
from amanda.reporting.page.results import Results
from amanda.shared.names import corpus_name
from extractors.shared.html import html_table

PAGES = {
    "quality": ("Quality of every clip", "results/quality/{corpus}.html"),
    "faces": ("Whose face stands for the speaker", "results/faces/{corpus}.html"),
}


def quality_section(results: Results) -> Section:
    """Counts against published ones, choices, exclusions; links to the quality pages and face galleries."""
    body = "\n".join([markdown_html(results.census), "<h3>Pages that show clips</h3>", _links(results)])
    return Section(
        "quality", "Data quality", body, [Source([results.paths["census"]], "python -m extractors.count_corpora")]
    )


def markdown_html(text: str) -> str:
    """HTML of the little Markdown that extractors.count_corpora writes: headings, paragraphs, lists and tables.

    Headings of the second level become the page's third, all below them are parts to open.
    """
    parts: list[str] = []
    inner: tuple[str, list[str]] | None = None
    for level, block in _blocks(text):
        if level == 3:
            parts += _end(inner)
            inner = (block, [])
        elif level:
            parts += _end(inner)
            inner = None
            parts += [f"<h3>{_inline(block)}</h3>"] if level == 2 else []
        else:
            (parts if inner is None else inner[1]).append(_block(block, inner[0] if inner else "Counts"))
    return "\n".join([*parts, *_end(inner)])


def _end(inner: tuple[str, list[str]] | None) -> list[str]:
    return [closed(inner[0], "\n".join(inner[1]))] if inner else []


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Level of a heading, or 0, and the text of each block."""
    for block in re.split(r"\n\s*\n", text.strip()):
        heading = re.fullmatch(r"(#+) (.*)", block.strip())
        yield (len(heading[1]), heading[2]) if heading else (0, block.strip())


def _block(block: str, caption: str) -> str:
    lines = block.split("\n")
    if lines[0].startswith("|"):
        head, _, *rows = ([cell.strip().replace("\\|", "|") for cell in _cells(line)] for line in lines)
        return html_table(caption, head, [[cell.replace("`", "") for cell in row] for row in rows], "", 1)
    if lines[0].startswith("- "):
        return "<ul>" + "".join(f"<li>{_inline(line.removeprefix('- '))}</li>" for line in lines) + "</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _links(results: Results) -> str:
    folder = Path(results.paths["page"]).parent
    items = []
    for name, (title, target) in PAGES.items():
        given = {path.stem: path for path in results.paths[f"{name}_pages"]}
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
