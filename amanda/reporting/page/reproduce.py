"""The settings, and for each section the files with its numbers and the commands that make them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from amanda.reporting.page.parts import Section
from amanda.reporting.page.results import Results


def settings_section(results: Results) -> Section:
    """The whole config, key by key; sections can be opened."""
    plain, nested = [], []
    for key, value in results.config.items():
        if isinstance(value, dict):
            nested.append((key, json.dumps(value, ensure_ascii=False, indent=2)))
        else:
            plain.append((key, json.dumps(value, ensure_ascii=False)))
    return Section("settings", "With which settings?", {"plain": plain, "nested": nested})


def reproduce_section(results: Results, sections: Sequence[Section]) -> Section:
    """Files, program and command for each section, and how to publish all results."""
    rows = [
        {
            "section": section,
            "source": source,
            "command": f"snakemake --cores 8 {source.files[0]}",
            "others": len(source.files) - 1,
        }
        for section in sections
        for source in section.sources
    ]
    return Section(
        "reproduce", "How is each number made again?", {"made": results.made, "folder": results.folder, "rows": rows}
    )
