"""From known scores to known tables, in every format, with notes that say what they are of."""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from helpers.changed import changed
from helpers.report_helpers import (
    CELLS,
    COMPARISONS,
    PAIR,
    PAPER,
    SETTINGS,
    SYNTHETIC,
    all_formats,
    ceilings,
    evidence,
    tabulate,
    two_methods,
)

from amanda.reporting.table1.html import table_document
from amanda.reporting.table1.latex import escape, latex
from amanda.reporting.table1.layout import lines, signed
from amanda.reporting.table1.markdown import markdown
from amanda.reporting.table1.notes import Note, notes
from amanda.reporting.table1.table import DECIMALS, table1
from extractors.shared.program import UserError


@pytest.fixture
def scores() -> pd.DataFrame:
    return two_methods()


def test_mean_and_sample_standard_deviation_over_seeds(scores: pd.DataFrame) -> None:
    table = tabulate(scores).set_index("method")
    assert table.loc["direct_transfer", "weighted_f1_mean"] == 52.0
    assert table.loc["direct_transfer", "weighted_f1_std"] == 2.0  # sqrt((4 + 0 + 4) / (3 - 1))
    assert table.loc["direct_transfer", "n_seeds"] == 3
    assert table.loc["direct_transfer", "clips"] == 6
    assert table.loc["amanda_p2", "weighted_f1_std"] == 0.0
    assert table.loc["direct_transfer", "oracle_weighted_f1_mean"] == 55.0
    assert table.loc["direct_transfer", "oracle_weighted_f1_std"] == 2.0
    assert table.loc["direct_transfer", "selection_gap"] == 3.0


def test_every_file_rounds_the_same_number(scores: pd.DataFrame) -> None:
    """50.64497 is 50.6450 in the CSV; a page that reads it there must not come to other digits than the Markdown."""
    scores["weighted_f1"] = 50.64497
    table = tabulate(scores)
    stored = pd.read_csv(io.StringIO(table.to_csv(index=False, float_format=f"%.{DECIMALS}f")))
    pd.testing.assert_frame_equal(stored[["weighted_f1_mean"]], table[["weighted_f1_mean"]], check_exact=True)
    assert table.loc[0, "weighted_f1_mean"] == 50.645


def test_seeds_that_the_config_does_not_name_do_not_count(scores: pd.DataFrame) -> None:
    table = tabulate(scores, seeds=[0, 1]).set_index("method")
    assert table.loc["direct_transfer", "weighted_f1_mean"] == 51.0
    assert table.loc["direct_transfer", "n_seeds"] == 2


def test_the_papers_number_stands_beside_ours(scores: pd.DataFrame) -> None:
    table = tabulate(scores).set_index("method")
    assert table.loc["direct_transfer", "paper_weighted_f1"] == 57.62
    assert table.loc["direct_transfer", "difference_to_paper"] == pytest.approx(52.0 - 57.62)
    assert table.loc["direct_transfer", "paper_in_interval"]  # 46 to 58
    assert math.isnan(table.loc["amanda_p2", "paper_weighted_f1"])
    assert pd.isna(table.loc["amanda_p2", "paper_in_interval"])


@pytest.mark.parametrize(("p", "bold"), [(0.049, [False, True]), (0.051, [False, False]), (math.nan, [False, False])])
def test_the_best_is_bold_where_it_is_better_beyond_noise(scores: pd.DataFrame, p: float, bold: list[bool]) -> None:
    assert tabulate(scores, p)["better_beyond_noise"].tolist() == bold


def test_bold_needs_every_other_row(scores: pd.DataFrame) -> None:
    """Of three the best beats one beyond noise and the other not."""
    third = scores[scores["method"] == "amanda_p2"].assign(method="dann", weighted_f1=59.0)
    labels = SETTINGS.labels | {"dann": "DANN"}
    settings = changed(SETTINGS, methods=["direct_transfer", "dann", "amanda_p2"], labels=labels)
    pairs = [("direct_transfer", "dann", -7.0), ("direct_transfer", "amanda_p2", -8.0), ("dann", "amanda_p2", -1.0)]
    for last, expected in ((0.2, [False] * 3), (0.04, [False, False, True])):
        rows = zip(pairs, (0.03, 0.02, last), strict=True)
        comparisons = pd.DataFrame(
            PAIR | {"method": a, "other": b, "difference": gap, "p_holm": p} for (a, b, gap), p in rows
        )
        table = table1(pd.concat([scores, third]), ceilings(), PAPER, CELLS, comparisons, settings)
        assert table["better_beyond_noise"].tolist() == expected


def test_the_only_row_is_not_the_best(scores: pd.DataFrame) -> None:
    assert tabulate(scores, methods=["amanda_p2"])["better_beyond_noise"].tolist() == [False]


def test_the_markdown_has_the_papers_layout(scores: pd.DataFrame) -> None:
    found = evidence(scores)
    rows = [line for line in markdown(found.table, notes(found, SETTINGS), SETTINGS).splitlines() if line[:1] == "|"]
    assert rows == [
        "| Method | IE.→MS. |",
        "| --- | ---: |",
        "| D.T. | 52.00 ± 2.00 |",
        "| *paper (ours − it)* | 57.62 (−5.62) |",
        "| *oracle (it − ours)* | 55.00 (+3.00) |",
        "| A-N(p = 2) | **60.00 ± 0.00** |",
        "| *paper (ours − it)* | – |",
        "| *oracle (it − ours)* | 63.00 (+3.00) |",
        "| Majority class | 13.50 |",
        "| Chance | 25.00 |",
    ]


def test_one_seed_has_no_deviation_and_unknown_pairs_no_papers_number(scores: pd.DataFrame) -> None:
    settings = changed(SETTINGS, seeds=[0])
    table = table1(
        scores, ceilings(), PAPER.iloc[:, :2], CELLS, COMPARISONS.assign(difference=1.0, p_holm=1.0), settings
    )
    told = [(line.kind, line.cells[0].text) for line in lines(table, settings)]
    assert told[:2] == [("score", "50.00"), ("oracle", "53.00 (+3.00)")]


@pytest.mark.parametrize(("number", "text"), [(0.004, "0.00"), (-0.004, "0.00"), (1.234, "+1.23"), (-1.5, "−1.50")])
def test_differences_have_a_sign(number: float, text: str) -> None:
    assert signed(number) == text


def test_every_format_says_that_the_data_is_synthetic(scores: pd.DataFrame) -> None:
    found = evidence(scores, **SYNTHETIC)
    assert set(found.table["data"]) == {"SYNTHETIC twins and backbones"}
    assert all("SYNTHETIC DATA" in text for text in all_formats(found, changed(SETTINGS, **SYNTHETIC)))


def test_nothing_is_called_synthetic_when_the_releases_are_licensed(scores: pd.DataFrame) -> None:
    found = evidence(scores)
    assert set(found.table["data"]) == {"licensed releases"}
    assert "synthetic" not in (found.table.to_csv() + "".join(all_formats(found, SETTINGS))).lower()


def test_zeros_have_no_sign_in_the_csv(scores: pd.DataFrame) -> None:
    scores["weighted_f1"] = 57.61999999
    text = tabulate(scores).to_csv(index=False, float_format=f"%.{DECIMALS}f")
    assert "-0.0000" not in text
    assert "3.0000" not in text  # three seeds are no measurement
    assert "inf" not in text


def test_the_notes_tell_what_the_data_and_the_settings_say(scores: pd.DataFrame) -> None:
    told = {note.name: note.text for note in notes(evidence(scores), SETTINGS)}
    assert "over n = 3 seeds (0, 1, 2; ddof = 1)" in told["Numbers"]
    assert "Holm's p below 0.05 against every other row" in told["Bold"]
    assert "It holds for 1 of 1 column." in told["Bold"]
    assert "95 % confidence interval in 1 of 1 cell." in told["Paper"]
    assert "by last_epoch, without target labels" in told["Selection"]
    assert "It gains 3.00 points on average" in told["Selection"]
    assert told["Recipe"].startswith("paper")
    assert told["Splits"] == "iemocap: by session, validation [4], test [5]."
    assert told["Labels and reading"] == "iemocap: merge_excited true, scenarios [P, R]."
    assert told["Clips"] == "iemocap: 17 usable (neutral 10, sad 7; train 10, validation 2, test 6)."
    assert (told["Device"], told["Trained with"]) == ("cpu.", "torch 2.")
    assert told["Tabulated"] == "2024-05-17, commit abc1234, Python 3.11."
    assert "3 seeds can show a difference of so many points" in told["What the seeds can show"]
    assert "in brackets where it is any of 45: IE.→MS. 4.2 (9.9) (alpha 0.05" in told["What the seeds can show"]
    assert all(name in text for text in all_formats(evidence(scores), SETTINGS) for name in told)


def test_a_missing_run_is_refused_by_name(scores: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="no last_epoch score of amanda_p2 on iemocap-msp_improv, seeds 0, 1, 2, of"):
        tabulate(scores[scores["method"] != "amanda_p2"])


def test_a_missing_run_is_named_where_the_config_says_so(scores: pd.DataFrame) -> None:
    """One seed is enough: a mean of the others would pass for one of all."""
    partial = scores[(scores["method"] != "amanda_p2") | (scores["seed"] != 1)]
    settings = changed(SETTINGS, missing_runs="name")
    found = replace(evidence(scores), table=tabulate(partial, missing_runs="name"))
    row = found.table.set_index("method").loc["amanda_p2"]
    assert row["missing"] == "seed 1"
    assert row[["weighted_f1_mean", "selection_gap"]].isna().all()
    assert not found.table["better_beyond_noise"].any()
    for text in all_formats(found, settings):
        assert "1 of 2 cells have no number" in text
        assert re.search(r"A-N\(p = 2\) on IE\.(→|\$\\rightarrow\$)MS\. \(seed 1\)", text)
        assert re.search(r"missing\b", text)
        assert not re.search(r"\bnan\b", text)


def test_latex_is_balanced_and_compiles_where_there_is_a_compiler(scores: pd.DataFrame, tmp_path: Path) -> None:
    settings = changed(SETTINGS, labels={"direct_transfer": "D.T._100%", "amanda_p2": "A-N(p = ∞)"})
    found = replace(evidence(scores), table=tabulate(scores, labels=settings.labels))
    text = latex(found.table, notes(found, settings), settings)
    assert r"D.T.\_100\% & 52.00 $\pm$ 2.00 \\" in text
    assert r"A-N(p = $\infty$) & \textbf{60.00 $\pm$ 0.00} \\" in text
    assert [rule for rule in ("toprule", "midrule", "bottomrule") if text.count(f"\\{rule}") != 1] == []
    assert re.sub(r"\\[{}]", "", text).count("{") == re.sub(r"\\[{}]", "", text).count("}")
    assert text.count(r"\begin{") == text.count(r"\end{") == 2
    document = rf"\documentclass[twocolumn]{{article}}\usepackage{{booktabs}}\begin{{document}}{text}\end{{document}}"
    (tmp_path / "paper.tex").write_text(document)
    if compiler := shutil.which("pdflatex"):
        command = [compiler, "-halt-on-error", "-interaction=nonstopmode", "paper.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]
        assert (tmp_path / "paper.pdf").stat().st_size > 1000


def test_what_latex_reads_otherwise_is_escaped() -> None:
    assert escape("a_b & 5% of #1 {x} ~ ^ \\") == (
        r"a\_b \& 5\% of \#1 \{x\} \textasciitilde{} \textasciicircum{} \textbackslash{}"
    )


class Checker(HTMLParser):
    """Collects tags and refuses those that are closed in another order than opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.seen, self.sorted_by = [], [], []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.seen.append(tag)
        self.sorted_by += [float(value) for name, value in attrs if name == "data-value"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_is_well_formed_escaped_and_has_numbers_to_sort_by(scores: pd.DataFrame) -> None:
    settings = changed(SETTINGS, labels={"direct_transfer": "<b>D&T", "amanda_p2": "A"})
    found = replace(evidence(scores), table=tabulate(scores, labels=settings.labels))
    text = table_document(found.table, [Note("A", "B & C", warning=True), *notes(found, settings)], settings)
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    assert checker.seen.count("tr") == 1 + 2 + 2  # headings, methods, what needs no training
    assert checker.seen.count("strong") == 1
    assert checker.sorted_by == [52.0, 60.0, 13.5, 25.0]
    assert "&lt;b&gt;D&amp;T" in text
    assert '<p class="warning">B &amp; C</p>' in text
