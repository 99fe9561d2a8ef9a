"""Ten minutes in one clip: the memory that it takes stays within bounds, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from helpers.places import TESTS

PEAK = TESTS / "helpers" / "peak.py"


def peak(case: str, minutes: float) -> float:
    """MB that a clip of so many minutes takes."""
    search = os.pathsep.join([str(TESTS), str(TESTS.parent), *sys.path])
    command = [sys.executable, str(PEAK), case, str(minutes)]
    return float(
        subprocess.run(
            command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": search}
        ).stdout
    )


@pytest.mark.slow
@pytest.mark.parametrize(("case", "bound"), [("visual", 150), ("audio", 1200), ("convolutions", 2000)])
def test_ten_minutes(case: str, bound: float) -> None:
    """64 pictures; the sound a few times over, at its own rate too; the widest convolution of a piece of 30 seconds."""
    assert 0 < peak(case, 10) < bound
