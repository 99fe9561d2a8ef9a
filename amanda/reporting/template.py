"""Templates, styles and scripts, which are files in folders called ``templates``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(folder: Path, name: str, values: Mapping[str, object]) -> str:
    """Fill in a template.

    Args:
        folder: the folder of the template and of the templates that it includes.
        name: the name of its file.
        values: the values of its names; all text is escaped, and a name without a value is an error.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(values)


def source(folder: Path, name: str) -> str:
    """The text of a style or a script."""
    return (folder / name).read_text(encoding="utf-8")
