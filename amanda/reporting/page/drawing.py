"""Figures of matplotlib as SVG inside the page, in the page's colours; each mark shows its values."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from xml.etree import ElementTree

from matplotlib import style
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK, SOFT, LINE = "#010101", "#777778", "#c8c8c9"
"""Colours of text and marks, of background elements, and of axes."""

SERIES = ("#b34701", "#0072b3", "#007050", "#8a2f8b", "#6b5501", "#555556")
"""Colours of curves and bars, in order."""

DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = (
    "-",
    (0, (7, 3)),
    (0, (2, 2)),
    (0, (8, 2, 2, 2)),
    (0, (4, 2)),
    (0, (1, 3)),
)
"""Dashes of curves, in the order of :data:`SERIES`, for readers who cannot distinguish the colours."""

COLOURS = {INK: "currentColor", SOFT: "var(--soft)", LINE: "var(--line)"} | {
    colour: f"var(--c{place})" for place, colour in enumerate(SERIES)
}
"""The page's variable for each colour of a drawing, so that a dark page changes the colours."""

STYLED = style.context(
    [
        "default",
        {
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": 9,
            "axes.edgecolor": LINE,
            "axes.facecolor": "none",
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "grid.color": LINE,
            "grid.linewidth": 0.6,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "text.color": INK,
            "lines.linewidth": 1.5,
            "svg.fonttype": "none",
            "svg.hashsalt": "amanda",
        },
    ]
)
"""A decorator for functions that draw; it ignores the user's own settings of matplotlib."""

_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_FONT = re.compile(r"font-family: [^;]*; ")
_REFERENCE = re.compile(r"(?<=url\()#([\w.-]+)|^#([\w.-]+)$")
_LEFT_OUT = ("metadata", "style", "title")


@dataclass(frozen=True, slots=True)
class Mark:
    """The values of a mark in words, for the pointer and, unless the mark belongs to one ``pair``, for the keyboard."""

    words: str
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its title, and the meaning of its colours in the order of the series."""

    title: str
    svg: str
    keys: Sequence[str] = ()


def canvas(width: float, height: float) -> Figure:
    """An empty figure of a size in the page's pixels."""
    return Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")


def inline(figure: Figure, name: str, words: str, marks: Mapping[str, Mark]) -> str:
    """Return the figure as an ``<svg>`` element for the page.

    Args:
        figure: a figure in the colours above, whose marks have a gid.
        name: a name of letters, digits and hyphens that is unique on the page.
        words: a description for screen readers.
        marks: gid of a mark -> its values.
    """
    written = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(written, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    root = ElementTree.fromstring(written.getvalue())
    used = {"".join(found) for each in root.iter() for value in each.attrib.values() for found in _references(value)}
    _clean(root, name, used, marks)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "group" if marks else "img", "aria-label": words}
    return ElementTree.tostring(root, encoding="unicode")


def _references(value: str) -> list[tuple[str, str]]:
    return _REFERENCE.findall(value)


def _clean(part: ElementTree.Element, name: str, used: Set[str], marks: Mapping[str, Mark]) -> None:
    """Remove from an element and its content all that the page does not need: name spaces, unused ids and groups."""
    part.tag = part.tag.rpartition("}")[2]
    part.tail = None
    part.text = part.text if part.tag == "text" else None
    attributes = dict(part.attrib)
    part.attrib.clear()
    mark = attributes.pop("id", "")
    if mark in used:
        part.set("id", f"{name}-{mark}")
    for key, value in attributes.items():
        if not value.startswith("rotate(-0"):
            part.set(key.rpartition("}")[2], _for_page(value, name))
    children: list[ElementTree.Element] = []
    for child in part:
        _clean(child, name, used, marks)
        children += [*child] if child.tag == "g" and not child.attrib else [child] * (child.tag not in _LEFT_OUT)
    part[:] = children
    if mark in marks:
        _tell(part, marks[mark])


def _for_page(value: str, name: str) -> str:
    """An attribute with the page's colours, ids of this drawing, and lengths to a tenth of a pixel."""
    value = _REFERENCE.sub(lambda found: f"#{name}-{found[1] or found[2]}", value)
    for colour, variable in COLOURS.items():
        value = value.replace(colour, variable)
    value = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value)
    return " ".join(_FONT.sub("", value).split())


def _tell(element: ElementTree.Element, mark: Mark) -> None:
    """Give an element the values of its mark: a title for the pointer, and a name and the focus for the keyboard."""
    element.attrib |= {"role": "img", "aria-label": mark.words, "class": "mark"}
    element.attrib |= {"data-of": mark.pair} if mark.pair else {"tabindex": "0"}
    title = ElementTree.Element("title")
    title.text = mark.words
    element.insert(0, title)
