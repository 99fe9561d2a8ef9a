"""Snakemake's messages as one line per stage: `snakemake --logger stages`, with the parent folder on PYTHONPATH.

Only warnings and errors are shown beside the bars. All other messages are in Snakemake's log under `.snakemake/log`.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter

from rich.console import Console
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_stages.display import Display
from snakemake_logger_plugin_stages.forecast import Forecast
from snakemake_logger_plugin_stages.stages import STAGES, stage_of, usual_seconds


class LogHandler(LogHandlerBase):
    """Shows Snakemake's events as bars; Snakemake prescribes the names of its members."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self.console = Console(file=sys.stderr)
        self.display: Display | None = None
        self.rules: dict[int, str] = {}
        self.begun: dict[int, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Show one event."""
        event = getattr(record, "event", None)
        if event == LogEvent.RUN_INFO and self.display is None:
            self.start(record)
        elif event == LogEvent.JOB_INFO:
            self.rules[record.jobid] = record.rule_name  # type: ignore[attr-defined]
            self.begun[record.jobid] = record.created  # type: ignore[attr-defined]
        elif event == LogEvent.JOB_FINISHED and self.display:
            self.finish(record.job_id, record.created)  # type: ignore[attr-defined]
        elif record.levelno >= logging.WARNING:
            self.say(self.format(record))

    def start(self, record: logging.LogRecord) -> None:
        """Start the bars, from the number of jobs of each rule."""
        jobs = {rule: count for rule, count in record.stats.items() if rule != "total"}  # type: ignore[attr-defined]
        counts: Counter[str] = Counter()
        for rule, count in jobs.items():
            counts[stage_of(rule)] += count
        self.forecast = Forecast(jobs, usual_seconds)
        self.display = Display(self.console, {stage: counts[stage] for stage in STAGES if counts[stage]})
        self.started = record.created

    def finish(self, job: int, now: float) -> None:
        """Count a job that has ended."""
        assert self.display is not None
        rule = self.rules[job]
        self.forecast.finish(rule, now - self.begun[job])
        self.display.advance(stage_of(rule), self.forecast.time_left(now - self.started))

    def say(self, text: str) -> None:
        """Show a warning or an error."""
        if self.display:
            self.display.say(text)
        else:
            self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """End the bars with the run."""
        if self.display:
            self.display.close()
            self.display = None
        super().close()
