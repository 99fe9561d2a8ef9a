"""The page of the Python API: its examples run as they stand there; what it lists can be imported and is described."""

from __future__ import annotations

import importlib
import inspect
import re
import shutil
from pathlib import Path

import pytest
from helpers.places import ROOT
from helpers.talking_film import write_film
from helpers.tiny_model import make_tiny

PAGE = (ROOT / "docs/api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LISTED = [name for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for name in re.findall(r"`([\w.]+)`", row)]


def find(name: str) -> object:
    """What a dotted name stands for: a module, or a member of one."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, member = name.rpartition(".")
        return getattr(importlib.import_module(module), member)


def test_what_is_listed_is_there_and_described() -> None:
    assert len(LISTED) > 15
    module, undescribed = "", []
    for name in LISTED:
        full = name if "." in name else f"{module}.{name}"  # `Wish` after `amanda.sharing.adapting.adapt`
        module = full.rpartition(".")[0]
        member = find(full)
        if inspect.isroutine(member):
            signature = inspect.signature(member)
            typed = all(each.annotation is not each.empty for each in signature.parameters.values())
            if not typed or signature.return_annotation is signature.empty or not member.__doc__:
                undescribed.append(full)
        elif inspect.isclass(member) or inspect.ismodule(member):
            undescribed += [] if member.__doc__ else [full]
    assert undescribed == []


@pytest.mark.slow
def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = make_tiny(tmp_path / "made")
    shutil.copytree(tiny.model, tmp_path / "my_model")
    shutil.copytree(tiny.backbones, tmp_path / "backbones")
    (tmp_path / "recordings").mkdir()
    write_film(tmp_path / "recordings/talk.mp4")
    shutil.copy(ROOT / "config.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert len(EXAMPLES) == 5
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/api.md", "exec"), names)
