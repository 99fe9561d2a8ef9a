"""The bricks of the page's sections: a section with its sources, closed parts, numbers and pairs in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np

from amanda.reporting.table1.layout import MINUS
from amanda.shared.names import pair_name, short_pair_name

REPRESENTATIONS = ("text", "audio", "visual", "joint")


@dataclass(frozen=True, slots=True)
class Source:
    """Files that numbers stand in and the program that writes them."""

    files: Sequence[Path]
    program: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page under a heading of the second level; ``name`` is what links to it."""

    name: str
    title: str
    body: str
    sources: Sequence[Source] = field(default_factory=tuple)


def render(section: Section) -> str:
    """A section as HTML, with what its numbers stand in at its end."""
    told = f'\n<p class="source">{_sources(section.sources)}</p>' if section.sources else ""
    return (
        f'<section id="{section.name}" aria-labelledby="{section.name}-title">\n'
        f'<h2 id="{section.name}-title">{escape(section.title)}</h2>\n{section.body}{told}\n</section>'
    )


def _sources(sources: Sequence[Source]) -> str:
    files = ", ".join(f"<code>{escape(several(source.files))}</code>" for source in sources)
    return f'Stands in {files}. <a href="#reproduce">How to make it again</a>.'


def several(files: Sequence[Path]) -> str:
    """Files in one line: the only one, or their common pattern with a star for each part that differs."""
    parts = map(set, zip(*(path.parts for path in files), strict=True))
    return str(Path(*(next(iter(part)) if len(part) == 1 else _star(part) for part in parts)))


def _star(names: set[str]) -> str:
    endings = {"".join(Path(name).suffixes) for name in names}
    return "*" + (endings.pop() if len(endings) == 1 else "")


def closed(summary: str, body: str, opened: bool = False) -> str:
    """A part that the reader opens."""
    return f"<details{' open' * opened}>\n<summary>{escape(summary)}</summary>\n{body}\n</details>"


def by_pair(parts: Iterable[tuple[str, str]]) -> str:
    """A closed part for each pair."""
    return "\n".join(closed(long_heading(pair), body) for pair, body in parts)


def paragraph(text: str, kind: str = "") -> str:
    """Plain text as a paragraph."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def long_heading(pair: str) -> str:
    """A pair with its abbreviation, such as ``IEMOCAP → MELD (IE.→ME.)``."""
    return f"{pair_name(pair)} ({short_pair_name(pair)})"


def number(value: float, digits: int = 2) -> str:
    """A number, or a dash where there is none; what rounds to zero has no sign."""
    if value is None or math.isnan(value):
        return "–"
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", MINUS)


def mean_and_spread(values: Sequence[float], digits: int = 1) -> str:
    """Mean ± sample standard deviation; of one value itself."""
    array = np.asarray(values, float)
    if not len(array) or np.isnan(array).all():
        return "–"
    known = array[~np.isnan(array)]
    spread = f" ± {number(known.std(ddof=1), digits)}" if len(known) > 1 else ""
    return number(known.mean(), digits) + spread


def p_text(value: float) -> str:
    """A p-value."""
    return "< 0.001" if value < 0.0005 else number(value, 3)
