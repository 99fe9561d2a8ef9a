"""What each cell of the table cost in time."""

from __future__ import annotations

from amanda.reporting.page.parts import Section, Source, long_heading, paragraph
from amanda.reporting.page.results import Results
from extractors.shared.html import html_table


def costs_section(results: Results) -> Section:
    """Wall time of training per cell, with sums over methods."""
    methods = results.settings["methods"]
    rows, total = [], 0.0
    for pair in results.settings["pairs"]:
        cells = [results.seconds.get((pair, method)) for method in methods]
        known = [value for value in cells if value is not None]
        total += sum(known)
        rows.append((long_heading(pair), *map(duration, cells), duration(sum(known) if known else None)))
    seeds = len(results.settings["seeds"])
    missing = sum(run not in results.seconds for run in results.runs())
    words = (
        f"Wall time of training {seeds} seed{'s' * (seeds > 1)}, {duration(total)} in all, with whatever else ran then."
        + (f" Cells without a record: {missing}." if missing else "")
    )
    columns = ["Pair", *map(results.label, methods), "All"]
    body = paragraph(words) + html_table("Minutes and seconds per cell", columns, rows, "sortable", 1)
    sources = [Source(results.paths["times"], "python -m amanda.train_pair")]
    return Section("costs", "What it cost", body, sources)


def duration(seconds: float | None) -> str:
    """Such as ``1:02:03`` or ``2:03``, and a dash where it is not known."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
