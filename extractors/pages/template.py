"""Render pages from the templates of this folder. Each page is one HTML file without other files and network access."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(template: str, release: Path, **values: object) -> str:
    """Fill in a template, in which every value is plain text and is escaped.

    Args:
        template: its file name. Callers give it as one string, which the digest of their code follows.
        release: the folder of the release on the page. The page tells whether it is a synthetic twin.
        values: the template's values, by name.

    Raises:
        jinja2.UndefinedError: the template needs a value that is not given.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    synthetic = (release / "SYNTHETIC.txt").exists()
    return environment.get_template(template).render(values, synthetic=synthetic)
