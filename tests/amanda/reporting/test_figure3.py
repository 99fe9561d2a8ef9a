"""Figure 3: each modality's share of the losses over the epochs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers.changed import changed
from helpers.figure_inputs import SETTINGS3, history, words_of

from amanda import draw_figure3
from extractors.shared.program import UserError

ONE_METHOD = changed(SETTINGS3, methods=["p1"])


def test_shares_are_losses_over_their_sum() -> None:
    """Losses 1, 2, 3 are a sixth, a third and a half, and 10 times as large so too; with a joint 6, half that."""
    table = draw_figure3.shares_table({"p1": history(1, 2, 3, 6, (0, 1, 5))}, ONE_METHOD)
    among = table[table["among"] == "modalities"].set_index(["term", "epoch"])
    every = table[table["among"] == "all terms"].set_index(["term", "epoch"])
    assert among["share_mean"].loc[:, 1].to_dict() == pytest.approx({"text": 1 / 6, "audio": 1 / 3, "visual": 1 / 2})
    assert among["share_mean"].loc[:, 2].to_dict() == pytest.approx({"text": 0.5, "audio": 0.2, "visual": 0.3})
    assert every["share_mean"].loc[:, 1].to_dict() == pytest.approx(
        {"text": 1 / 12, "audio": 1 / 6, "visual": 1 / 4, "joint": 1 / 2}
    )
    assert among.loc[("text", 1), "loss_mean"] == pytest.approx(5.5)  # of 1 and 10
    assert among["share_std"].max() == pytest.approx(0, abs=1e-12)
    assert among["distance_to_balance"].loc[:, 1].to_dict() == pytest.approx(
        {"text": 1 / 6, "audio": 0, "visual": 1 / 6}, abs=1e-12
    )
    assert set(table["n_seeds"]) == {2}


def test_shares_are_averaged_over_seeds_as_shares() -> None:
    """Of text's shares 1/2 and 1/4 the mean is 3/8, of whatever size the losses; the deviation is 1/4 / sqrt(2)."""
    both = pd.concat([history(4, 2, 2, None, (0,)), history(2, 3, 3, None, (1,))])
    table = draw_figure3.shares_table({"p1": both}, ONE_METHOD).set_index(["among", "term", "epoch"])
    assert table.loc[("modalities", "text", 1), "share_mean"] == pytest.approx(3 / 8)
    assert table.loc[("modalities", "text", 1), "share_std"] == pytest.approx(0.25 / 2**0.5)
    assert set(table.index.get_level_values("among")) == {"modalities"}


def test_missing_histories_are_refused_by_name() -> None:
    with pytest.raises(UserError, match="history of p2 on meld-mosei: no run of seed 1; train it first"):
        draw_figure3.shares_table({"p1": history(1, 2, 3, 6, (0, 1)), "p2": history(1, 2, 3, 6, (0,))}, SETTINGS3)
    with pytest.raises(UserError, match="history of p1: no alignment losses"):
        draw_figure3.shares_table({"p1": history(1, 2, 3, 6, (0, 1)).assign(name="total")}, SETTINGS3)


def test_figure_3_is_drawn_of_the_methods_that_are_there_and_names_the_others() -> None:
    settings = changed(SETTINGS3, missing_runs="name")
    for others in ({}, {"p2": history(1, 2, 3, 6, (0,))}):
        histories = {"p1": history(1, 2, 3, 6, (0, 1))} | others
        table = draw_figure3.shares_table(histories, settings)
        assert set(table["method"]) == {"p1"}
        words = "Not shown, because not every seed's run is there: A-N(p = 2)."
        assert draw_figure3.describe(table, settings).endswith(words)
        figure = draw_figure3.draw(table, settings)
        assert words in " ".join(words_of(figure).split())
        assert [axes.get_title() for axes in figure.axes] == ["(a) A-N(p = 1)", ""]
    with pytest.raises(UserError, match="no method has a run of every seed"):
        draw_figure3.shares_table({"p1": history(1, 2, 3, 6, (0,))}, settings)


def test_a_panel_for_each_method_and_sum() -> None:
    histories = {"p1": history(1, 2, 3, 6, (0, 1)), "p2": history(1, 1, 1, 1, (0, 1))}
    table = draw_figure3.shares_table(histories, SETTINGS3)
    figure = draw_figure3.draw(table, SETTINGS3)
    assert [axes.get_title() for axes in figure.axes] == ["(a) A-N(p = 1)", "(b) A-N(p = 2)", "", ""]
    lines = {line.get_label(): line for line in figure.axes[2].lines}
    np.testing.assert_allclose(lines["joint"].get_xydata(), [(1, 1 / 2), (2, 6 / 16)])
    assert set(lines["balance"].get_ydata()) == {0.25}
    words = draw_figure3.describe(table, SETTINGS3)
    # p2: text's share is 1/3 and then 1/2, the others' 1/3 and then 1/4: (0 + 1/6 + 2/12) / 6
    assert "0.056 with A-N(p = 2)" in words


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_legend_of_figure_3_is_no_wider_than_the_figure(count: int) -> None:
    names = [f"p{number}" for number in range(count)]
    settings = changed(SETTINGS3, methods=names, labels=dict(zip(names, names, strict=True)))
    table = draw_figure3.shares_table({name: history(1, 2, 3, 6, (0, 1)) for name in names}, settings)
    figure = draw_figure3.draw(table, settings)
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= 0
    assert legend.x1 <= figure.bbox.x1
