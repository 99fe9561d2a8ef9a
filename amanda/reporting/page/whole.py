"""The whole page: the first screen, and the sections under the questions that they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from amanda.reporting.page.first import first_screen
from amanda.reporting.page.glossary import GLOSSARY
from amanda.reporting.page.parts import Section
from amanda.reporting.page.results import Results
from amanda.reporting.page.table import warnings
from amanda.reporting.template import render, source
from amanda.shared.names import pair_name
from amanda.shared.twins import SYNTHETIC

TEMPLATES = Path(__file__).parent / "templates"


def page(results: Results, groups: Mapping[str, Sequence[Section]]) -> str:
    """The file as HTML.

    Args:
        results: of the first screen.
        groups: a question to the sections that answer it.
    """
    settings = results.settings
    synthetic = " (SYNTHETIC data)" if settings.releases == SYNTHETIC else ""
    values = {
        "title": f"Amanda: domain adaptation between emotion corpora{synthetic}",
        "style": source(TEMPLATES, "style.css"),
        "script": source(TEMPLATES, "script.js"),
        "pairs": [(pair, pair_name(pair)) for pair in settings.pairs],
        "groups": list(groups.items()),
        "warnings": warnings(results),
        "first": first_screen(results),
        "level": f"{100 * (1 - settings.alpha):g} %",
        "has_paper": bool(results.table["paper_weighted_f1"].notna().any()),
        "recipe": settings.recipe,
        "selection": settings.selection,
        "glossary": GLOSSARY,
    }
    return render(TEMPLATES, "page.html.j2", values)
