"""Figures 2 and 3: from known scores and histories to known data, the same bytes each time, missing runs named."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from helpers.changed import changed
from helpers.figure_inputs import ALPHA2, SETTINGS, SETTINGS3, history, words_of
from helpers.study import CONFIG, LICENSED
from helpers.tables import write_frame
from matplotlib.figure import Figure
from planning.methods import figure2_points, swept

from amanda import draw_figure2, draw_figure3
from amanda.reporting.figures.output import save
from amanda.shared.tables.scores import SCORES
from extractors.shared.program import UserError


@pytest.fixture
def scores() -> pd.DataFrame:
    """Row r of the points scores 10 r with seed 0 and 10 r + 2 with seed 1; other seeds and selections are far away."""
    about = [
        {
            "source": pair.split("-")[0],
            "target": pair.split("-")[1],
            "method": point.variant,
            "weighted_f1": 10.0 * row,
        }
        for pair in SETTINGS.pairs
        for row, point in enumerate(SETTINGS.points)
    ]
    rows = [
        row | {"seed": seed, "selection": selection}
        for row in about
        for seed in (0, 1, 7)
        for selection in ("last_epoch", "x")
    ]
    table = pd.DataFrame(rows)
    table["weighted_f1"] += 2 * table["seed"] + 1000 * (table["selection"] == "x")
    return table


def test_a_point_is_the_mean_of_its_seeds_under_the_selection(scores: pd.DataFrame) -> None:
    table = draw_figure2.sweep_table(scores, SETTINGS)
    assert len(table) == 2 * 8
    first = table.iloc[:8]
    assert list(first["weighted_f1_mean"]) == [1, 11, 21, 31, 41, 51, 61, 71]
    assert first["weighted_f1_std"].to_numpy() == pytest.approx(2**0.5)  # of r and r + 2
    assert list(first["alpha2"][1:]) == [0, *ALPHA2, *ALPHA2]
    assert np.isnan(first["alpha2"][0])
    assert set(table["n_seeds"]) == {2}
    assert list(table["label"][[0, 1, 2, 5]]) == list(SETTINGS.labels.values())
    assert table.iloc[8][["source", "target"]].tolist() == ["iemocap", "mylab"]
    of_mylab = "SYNTHETIC twin iemocap, real clips of mylab, SYNTHETIC backbones"
    assert table["data"].unique().tolist() == ["SYNTHETIC twins and backbones", of_mylab]


def test_missing_scores_are_refused_by_name(scores: pd.DataFrame) -> None:
    lost = (scores["method"] == "p2__0.1") & (scores["source"] == "meld") & (scores["seed"] == 1)
    with pytest.raises(UserError, match=r"no last_epoch score of p2__0\.1 on meld-mosei, seed 1, of those that"):
        draw_figure2.sweep_table(scores[~lost], SETTINGS)


def test_figure_2_is_drawn_of_the_points_that_are_there_and_names_the_others(scores: pd.DataFrame) -> None:
    """On one pair a point lacks a seed and a line its run; on the other a whole curve is not there."""
    settings, meld = changed(SETTINGS, missing_runs="name"), scores["source"] == "meld"
    lost = meld & (((scores["method"] == "p2__0.1") & (scores["seed"] == 1)) | (scores["method"] == "plain"))
    lost |= ~meld & scores["method"].str.startswith("p1__")
    table = draw_figure2.sweep_table(scores[~lost], settings)
    assert table["missing"].tolist()[:8] == ["seeds 0, 1", *[""] * 5, "seed 1", ""]
    assert table["weighted_f1_mean"].isna().tolist() == (table["missing"] != "").tolist()
    first, second = (
        {line.get_label(): line for line in axes.lines} for axes in draw_figure2.draw(table, settings).axes[:2]
    )
    np.testing.assert_array_equal(first["A-N(p = 2)"].get_xydata(), [(0.01, 51), (0.1, np.nan), (1, 71)])
    assert "D.T." not in first
    assert "D.T." in second
    assert "A-N(p = 1)" in first
    assert "A-N(p = 1)" not in second
    caption = draw_figure2.describe(table, settings)
    assert caption.endswith(
        "5 of 16 points are not drawn, because runs are not there: D.T. on MELD → CMU-MOSEI (seeds 0, 1);"
        " A-N(p = 2) at α₂ = 0.1 on MELD → CMU-MOSEI (seed 1);"
        " A-N(p = 1) at α₂ = 0.01, 0.1, 1 on IEMOCAP → mylab (seeds 0, 1)."
    )
    assert "5 of 16 points are not drawn" in " ".join(words_of(draw_figure2.draw(table, settings)).split())
    with pytest.raises(UserError, match="no point of Figure 2 has a run of every seed"):
        draw_figure2.sweep_table(scores[scores["seed"] == 1], settings)


def test_curves_stand_over_alpha2_and_what_has_none_apart(scores: pd.DataFrame) -> None:
    figure = draw_figure2.draw(draw_figure2.sweep_table(scores, SETTINGS), SETTINGS)
    panel = figure.axes[0]
    lines = {line.get_label(): line for line in panel.lines}
    np.testing.assert_array_equal(lines["A-N(p = 2)"].get_xydata(), [(0.01, 51), (0.1, 61), (1, 71)])
    assert set(lines["D.T."].get_ydata()) == {1.0}
    zero = lines["A. w/o CA"].get_xdata()[0]
    assert zero < 0.01
    assert panel.get_xscale() == "log"
    ticks = dict(zip(panel.get_xticks(), [label.get_text() for label in panel.get_xticklabels()], strict=True))
    assert ticks == {zero: "0", 0.01: "0.01", 0.1: "0.1", 1.0: "1"}
    assert [axes.get_title() for axes in figure.axes] == ["MELD → CMU-MOSEI", "IEMOCAP → mylab"]


def test_a_grid_within_one_power_of_ten_has_its_own_ticks(scores: pd.DataFrame) -> None:
    points = SETTINGS.as_json()["points"][2:]
    narrow = [point | {"alpha2": 2 * point["alpha2"]} for point in points if point["alpha2"] < 1]
    settings = changed(SETTINGS, points=narrow)
    panel = draw_figure2.draw(draw_figure2.sweep_table(scores, settings), settings).axes[0]
    assert [label.get_text() for label in panel.get_xticklabels()] == ["0.02", "0.2"]


def draw_both(scores: pd.DataFrame, **keys: object) -> dict[str, tuple[Figure, str]]:
    settings, settings3 = changed(SETTINGS, **keys), changed(SETTINGS3, methods=["p1"], **keys)
    points = draw_figure2.sweep_table(scores, settings)
    shares = draw_figure3.shares_table({"p1": history(1, 2, 3, 6, (0, 1))}, settings3)
    return {
        "figure2": (draw_figure2.draw(points, settings), draw_figure2.describe(points, settings)),
        "figure3": (draw_figure3.draw(shares, settings3), draw_figure3.describe(shares, settings3)),
    }


@pytest.mark.parametrize("name", ["figure2", "figure3"])
def test_caption_and_picture_say_what_they_are_made_of(scores: pd.DataFrame, name: str) -> None:
    figure, caption = draw_both(scores)[name]
    for words in (caption, " ".join(words_of(figure).split())):
        assert "SYNTHETIC DATA" in words
        assert "n = 2 seeds (0, 1)" in words
        assert "Recipe: published_code" in words
        assert "last_epoch" in words or "none selected" in words or "none is selected" in words
    figure, caption = draw_both(scores, releases="licensed")[name]
    assert "SYNTHETIC" not in caption + words_of(figure)


def test_one_seed_has_no_band(scores: pd.DataFrame) -> None:
    for figure, caption in draw_both(scores, seeds=[1]).values():
        assert "one run, seed 1" in caption
        assert all(not axes.collections for axes in figure.axes)


def run_figure2(folder: Path, scores: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    write_frame(SCORES, folder / "scores.parquet", scores)
    flags = ["--scores", folder / "scores.parquet", "--settings", json.dumps(SETTINGS.as_json())]
    flags += ["--pictures", *(folder / f"figure.{ending}" for ending in ("svg", "pdf", "png"))]
    flags += ["--table", folder / "figure.csv", "--caption", folder / "figure.md"]
    monkeypatch.setattr(sys, "argv", ["amanda.draw_figure2", *map(str, flags)])
    draw_figure2.main()
    return {path.suffix: path.read_bytes() for path in folder.glob("figure.*")}


def test_the_same_scores_give_the_same_bytes(
    tmp_path: Path, scores: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "once").mkdir()
    (tmp_path / "again").mkdir()
    once = run_figure2(tmp_path / "once", scores, monkeypatch)
    again = run_figure2(tmp_path / "again", scores.sample(frac=1, random_state=0), monkeypatch)
    assert once.keys() == {".svg", ".pdf", ".png", ".csv", ".md"}
    assert [ending for ending in once if once[ending] != again[ending]] == []


def test_text_in_the_svg_is_text(tmp_path: Path, scores: pd.DataFrame) -> None:
    save(*draw_both(scores)["figure2"], tmp_path / "figure.svg")
    picture = ElementTree.parse(tmp_path / "figure.svg")
    texts = {"".join(each.itertext()).strip() for each in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"A-N(p = 1)", "A. w/o CA", "D.T.", "MELD → CMU-MOSEI", "0.01"} <= texts


def test_a_picture_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"figure\.jpg: unknown picture format; use one of \.svg, \.pdf, \.png"):
        save(Figure(), "", tmp_path / "figure.jpg")


def test_the_papers_grid_is_trained_once_and_without_what_table_1_holds() -> None:
    """Figure 2's caption has 15 weights, three of them twice."""
    printed = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2}
    assert set(LICENSED["figure2"]["alpha2"]) == printed
    assert swept(LICENSED) == sorted(printed - {0.1})
    points = figure2_points(LICENSED)
    assert len(points) == 2 + 4 * 12
    assert {point["variant"] for point in points if point["alpha2"] == 0.1} == set(LICENSED["figure2"]["methods"])
    assert [(point["variant"], point["alpha2"]) for point in points[:2]] == [
        ("direct_transfer", None),
        ("amanda_without_ca", 0),
    ]


def test_the_twins_have_a_grid_of_their_own() -> None:
    grid = CONFIG["synthetic"]["figure2"]["alpha2"]
    assert swept(CONFIG) == [value for value in grid if value != 0.1]
    assert {point["alpha2"] for point in figure2_points(CONFIG)} == {None, 0, *grid}


def test_bands_and_error_bars_stay_within_what_a_score_can_be(scores: pd.DataFrame) -> None:
    """Seeds of 0 and 100, whose deviation is 70.7."""
    extreme = scores.assign(weighted_f1=np.where(scores["seed"] == 0, 0.0, 100.0))
    table = draw_figure2.sweep_table(extreme, SETTINGS)
    heights = []
    for axes in draw_figure2.draw(table, SETTINGS).axes:
        for drawn in axes.collections:
            places = np.concatenate([path.vertices for path in drawn.get_paths()])
            heights += places[:, 1].tolist()
    assert len(heights) > 20
    assert 0 <= min(heights) <= max(heights) <= 100
