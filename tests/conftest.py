"""What all tests share: their order, and a folder for caches, where the home folder takes none."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests first: one of them at the end of a parallel run would keep one core busy alone."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


@pytest.fixture(scope="session", autouse=True)
def _folder_for_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Snakemake does not start without one; a home folder may be absent or locked."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            Path(os.path.expanduser("~/.cache")).mkdir(parents=True, exist_ok=True)
        except OSError:
            patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield
