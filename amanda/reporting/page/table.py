"""Table 1 and its notes, and the figures that were drawn, as sections of the page."""

from __future__ import annotations

import base64
import re
from html import escape
from pathlib import Path

from amanda.reporting.page.parts import Section, Source, paragraph
from amanda.reporting.page.results import Results
from amanda.reporting.table1.html import notes_html, table_html
from amanda.reporting.table1.notes import SEEDS, Evidence, Note, notes
from extractors.shared.html import scrolled

TITLES = {
    "figure2": "Figure 2: weighted F1 against the weight of the alignment",
    "figure3": "Figure 3: shares of the alignment losses over training",
}
"""Name of the figure's files to its title."""


def told(results: Results) -> list[Note]:
    """The notes of Table 1."""
    evidence = Evidence(
        results.table, results.scores, results.corpora, results.states, results.detectable, results.made
    )
    return notes(evidence, results.settings)


def table_section(results: Results) -> Section:
    """Table 1 with what must be known to read it."""
    below = notes_html(note for note in told(results) if not note.warning and note.name != SEEDS)
    paper = "the paper’s number (ours minus it), and " if results.table["paper_weighted_f1"].notna().any() else ""
    key = f"Below each score: {paper}the oracle’s (what choosing by labels gains)."
    body = (
        f'{scrolled("Table 1", table_html(results.table, results.settings))}\n<p class="key">{escape(key)}'
        ' <span class="scripted">Click a heading to sort.</span></p>'
        f"\n<h3>Notes</h3>\n{below}"
    )
    paths = results.paths
    files = [Source([paths[name]], "python -m amanda.tabulate") for name in ("table", "markdown", "latex")]
    scores = Source(paths["scores"], "python -m amanda.score_pair")
    return Section("table", "Table 1", body, [*files, scores])


def figures_section(results: Results) -> Section:
    """The figures that are given; of the others how to make them."""
    given: list[Path] = results.paths["figures"]
    pictures = {path.stem: path for path in given if path.suffix == ".svg"}
    captions = {path.stem: path for path in given if path.suffix == ".md"}
    parts = []
    for name, title in TITLES.items():
        if name in pictures:
            parts.append(f"<h3>{escape(title)}</h3>")
            parts.append(_figure(title, pictures[name], captions[name].read_text(encoding="utf-8").strip()))
    parts += _not_given([name for name in TITLES if name not in pictures])
    sources = [
        Source([file], f"python -m amanda.draw_{path.stem}")
        for path in pictures.values()
        for file in (path, path.with_suffix(".csv"))
    ]
    return Section("figures", "Figures", "\n".join(parts), sources)


def _not_given(names: list[str]) -> list[str]:
    """How to make the figures that are not there, said once for all of them."""
    if not names:
        return []
    items = "".join(
        f"<li>{escape(TITLES[name])}: <code>snakemake --cores 8 results/{name}.svg</code></li>" for name in names
    )
    words = (
        "Not on this page, for want of runs that Table 1 does not need; <code>page.figures: all</code> in the config"
        " trains them and puts every figure here."
    )
    return [f"<p>{words}</p>\n<ul>{items}</ul>"]


def _figure(title: str, picture: Path, caption: str) -> str:
    """As an image, so that the names inside of one drawing meet neither the page's nor another's."""
    drawing = re.sub(rb"\s*\n\s*", b"\n", picture.read_bytes())
    uri = f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"
    image = f'<img src="{uri}" alt="{escape(title)}; described below">'
    return f'<figure class="drawn">{scrolled(title, image)}<figcaption>{escape(caption)}</figcaption></figure>'


def warnings(results: Results) -> str:
    """What stands above everything: synthetic data, missing runs."""
    return "\n".join(paragraph(note.text, "warning") for note in told(results) if note.warning)
