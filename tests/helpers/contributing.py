"""The examples of CONTRIBUTING: the files and the pieces of a config that it shows, executed as they stand there."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from planning import config
from planning.config import check as checked_config
from planning.config import corpora_sections, extraction_sections, model
from planning.config.plain import plain_schema

from helpers.places import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
FILES = dict(re.findall(r"`((?:amanda|extractors)/\S+\.py)`:\n\n```python\n(.*?)```", TEXT, re.DOTALL))
LINES = {name: (module, kind) for name, module, kind in re.findall(r'`"(\w+)": \("([\w.]+)", "(\w+)"\)`', TEXT)}
"""What each registry gets: name -> module and class."""


def piece(heading: str) -> Any:
    """What a section shows of the config."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    return yaml.safe_load(re.search(r"```yaml\n(.*?)```", section, re.DOTALL).group(1))


def written(path: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that a file of CONTRIBUTING would be."""
    name = path.removesuffix(".py").replace("/", ".")
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(FILES[path], path, "exec"), module.__dict__)
    return module


@contextmanager
def made_schema(folder: Path) -> Iterator[Callable[[dict], None]]:
    """The check of a config against the schema that ``make schema`` makes now."""
    with pytest.MonkeyPatch.context() as patched:
        for module in (corpora_sections, extraction_sections, model):
            patched.delitem(sys.modules, module.__name__)
            patched.setattr(
                config, module.__name__.rpartition(".")[2], module
            )  # the new one takes its place until then
        path = folder / "schema.yaml"
        path.write_text(yaml.safe_dump(plain_schema(importlib.import_module(model.__name__).Config)))
        patched.setattr(checked_config, "SCHEMA", path)
        yield checked_config.check
