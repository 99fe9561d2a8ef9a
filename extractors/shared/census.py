"""The census of the corpora: findings about each corpus, as data from which the Markdown and the page are made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from extractors.shared.files import atomic_file
from extractors.shared.program import UserError

Cell = str | int | None
"""A text, a count, or nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with column names and a ``caption``; all cells are plain text."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a corpus's census: sentences, then the lines of a list, then tables; each may be missing."""

    heading: str
    sentences: list[str]
    items: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CorpusCensus:
    """One corpus: its name, whether its release is a synthetic twin, and the parts, the counts first."""

    corpus: str
    synthetic: bool
    parts: list[Part]

    @property
    def title(self) -> str:
        """The name, marked if the corpus is a twin."""
        return f"{self.corpus}{' (SYNTHETIC twin)' * self.synthetic}"


def write_census(path: Path, census: Iterable[CorpusCensus]) -> None:
    """Write the census of some corpora as JSON, whole or not at all."""
    with atomic_file(path) as temporary:
        text = json.dumps([asdict(each) for each in census], indent=1, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_census(path: Path) -> list[CorpusCensus]:
    """Read a census in the order of its corpora.

    Raises:
        UserError: the file is missing or not a census.
    """
    program = "python -m extractors.count_corpora"
    try:
        return [_corpus(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; make it with {program}") from None
    except (KeyError, TypeError, ValueError):
        raise UserError(f"{path}: not a census of corpora; make it again with {program}") from None


def _corpus(corpus: str, synthetic: bool, parts: list[dict[str, Any]]) -> CorpusCensus:
    told = [Part(**part | {"tables": [Table(**table) for table in part["tables"]]}) for part in parts]
    return CorpusCensus(corpus, synthetic, told)
