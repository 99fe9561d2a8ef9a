"""Pages from the templates of this folder: each is one HTML file that needs no other file and no network."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(template: str, release: Path, **values: object) -> str:
    """Fill in a template, in which every value is plain text and is escaped.

    Args:
        template: its file name. Callers give it as one string, which the digest of their code follows.
        release: the folder of the release that the page shows; the page says whether that is a synthetic twin.
        values: the values by the names that the template has for them.

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
