"""One page from known results: well-formed, in one file, readable without eyes or script, with the right numbers."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers import places
from helpers.page_document import Document, with_files, write
from helpers.page_inputs import Plan, write_results

GOLDEN = places.GOLDEN / "page.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def flags(folder: Path) -> list[str]:
    return write_results(folder, Plan())


@pytest.fixture(scope="module")
def text(folder: Path, flags: list[str]) -> str:
    return write(folder, flags)


@pytest.fixture(scope="module")
def page(text: str) -> Document:
    return Document(text)


def test_the_words_of_the_page_are_those_of_the_snapshot(folder: Path, page: Document) -> None:
    words = [" ".join(text.split()) for text in page.texts]
    found = "\n".join(filter(None, words)) + "\n"
    (folder / "page.txt").write_text(found)
    assert found == GOLDEN.read_text(), f"if this is what you want, copy {folder}/page.txt to {GOLDEN}"


def test_nothing_is_said_twice(page: Document) -> None:
    """Of what is said in sentences; tables name the same methods and pairs again, and a command may serve several."""
    told = [" ".join(text.split()) for text in page.text_of("p", "li", "dd")]
    sentences = [each for text in told for each in re.split(r"(?<=[.:]) ", text) if len(each) > 40]
    assert [each for each, times in Counter(sentences).items() if times > 1] == []


def test_the_page_needs_no_network_and_no_other_file(text: str, page: Document) -> None:
    assert not re.search(r"https?://|@import|url\((?!#)|fetch\(|src=\"(?!data:)", text)
    assert page.all("link", "iframe", "object") == []
    assert all(link["href"].startswith("#") for link in page.all("a"))
    assert len(text) < 200_000


def test_what_a_screen_reader_goes_by(page: Document) -> None:
    assert page.elements[0][1] == {"lang": "en"}
    assert len(page.all("main")) == len(page.all("header")) == len(page.all("h1")) == 1
    assert page.all("nav") == [{"aria-label": "Contents"}]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert max(ids.values()) == 1
    assert {link["href"][1:] for link in page.all("a")} <= set(ids)
    assert page.all("a")[0] == {"class": "skip", "href": "#content"}
    assert all(cell.get("scope") in ("row", "col") for cell in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(each.get("aria-label") or each.get("aria-hidden") for each in page.all("svg"))
    regions = Counter(each["aria-label"] for each in page.all("div") if each.get("role") == "region")
    assert [name for name, times in regions.items() if times > 1] == []
    labelled = [each["aria-labelledby"] for each in page.all("section")]
    assert set(labelled) <= set(ids)


def test_tables_sort_by_buttons_that_the_script_puts_in(text: str, page: Document) -> None:
    """Without the script there is nothing to press that does nothing."""
    assert [each["id"] for each in page.all("button")] == ["all"]
    assert '<p class="scripted"><button' in text
    assert '<p class="pair-choice scripted">' in text
    assert "html:not(.script) .scripted { display: none; }" in text
    assert 'createElement("button")' in text
    assert "ariaSort" in text
    assert sum(each.get("class") in ("table1", "sortable") for each in page.all("table")) >= 5


def test_what_is_of_a_pair_is_there_for_every_pair_and_named(page: Document) -> None:
    """Without the script all of it is shown."""
    of_pairs = Counter(each["data-pair"] for each in page.all("div") if each.get("class") == "of-pair")
    assert of_pairs.keys() == {option["value"] for option in page.all("option")} == {"iemocap-meld", "mosei-meld"}
    assert len(set(of_pairs.values())) == 1
    assert page.text_of("h3").count("IEMOCAP → MELD (IE.→ME.)") == of_pairs["iemocap-meld"]


def test_comparisons_without_any_evidence_wait_behind_show_all(folder: Path, flags: list[str]) -> None:
    path = folder / "results/statistics/comparisons.csv"
    kept = path.read_bytes()
    table = pd.read_csv(path)
    table["p_holm"] = np.where(table["method"] == "amanda_p1", 0.5, 0.99951)  # the second is 1.000 as it is shown
    table.to_csv(path, index=False)
    page = Document(write(folder, flags))
    path.write_bytes(kept)
    minor = [
        text for text, each in zip(page.text_of("tr"), page.all("tr"), strict=True) if each.get("class") == "minor"
    ]
    assert len(minor) == (table["method"] != "amanda_p1").sum() > 0
    assert all("1.000" in text for text in minor)
    assert "Show all: 2 of 3 rows have p (Holm) = 1.000." in [" ".join(text.split()) for text in page.text_of("label")]


def test_the_heat_of_a_cell_is_its_place_between_the_lowest_and_the_highest(folder: Path, page: Document) -> None:
    scores = pd.read_csv(folder / "results/table1.csv").query("method != 'in_domain'")["weighted_f1_mean"]
    cells = {each["data-value"]: each["style"] for each in page.all("td") if "data-value" in each}
    assert cells[f"{scores.min():.4f}"] == "--s:0%"
    assert cells[f"{scores.max():.4f}"] == "--s:100%"
    middle = scores.sort_values().iloc[2]
    share = round(100 * (middle - scores.min()) / (scores.max() - scores.min()))
    assert cells[f"{middle:.4f}"] == f"--s:{share}%"


def test_words_that_have_a_meaning_of_their_own_lead_to_the_glossary(page: Document) -> None:
    terms = [each for each in page.all("a") if each.get("class") == "term"]
    assert {each["href"] for each in terms} >= {"#term-oracle", "#term-Holm’s-p"}
    assert all(each["title"] for each in terms)


def test_sections_are_in_order_and_each_says_where_its_numbers_stand(page: Document) -> None:
    assert page.text_of("h2") == [
        "Table 1: every method on every pair",
        "The paper’s Figures 2 and 3",
        "On which pairs does it help?",
        "Which class is taken for which?",
        "Which modality does it rest on?",
        "Are the classes balanced alike?",
        "How did the training go?",
        "What was read, and what was left out?",
        "What did it cost?",
        "With which settings?",
        "How is each number made again?",
        "What do the words mean?",
    ]
    assert [part for part in page.all("details") if "open" in part] == page.all("details")[:1]
    words = " ".join(page.texts)
    for file, made_by in {
        "results/table1.csv": "python -m amanda.tabulate",
        "results/statistics/comparisons.csv": "python -m amanda.compare_methods",
        "results/scores/*/*.parquet": "python -m amanda.score_pair",
        "results/runs/*/*/history.parquet": "python -m amanda.train_pair",
        "results/runs/*/*/times.tsv": "python -m amanda.train_pair",
        "results/corpora.json": "python -m extractors.count_corpora",
    }.items():
        assert file in words
        assert made_by in words
    assert "snakemake --cores 8 results/table1.csv" in words
    told = [
        text.removeprefix("Stands in ").split(". How")[0] for text in page.text_of("p") if text.startswith("Stands in ")
    ]
    files = {file for text in told for file in text.split(", ")}
    assert {f"snakemake --cores 8 {file}" for file in files if "*" not in file} <= set(page.text_of("code"))
    assert files <= set(page.text_of("code"))


def test_the_numbers_of_the_files_are_on_the_page(folder: Path, page: Document) -> None:
    words = " ".join("".join(page.texts).split())
    table = pd.read_csv(folder / "results/table1.csv")
    for row in table.itertuples():
        assert f"{row.weighted_f1_mean:.2f} ± {row.weighted_f1_std:.2f}" in words
    ranks = pd.read_csv(folder / "results/statistics/ranks.csv")
    for row in ranks.itertuples():
        assert f"{row.method.replace('_', ' ')} {row.mean_rank:.2f}" in words
    comparisons = pd.read_csv(folder / "results/statistics/comparisons.csv")
    for row in comparisons.itertuples():
        assert f"{abs(row.difference):.2f}" in words
    assert "SYNTHETIC DATA" in words
    assert "Runs done12 of 12 none is missing" in words
    assert "1:04" in words  # 61.5 s of training and 2.25 s of scoring
    assert "6:22 in total" in words  # of six cells


def test_label_shares_are_compared_with_the_assumption(page: Document) -> None:
    """Train shares 8, 4, 4, 4 of iemocap; 8, 4, 4, 12 of meld; 8, 4, 4, 20 of mosei."""
    words = " ".join("".join(page.texts).split())
    assert "IEMOCAP → MELD (IE.→ME.)0.229" in words  # 12/28 - 4/20
    assert "CMU-MOSEI → MELD (MO.→ME.)0.127" in words  # 20/36 - 12/28
    assert "The assumption fails on 2 of 2 pairs, where the distance is 0.1 or more" in words


def test_figures_that_are_not_given_are_named_with_their_command(page: Document) -> None:
    words = " ".join(page.texts)
    assert "snakemake --cores 8 results/figure2.svg" in words
    assert "snakemake --cores 8 results/quality/meld.html" in words
    assert page.all("img") == []


def test_the_page_of_a_run_with_a_name_has_the_commands_of_that_run(folder: Path, flags: list[str]) -> None:
    (folder / "runs/mine").mkdir(parents=True)
    moved = ["runs/mine/report.html" if flag == "results/report.html" else flag for flag in flags]
    words = " ".join(Document(write(folder, moved)).texts)
    for name in ("figure2.svg", "quality/meld.html", "faces/meld.html", "contributions.csv", "capsule.zip"):
        assert f"snakemake --cores 8 runs/mine/{name}" in words
        assert f"snakemake --cores 8 results/{name}" not in words


def test_what_is_there_is_shown_or_linked(folder: Path, flags: list[str]) -> None:
    (folder / "results/figure3.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / "results/figure3.md").write_text("Shares of <losses>.\n")
    flags = with_files(flags, "--figures", "results/figure3.svg", "results/figure3.md")
    text = write(folder, with_files(flags, "--quality-pages", '{"meld": "results/quality/meld.html"}'))
    page = Document(text)
    (image,) = page.all("img")
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert image["alt"]
    assert "Shares of <losses>." in page.text_of("figcaption")
    assert {"href": "quality/meld.html"} in page.all("a")
    assert "snakemake --cores 8 results/figure3.svg" in " ".join(page.texts)  # how to make it again
    assert text.count("not on this page") == 1


def test_the_configuration_is_shown_as_it_was_used(page: Document) -> None:
    words = " ".join(page.texts)
    assert '"prior_distance": 0.1' in words
    assert "abc1234" in words


def test_the_census_keeps_its_tables_and_escapes(page: Document) -> None:
    assert '{"by": "a|b"}' in page.text_of("td")
    assert "sad: 12 instead of 13" in page.text_of("li")
    assert "The paper names <none>." in page.text_of("td")
