"""Work in forked processes."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.shared.children import in_children


class Decoder:
    """Like a decoder with threads: freed in a process that was forked, it would wait for ever."""

    def __init__(self, freed: Path) -> None:
        self.freed, self.cycle = freed, self

    def __del__(self) -> None:
        with self.freed.open("a") as file:
            file.write(f"{os.getpid()}\n")


@pytest.mark.parametrize("garbage", ["before the fork", "after it"])
def test_a_child_frees_nothing_of_its_parent(tmp_path: Path, garbage: str) -> None:
    freed = tmp_path / "freed"
    freed.touch()
    held = [Decoder(freed)]
    if garbage == "before the fork":
        held.clear()

    def prepare() -> Callable[[int], int]:
        held.clear()
        gc.collect()
        return lambda item: item + 1

    gc.disable()
    try:
        assert list(in_children(prepare, [1, 2], 1, 0)) == [(0, 2), (1, 3)]
    finally:
        gc.enable()
    assert freed.read_text().split() == ([str(os.getpid())] if garbage == "before the fork" else [])
