"""What each cell of the table cost in time."""

from __future__ import annotations

from amanda.reporting.page.parts import Section, Source, Table, long_heading
from amanda.reporting.page.results import Results
from amanda.shared.wording import counted


def costs_section(results: Results) -> Section:
    """Wall time of training per cell, with sums over methods."""
    methods = results.settings.methods
    rows, total = [], 0.0
    for pair in results.settings.pairs:
        cells = [results.seconds.get((pair, method)) for method in methods]
        known = [value for value in cells if value is not None]
        total += sum(known)
        rows.append((long_heading(pair), *map(duration, cells), duration(sum(known) if known else None)))
    columns = ["Pair", *map(results.label, methods), "All"]
    view = {
        "seeds": counted(len(results.settings.seeds), "seed"),
        "total": duration(total),
        "missing": sum(run not in results.seconds for run in results.runs()),
        "table": Table("Wall time per cell, hours:minutes:seconds", columns, rows),
    }
    sources = [Source(results.paths["times"], "python -m amanda.train_pair")]
    return Section("costs", "What did it cost?", view, sources)


def duration(seconds: float | None) -> str:
    """Such as ``1:02:03`` or ``2:03``, and a dash where it is not known."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
