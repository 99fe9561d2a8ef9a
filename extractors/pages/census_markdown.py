"""The census of the corpora as Markdown, which can be read as plain text or rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractors.shared.census import CorpusCensus, Part, Table

MARKS = r"[\\`*<]|&(?=#?\w+;)|(?<=\])\(|(?<!\w)_|_(?!\w)"
"""Pattern of the characters that begin code, emphasis, a tag, an entity or a link's address in Markdown. An underscore
within a word is not one of them."""


def census_markdown(census: Iterable[CorpusCensus]) -> str:
    """Markdown text with one section per corpus. All values are plain text and are escaped."""
    sections = ["# The corpora as they were read"]
    for each in census:
        sections.append(f"## {_plain(each.title)}")
        sections += (block for number, part in enumerate(each.parts) for block in _blocks(part, number > 0))
    return "\n\n".join(sections) + "\n"


def _blocks(part: Part, headed: bool) -> Iterable[str]:
    """The blocks of a part. The first part of a corpus has only the name of the corpus as its heading."""
    if headed:
        yield f"### {_plain(part.heading)}"
    yield from map(_plain, part.sentences)
    if part.items:
        yield "\n".join(f"- {_plain(item)}" for item in part.items)
    for table in part.tables:
        yield _plain(table.caption)
        yield _table(table)


def _table(table: Table) -> str:
    lines: list[Sequence[object]] = [table.columns, ["---"] * len(table.columns), *table.rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else _plain(str(value)).replace("|", "\\|")


def _plain(text: str) -> str:
    """A text in one line, with a backslash before each character that has a meaning in Markdown or HTML."""
    return re.sub(MARKS, r"\\\g<0>", " ".join(text.split()))
