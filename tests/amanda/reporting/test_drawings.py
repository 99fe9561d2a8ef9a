"""Drawings of the page: the page's colours, values for every reader, the same bytes each time, and right lengths."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from helpers.page_document import Document

from amanda.reporting.page.bars import Bar, spread_bars, stacked_bars
from amanda.reporting.page.drawing import COLOURS, SERIES, STYLED, Mark, canvas, inline
from amanda.reporting.page.lines import Line, line_chart
from amanda.reporting.page.ranking import WIDTH, diagram

VALUES = np.array([2.0, 1.0, 0.5])
LINE = Line("total", np.array([1, 2, 3]), VALUES, VALUES - 0.1, VALUES + 0.1)
RANKS = pd.DataFrame({"method": list("abc"), "mean_rank": [1.0, 1.5, 3.0], "groups": ["1", "1", ""]})


@STYLED
def marked(name: str) -> str:
    """A curve, a dot of one pair, and a level."""
    figure = canvas(200, 100)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    for place, gid in enumerate(("mean", "dot")):
        (line,) = axes.plot([0, 1, 2], [place, 1, 2], color=SERIES[place])
        line.set_gid(gid)
    return inline(figure, name, "all <words>", {"mean": Mark("a & b: 1"), "dot": Mark("c: 2", "meld-iemocap")})


def points(path: str) -> np.ndarray:
    """The corners of a path, [corners, 2]."""
    return np.array([[*map(float, pair)] for pair in re.findall(r"[ML] (\S+) (\S+)", path)])


def test_a_mark_tells_its_values_by_pointer_and_by_keyboard() -> None:
    page = Document(marked("one"))
    mean, dot = (each for each in page.all("g") if each.get("class") == "mark")
    assert mean == {"role": "img", "tabindex": "0", "aria-label": "a & b: 1", "class": "mark"}
    assert dot == {"role": "img", "data-of": "meld-iemocap", "aria-label": "c: 2", "class": "mark"}
    assert page.text_of("title") == ["a & b: 1", "c: 2"]
    assert page.all("svg")[0]["aria-label"] == "all <words>"
    assert page.all("svg")[0]["role"] == "group"  # what it holds is read too


def test_two_drawings_on_a_page_share_no_id_and_each_is_the_same_every_time() -> None:
    one, other = marked("one"), marked("other")
    ids = [re.findall(r'\bid="([^"]+)"', text) for text in (one, other)]
    assert ids[0]
    assert not set(ids[0]) & set(ids[1])
    used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', one)
    assert {"".join(each) for each in used} <= set(ids[0])
    assert one == marked("one")


@pytest.mark.parametrize(
    "svg",
    [
        marked("a"),
        line_chart("b", "losses", [LINE]).svg,
        spread_bars("c", "T", [("m", [Bar(5.0, 1.0)])], ["text"]).svg,
        stacked_bars("d", "T", [("m", [0.25, 0.75])], ["text", "audio"]).svg,
        diagram(RANKS.assign(critical_difference=1.0), dict(zip("abc", "ABC", strict=True))).svg,
    ],
    ids=["marks", "lines", "bars", "shares", "ranks"],
)
def test_every_colour_is_one_of_the_page_so_that_a_dark_page_recolours_it(svg: str) -> None:
    colours = set(re.findall(r"(?:fill|stroke): ([^;\"]+)", svg))
    assert colours - {"none"} <= set(COLOURS.values())
    assert "http" not in svg  # as a page that needs no network


def test_a_line_chart_says_in_words_what_it_shows() -> None:
    chart = line_chart("x", "A & b: losses", [LINE])
    page = Document(chart.svg)
    assert page.all("svg")[0]["aria-label"] == "A & b: losses, epoch 1 to 3: total from 2 to 0.5"
    (curve,) = (
        points(path["d"]) for path in page.all("path") if "--c0" in path.get("style", "") and "none" in path["style"]
    )
    right, down = np.diff(curve, axis=0).T
    assert right[0] == pytest.approx(right[1], abs=0.2)
    assert down[0] == pytest.approx(2 * down[1], abs=0.3)  # from 2 to 1 and from 1 to 0.5; the page's y points down


def test_bars_go_from_zero_to_both_sides() -> None:
    page = Document(spread_bars("x", "T", [("m", [Bar(5.0, 1.0), Bar(-2.0, float("nan"))])], ["text", "audio"]).svg)
    first, second = (
        points(next(path["d"] for path in page.all("path") if f"fill: var(--c{place})" in path.get("style", "")))[:, 0]
        for place in range(2)
    )
    assert first.min() == pytest.approx(second.max(), abs=0.1)  # zero
    assert np.ptp(first) == pytest.approx(2.5 * np.ptp(second), abs=0.3)
    assert page.all("svg")[0]["aria-label"] == "m: text 5.0, audio -2.0"


def test_shares_fill_their_bar_side_by_side() -> None:
    page = Document(stacked_bars("x", "T", [("m", [0.25, 0.75])], ["text", "audio"]).svg)
    quarter, rest = (
        points(next(path["d"] for path in page.all("path") if f"fill: var(--c{place})" in path.get("style", "")))[:, 0]
        for place in range(2)
    )
    assert quarter.max() == pytest.approx(rest.min(), abs=0.1)
    assert np.ptp(rest) == pytest.approx(3 * np.ptp(quarter), abs=0.3)
    assert {"25%", "75%"} <= set(page.text_of("text"))


def test_the_diagram_of_ranks_joins_what_is_not_told_apart() -> None:
    chart = diagram(RANKS.assign(critical_difference=1.0), dict(zip("abc", "ABC", strict=True)))
    page = Document(chart.svg)
    (bar,) = [place for place, (tag, each) in enumerate(page.elements) if each.get("class") == "mark"]
    x = points(next(each["d"] for tag, each in page.elements[bar:] if tag == "path"))[:, 0]
    axis = 0.32 * WIDTH  # from rank 1 to 3, between the names
    assert np.ptp(x) == pytest.approx(axis / 4, abs=0.2)
    assert page.text_of("title") == ["Not told apart: mean ranks 1.00 to 1.50"]
    assert page.all("svg")[0]["aria-label"] == "Mean ranks: A 1.00; B 1.50; C 3.00"
