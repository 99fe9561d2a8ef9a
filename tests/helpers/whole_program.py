"""The real program `python -m extractors.extract_shard` for a forked child; it notes each window that it embeds."""

from __future__ import annotations

import os
import runpy
import sys
import warnings
from collections.abc import Sequence

import numpy as np

from extractors.features.clip_extraction import Prepared, Task
from extractors.shared.clip import Row


def main(flags: dict[str, str], record: str) -> None:
    """Extract a shard; a line of the file ``record`` tells how many clips of a window are about to be embedded."""
    opened, finish = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND), Task.finish

    def noted(task: Task, prepared: Sequence[Prepared]) -> list[tuple[np.ndarray, Row]]:
        os.write(opened, f"{len(prepared)}\n".encode())
        return finish(task, prepared)

    Task.finish = noted
    sys.argv = ["extract", *(word for name, value in flags.items() for word in (f"--{name}", value))]
    warnings.simplefilter("ignore")  # that the module is run although it is imported
    runpy.run_module("extractors.extract_shard", run_name="__main__")
