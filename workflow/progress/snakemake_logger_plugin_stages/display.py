"""The display: on a terminal a bar for each stage; otherwise a line at the end of each stage, and regular lines."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

PAUSE = 30.0
"""Seconds between two lines about the whole run, without a terminal."""


def words(seconds: float | None) -> str:
    """Seconds as a rounded time in words; an empty text if they are not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(5, 5 * round(seconds / 5)):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class Display:
    """Progress of the stages of a run.

    Args:
        console: where to write; without a terminal only plain lines are written.
        stages: number of jobs of each stage, in order.
    """

    def __init__(self, console: Console, stages: dict[str, int]) -> None:
        self.console = console
        self.stages = stages
        self.done = dict.fromkeys(stages, 0)
        self.said = time.monotonic()
        self.moves = console.is_terminal and not console.is_dumb_terminal
        columns = [TextColumn("{task.description:<22}"), BarColumn(bar_width=30), MofNCompleteColumn()]
        self.bars = Progress(*columns, TextColumn("{task.fields[left]}"), console=console, auto_refresh=False)
        self.tasks: dict[str, TaskID] = {}
        if self.moves:
            self.tasks = {stage: self.bars.add_task(stage, total=jobs, left="") for stage, jobs in stages.items()}
            self.whole = self.bars.add_task("All", total=sum(stages.values()), left="")
            self.bars.start()

    def advance(self, stage: str, whole: float | None) -> None:
        """Count a finished job of `stage`; the run needs about `whole` more seconds."""
        self.done[stage] += 1
        done, jobs = sum(self.done.values()), sum(self.stages.values())
        left = f"about {words(whole)} left" if whole and done < jobs else ""
        if self.moves:
            self.bars.update(self.tasks[stage], advance=1)
            self.bars.update(self.whole, advance=1, left=left)
            self.bars.refresh()
        elif self.done[stage] == self.stages[stage]:
            self.say(f"{stage}: {self.stages[stage]} of {self.stages[stage]} jobs{', ' * bool(left)}{left}")
        elif time.monotonic() - self.said > PAUSE:
            self.say(f"All: {done} of {jobs} jobs, {left}")

    def say(self, text: str) -> None:
        """Write a text above the bars."""
        self.said = time.monotonic()
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Stop updating the bars; they stay on the screen."""
        if self.moves:
            self.bars.stop()
