"""One HTML file that needs no other, its look and its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

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


def document(title: str, style: str, body: str) -> str:
    """A whole file: the title as plain text, CSS beyond :data:`STYLE`, and the body as HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def html_table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]], kind: str = "", row_headings: int = 0
) -> str:
    """A table that scrolls by itself where it is too wide, with all cells as plain text.

    Args:
        caption: what it shows.
        headings: of the columns.
        rows: the cells.
        kind: class of the table.
        row_headings: how many cells at the start of each row are its heading.
    """
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "\n".join(_row(row, row_headings) for row in rows)
    begin = f'<table class="{kind}">' if kind else "<table>"
    return scrolled(
        caption,
        f"{begin}<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>",
    )


def scrolled(label: str, wide: str) -> str:
    """Something wide that scrolls by itself, also by the keyboard."""
    return f'<div class="scroll" role="region" aria-label="{escape(label)}" tabindex="0">{wide}</div>'


def _row(row: Sequence[object], row_headings: int) -> str:
    texts = [escape(str(cell)) for cell in row]
    heads = "".join(f'<th scope="row">{text}</th>' for text in texts[:row_headings])
    return f"<tr>{heads}{''.join(f'<td>{text}</td>' for text in texts[row_headings:])}</tr>"
