"""Numbers in sentences."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """A number of things, such as ``1 clip`` or ``2 clips``."""
    return f"{count} {noun}{'s' * (count != 1)}"
