"""What the pages about a corpus share: one HTML file that needs no other, its look, tables and pictures, its inputs."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from extractors.program import UserError

Item = TypeVar("Item")

STYLE = """
:root { color-scheme: light dark; --line: light-dark(#c8c8c8, #555); --mark: light-dark(#0a6b3d, #5fd39b);
  --warn: light-dark(#8a3b00, #ffb27a); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem;
  background: Canvas; color: CanvasText; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.closing { font-size: 1.15rem; }
.synthetic { border: 2px solid var(--warn); color: var(--warn); padding: .5rem 1rem; font-weight: bold; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
"""

QUALITY = 70
"""JPEG quality."""


def check_inputs(release: Path, settings: Mapping[str, Any], keys: frozenset[str]) -> None:
    """Check that the release is there and that the settings have each of the keys, and no other.

    Raises:
        UserError: one of these is not so.
    """
    if not release.is_dir():
        raise UserError(f"{release}: no such folder; correct the corpus's release in the config")
    for wrong, what in ((keys - set(settings), "missing"), (set(settings) - keys, "unknown")):
        if wrong:
            raise UserError(f"--settings: {', '.join(sorted(wrong))} {what}; give each of {', '.join(sorted(keys))}")


def html_page(title: str, style: str, sections: Iterable[str], release: Path) -> str:
    """A whole page.

    Args:
        title: what it is about, as plain text.
        style: CSS beyond :data:`STYLE`.
        sections: HTML in order; empty ones are left out.
        release: the folder of the release that the page shows; the page says whether that is a synthetic twin.
    """
    synthetic = (release / "SYNTHETIC.txt").exists()
    heading = f"{escape(title)}{' (SYNTHETIC twin)' * synthetic}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n"
        + "\n".join(filter(None, [_notice(synthetic), *sections]))
        + "\n</main>\n</body>\n</html>\n"
    )


def _notice(synthetic: bool) -> str:
    if synthetic:
        return '<p class="synthetic">SYNTHETIC DATA: a small generated twin of the release, no recording of people.</p>'
    return "<p>This page shows pictures of the release; its licence holds for the page too.</p>"


def html_table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table that scrolls by itself where it is too wide, with all cells as plain text."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def data_uri(picture: np.ndarray, height: int) -> str:
    """A picture uint8 RGB [H, W, 3] as JPEG of this height in pixels, or of its own if that is less."""
    scale = min(height / picture.shape[0], 1.0)
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.tobytes()).decode()}"


def evenly(items: Sequence[Item], count: int) -> list[Item]:
    """``count`` of the items from all over them, or all where there are fewer."""
    count = min(count, len(items))
    return [items[(2 * i + 1) * len(items) // (2 * count)] for i in range(count)]
