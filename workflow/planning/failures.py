"""The closing message of a failed run: the job, its program's message, its log, and how to continue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SHOWN = 5
"""Largest number of failed jobs that are named; a common cause is shown by the first of them."""

_ERROR = re.compile(
    r"^Error in rule (?P<rule>\w+)[^\n]*:\n"
    r"(?:    message: (?P<message>.*)\n(?P<script>(?:(?!Error in rule |    jobid: ).*\n)*))?"
    r"    jobid: (?P<job>\d+)\n(?P<rest>(?:    .*(?:\n|\Z))*)",
    re.MULTILINE,
)
_LOG = re.compile(r"^    log: (?P<path>.*)$", re.MULTILINE)
_HINT = " (check log file(s) for error details)"
_MORE = "For further error details"
_NEVER_STARTED = re.compile("sbatch failed|submission failed", re.IGNORECASE)
_GO_ON = "Finished files are kept. Correct the cause, then run the same command again; it continues from there."


@dataclass(frozen=True, slots=True)
class Failure:
    """A job that failed and did not succeed later: its rule, the scheduler's message, and its log, if any."""

    rule: str
    scheduler: str
    log: str


def closing_words(run_logs: Iterable[str | Path]) -> str:
    """The closing message of a failed run, from Snakemake's logs; paths are relative to the current folder."""
    there = [path for path in map(Path, run_logs) if path.is_file()]
    failed = failures("\n".join(path.read_text(encoding="utf-8", errors="replace") for path in there))
    lines = [f"{one.rule} failed: {_reason(one)}" for one in failed[:SHOWN]]
    if len(failed) > SHOWN:
        lines.append(f"and {len(failed) - SHOWN} more jobs failed; see above")
    return "\n".join(["", *lines, _GO_ON])


def failures(text: str) -> list[Failure]:
    """The jobs that failed and did not succeed later, in order, each once."""
    found: dict[str, Failure] = {}
    for error in _ERROR.finditer(text):
        if not re.search(rf"^Finished jobid: {error['job']}\b", text[error.end() :], re.MULTILINE):
            log = _LOG.search(error["rest"])
            path = log["path"].removesuffix(_HINT).split(", ")[0] if log else ""
            said = (error["message"] or "").split(_MORE)[0].removesuffix("None").strip()
            found[error["job"]] = Failure(error["rule"], said, path)
    return list(found.values())


def _reason(failure: Failure) -> str:
    # A job that never started has at most the log of an earlier run, which would show another mistake.
    if _NEVER_STARTED.search(failure.scheduler):
        return f"it was not started: {failure.scheduler}"
    if not failure.log:
        return failure.scheduler or "it has no log; its output is above"
    said = _last_words(Path(failure.log)) or (
        "its program printed nothing: it was stopped from outside, or the disk of its log is full"
    )
    return "; ".join(filter(None, [failure.scheduler, f"{said} ({failure.log})"]))


def _last_words(log: Path) -> str:
    """The error message of the program, or else the last line that it printed."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    lines = [line.strip() for line in lines if line.strip()]
    refusals = [line for line in lines if line.startswith("error: ")]
    return (refusals or lines or [""])[-1]
