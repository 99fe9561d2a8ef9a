"""The templates, styles and scripts that lie in the folder ``templates`` of a package.

A module that renders them imports its package by name: the digest of a program's code counts the data files of those
packages alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(package: ModuleType, name: str, values: Mapping[str, object]) -> str:
    """Fill in a template of a package.

    Args:
        package: which one.
        name: of the template's file.
        values: what its names stand for; all text is escaped, and a name without a value is an error.
    """
    environment = Environment(
        loader=FileSystemLoader(_folder(package)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(values)


def source(package: ModuleType, name: str) -> str:
    """The text of a style or a script of a package."""
    return (_folder(package) / name).read_text(encoding="utf-8")


def _folder(package: ModuleType) -> Path:
    return Path(package.__path__[0]) / "templates"
