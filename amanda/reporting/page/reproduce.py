"""The settings in force, and for each section the files that its numbers stand in with the commands that make them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from amanda.reporting.page.parts import Section, closed, paragraph, several
from amanda.reporting.page.results import Results
from extractors.shared.html import scrolled


def settings_section(results: Results) -> Section:
    """The whole config, key by key; parts that hold others can be opened."""
    plain, nested = [], []
    for key, value in results.config.items():
        told = json.dumps(value, ensure_ascii=False, indent=2)
        if isinstance(value, dict):
            nested.append(closed(key, f"<pre>{escape(told)}</pre>"))
        else:
            plain.append(f"<dt>{escape(key)}</dt><dd><code>{escape(json.dumps(value, ensure_ascii=False))}</code></dd>")
    words = "All that changes a number, as it was when this page was made; config.yaml explains each key."
    return Section("settings", "Settings", "\n".join([paragraph(words), f"<dl>{''.join(plain)}</dl>", *nested]))


CAPSULE = (
    "<p><code>snakemake --cores 8 results/capsule.zip</code> packs predictions, scores, settings, environments, weights"
    " and a card for each method into one file to give away. No text, sound, picture or feature of a corpus is in it,"
    " and clips have digests for names. Who has that file needs no corpus to compute Table 1 and the statistics again:"
    " <code>python -m amanda.tabulate --capsule results/capsule.zip --output-folder recomputed</code> also says whether"
    " they come out as they were.</p>"
)


def reproduce_section(results: Results, sections: Sequence[Section]) -> Section:
    """For each section: files, program and command; and how to give all of it away."""
    made = results.made
    words = (
        f"At commit {made['commit']}, in the folder that holds results/, with the settings above (and the same"
        " --configfile, if one was given): the command makes a file if it is not there or what it depends on has"
        " changed, and --forcerun after it makes it again all the same. Seeds fix"
        " initialisation, batches, dropout and redraws."
        f" This page was made on {made['date']} with {made['versions']}."
    )
    rows = []
    for section in sections:
        for source in section.sources:
            command = f"snakemake --cores 8 {source.files[0]}"
            others = f" and likewise for {len(source.files) - 1} more" if len(source.files) > 1 else ""
            rows.append(
                f'<tr><th scope="row"><a href="#{section.name}">{escape(section.title)}</a></th>'
                f"<td><code>{escape(several(source.files))}</code></td><td><code>{escape(source.program)}</code></td>"
                f"<td><code>{escape(command)}</code>{others}</td></tr>"
            )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Section", "Stands in", "Written by", "Command"))
    table = (
        f"<table><caption>Where each number comes from</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}"
    )
    body = paragraph(words) + scrolled("Where each number comes from", f"{table}</tbody></table>") + CAPSULE
    return Section("reproduce", "How to reproduce each number", body)
