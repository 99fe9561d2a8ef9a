"""The first screen: a verdict made from the comparisons, sorted dots with the levels, and four tiles."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.answer import MEANS, NAN, PAIRS, none, results
from helpers.page_document import Document

from amanda.reporting.page.dots import NARROW, WIDE, Form, dot_plot, levels
from amanda.reporting.page.first import best, first_screen
from amanda.reporting.page.gains import answer, gains
from amanda.reporting.page.results import Results
from amanda.reporting.page.summary import summary
from amanda.shared.names import method_name

WON = ("iemocap-meld", "direct_transfer", "amanda_p1", -12.0, -15.0, -9.0, 0.01)
"""The table sets no adaptation first, so the gain is 12 points, 9 to 15."""

OVERALL = ("all", "direct_transfer", "amanda_p1", -7.3, -9.0, -5.6, 0.02)


def test_the_gain_is_the_method_minus_no_adaptation_whichever_stands_first() -> None:
    turned = ("mosei-meld", "amanda_p2", "direct_transfer", 3.0, 1.0, 5.0, 0.5)
    found = gains(results(WON, turned, ("mosei-meld", "amanda_p1", "amanda_p2", 1.0, 0.0, 2.0, 0.1)).comparisons)
    rows = {row.method: (row.difference, row.low, row.high) for row in found.itertuples()}
    assert rows == {"amanda_p1": (12.0, 9.0, 15.0), "amanda_p2": (3.0, 1.0, 5.0)}


@pytest.mark.parametrize(
    ("comparisons", "kind", "verdict", "reason"),
    [
        (
            (WON, none("mosei-meld"), OVERALL),
            "yes",
            "Yes, on 1 of 2 pairs:",
            "amanda p1 gains 7.3 points of weighted F1 (5.6 to 9.0) on average.",
        ),
        (
            (WON, none("mosei-meld"), (*OVERALL[:-1], 0.2)),
            "yes",
            "Yes, on 1 of 2 pairs, not shown on average:",
            "amanda p1 gains 7.3 points of weighted F1 (5.6 to 9.0) on average.",
        ),
        (
            (WON, ("mosei-meld", "direct_transfer", "amanda_p1", 6.0, 3.0, 9.0, 0.01), OVERALL),
            "yes",
            "Yes, on 1 of 2 pairs, but it hurts on 1:",
            "amanda p1 gains 7.3 points of weighted F1 (5.6 to 9.0) on average.",
        ),
        (
            (none("iemocap-meld"), none("mosei-meld"), OVERALL),
            "yes",
            "Yes on average, on no single pair:",
            "amanda p1 gains 7.3 points of weighted F1 (5.6 to 9.0) on average.",
        ),
        (
            (
                ("iemocap-meld", "direct_transfer", "amanda_p1", 12.0, 9.0, 15.0, 0.01),
                ("all", "direct_transfer", "amanda_p1", 4.0, -1.0, 9.0, 0.3),
            ),
            "no",
            "No, it hurts on 1 of 2 pairs:",
            "amanda p1 loses 4.0 points of weighted F1 (−1.0 to 9.0) on average.",
        ),
        (
            (none("iemocap-meld"), none("mosei-meld"), none("all")),
            "open",
            "Not shown.",
            "No method differs from no adaptation beyond noise on any of 2 pairs (Holm’s p is 0.05 or more).",
        ),
        (
            ((*none("iemocap-meld")[:-1], NAN),),
            "open",
            "Not shown.",
            "One seed cannot show a difference: nobody knows how far seeds differ.",
        ),
        (
            (("iemocap-meld", "amanda_p1", "amanda_p2", 12.0, 9.0, 15.0, 0.01),),
            "open",
            "This table cannot say.",
            "It has no method beside one without adaptation.",
        ),
        (
            (("iemocap-meld", "direct_transfer", "in_domain", -30.0, -40.0, -20.0, 0.001),),
            "open",
            "This table cannot say.",
            "It has no method beside one without adaptation.",
        ),
    ],
    ids=["yes", "not on average", "hurts too", "on average", "no", "not shown", "one seed", "no baseline", "a ceiling"],
)
def test_the_verdict_follows_the_comparisons(comparisons: tuple, kind: str, verdict: str, reason: str) -> None:
    found = answer(results(*comparisons))
    assert (found.kind, found.verdict, found.reason) == (kind, verdict, reason)


def test_of_two_methods_that_win_the_verdict_names_the_one_with_more_pairs() -> None:
    wins = [("iemocap-meld", "direct_transfer", "amanda_p2", -30.0, -31.0, -29.0, 0.001)]
    wins += [(pair, "direct_transfer", "amanda_p1", -5.0, -6.0, -4.0, 0.001) for pair in PAIRS]
    wins += [("all", "direct_transfer", name, -5.0, -6.0, -4.0, 0.001) for name in ("amanda_p1", "amanda_p2")]
    found = answer(results(*wins))
    assert (found.verdict, found.method) == ("Yes, on 2 of 2 pairs:", "amanda_p1")


def test_of_one_pair_there_is_no_average() -> None:
    found = answer(results(WON, ("all", *WON[1:]), pairs=PAIRS[:1]))
    assert found.verdict == "Yes, on 1 of 1 pair:"
    assert found.reason == "amanda p1 gains 12.0 points of weighted F1 (9.0 to 15.0)."


def test_the_second_line_says_what_the_verdict_has_not() -> None:
    known = results(WON, none("mosei-meld"), OVERALL)
    told = "Best on average: amanda p1, 52.0 % weighted F1 against 40.0 % without adaptation ("
    assert best(known, "amanda_p1") == f"{told}Holm’s p 0.020)."
    assert best(known, "") == f"{told}+7.30 points, 5.60 to 9.00; Holm’s p 0.020)."
    ceiling = results(WON, OVERALL, means=MEANS | {"in_domain": 90.0})
    assert best(ceiling, "amanda_p1") == f"{told}Holm’s p 0.020)."  # the ceiling adapts nothing


def dots(found: Results, form: Form = WIDE) -> Document:
    chart = dot_plot(found, form)
    assert chart is not None
    return Document(chart.svg)


def test_the_dots_are_sorted_by_the_mean_and_tell_their_values() -> None:
    page = dots(results(WON, OVERALL))
    told = [each["aria-label"] for each in page.all("g") if "tabindex" in each]
    assert [text.split(":")[0] for text in told] == ["amanda p1", "amanda p2", "direct transfer"]
    assert told[0] == (
        "amanda p1: 52.0 % weighted F1 on average over 2 pairs and n = 2 seeds (95 % interval 49.0 to 56.0);"
        " +7.30 points against no adaptation, Holm’s p 0.020"
    )
    of_pairs = [(each["data-of"], each["aria-label"]) for each in page.all("g") if "data-of" in each]
    assert len(of_pairs) == 6
    assert of_pairs[0] == ("iemocap-meld", "amanda p1 on IEMOCAP → MELD: 50.0 ± 1.5 %")


def test_a_phone_has_the_same_marks_under_their_names() -> None:
    wide, narrow = (dots(results(WON, OVERALL), form) for form in (WIDE, NARROW))
    marks = [[each["aria-label"] for each in page.all("g") if each.get("class") == "mark"] for page in (wide, narrow)]
    assert marks[0] == marks[1]
    assert {"amanda p1", "amanda p2", "direct transfer"} <= set(narrow.text_of("text"))
    assert not set(re.findall(r'"#([^"]+)"', str(wide.elements))) & set(re.findall(r'"#([^"]+)"', str(narrow.elements)))


def test_levels_are_those_that_the_table_has() -> None:
    plain = results(WON)
    assert [(each.name, each.value) for each in levels(plain)] == [("no adaptation", 40.0)]
    table = plain.table.assign(
        chance_weighted_f1=np.where(plain.table["source"] == "mosei", 20.0, 30.0), majority_weighted_f1=15.0
    )
    ceiling = table.groupby(["source", "target"], as_index=False).first()
    ceiling = ceiling.assign(method="in_domain", weighted_f1_mean=np.where(ceiling["source"] == "mosei", 60.0, 80.0))
    known = replace(plain, table=pd.concat([table, ceiling], ignore_index=True))
    assert {each.name: each.value for each in levels(known)} == {
        "chance": 25.0,
        "majority class": 15.0,
        "no adaptation": 40.0,
        "in-domain ceiling": 70.0,
    }
    names = dots(known).text_of("text")
    assert {"chance", "majority class", "no adaptation", "in-domain ceiling"} <= set(names)
    assert ("chance 25.0 %", "chance") in first_screen(known).size
    assert [text for text, _ in first_screen(plain).size] == ["2 pairs", "3 methods", "2 seeds"]


def test_the_papers_mean_is_a_hollow_diamond_where_it_has_every_pair() -> None:
    synthetic = results(WON)
    assert not [text for text in dots(synthetic).text_of("title") if "in the paper" in text]
    printed = np.where(synthetic.table["method"] == "amanda_p2", [50.0, 54.0] * 3, NAN)
    printed[0] = 33.0  # of the two pairs of direct transfer one alone
    found = dots(replace(synthetic, table=synthetic.table.assign(paper_weighted_f1=printed)))
    (told,) = [text for text in found.text_of("title") if "in the paper" in text]
    assert told == "amanda p2 in the paper: 52.0 % on average"


def test_four_tiles_and_what_should_worry() -> None:
    tiles = first_screen(results(WON)).tiles
    assert [(tile.value, tile.note, tile.warning) for tile in tiles] == [
        ("12 of 12", "none is missing", False),
        ("1\N{NO-BREAK SPACE}300", "200 of 1\N{NO-BREAK SPACE}500 labelled clips are excluded", True),
        ("4.2 points", "of the mean over pairs, found with probability 80 %", False),
        ("2024-05-17", "from commit abc1234", False),
    ]
    known = results(WON)
    lost = replace(known, scores=known.scores.iloc[1:], detectable=known.detectable.assign(detectable=NAN))
    worried = first_screen(lost).tiles
    assert (worried[0].value, worried[0].note, worried[0].warning) == ("11 of 12", "1 run missing", True)
    assert (worried[2].value, worried[2].warning) == ("none", True)


def test_synthetic_results_say_so_in_the_answer_and_in_the_drawing() -> None:
    screen = first_screen(results(WON))
    assert screen.data == "SYNTHETIC twins and backbones"
    assert screen.dots is not None
    assert "SYNTHETIC" in screen.dots.title
    real = first_screen(results(WON, releases="licensed", twins=[]))
    assert real.data == ""
    assert "SYNTHETIC" not in str(real)


def test_abbreviations_of_the_paper_are_spelled_out_and_other_labels_stay() -> None:
    assert method_name("D.T.") == "No adaptation (direct transfer)"
    assert method_name("A-N(p = 2)") == "Amanda, norm, p = 2"
    assert method_name("D.T. (text)") == "D.T. (text)"
    assert not re.search(r"D\.T\.", str(first_screen(results(WON, labels=dict.fromkeys(MEANS, "D.T.")))))


def test_the_summary_says_what_the_statistics_say_in_sentences() -> None:
    """By hand: p1 gains 12 where shares agree and loses 3 where not; one of four differences is beyond noise."""
    rows = [
        ("iemocap-meld", "amanda_p1", "direct_transfer", 12.0, 8.0, 16.0, 0.01),
        ("mosei-meld", "amanda_p1", "direct_transfer", -3.0, -7.0, 1.0, 0.4),
        ("iemocap-meld", "amanda_p2", "direct_transfer", 2.0, -2.0, 6.0, 1.0),
        ("mosei-meld", "amanda_p2", "direct_transfer", 1.0, -2.0, 6.0, 1.0),
    ]
    labels = ["neutral", "happy", "sad", "angry"]
    counts = {"iemocap": [10, 10, 10, 10], "meld": [10, 10, 10, 10], "mosei": [70, 10, 10, 10]}
    corpora = pd.concat(
        [pd.DataFrame({"corpus": name, "label": labels, "train": each}) for name, each in counts.items()]
    )
    known = replace(results(*rows), corpora=corpora)
    words = " ".join(summary(known).split())
    assert (
        "gains 12.0 on the 1 pair whose label shares agree and loses 3.0 on the 1 pair whose label shares differ"
        in words
    )
    assert "Of 4 differences to no adaptation on single pairs, 1 are gains and 0 are losses beyond noise" in words
    assert "says nothing about emotion" in words
