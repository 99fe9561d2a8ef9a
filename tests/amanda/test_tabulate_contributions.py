"""What each modality contributes: logits and scores worked by hand, and both programs on a trained pair."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
from helpers.changed import changed
from helpers.page_document import Document, with_files, write
from helpers.page_inputs import Plan, write_results
from helpers.pair import OF_METHOD, Sizes, train_flags, write_pair
from planning.files import KEEPS_WEIGHTS
from safetensors.torch import save_file

from amanda import leave_out as left_out_program
from amanda import score_pair, train_pair
from amanda import tabulate_contributions as contributions_program
from amanda.leave_out import leave_each_out
from amanda.scoring.kept import KEPT
from amanda.tabulate_contributions import ContributionSettings, contributions
from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

SETTINGS = settings_of(
    ContributionSettings,
    {
        "classes": ["neutral", "happy", "sad", "angry"],
        "pairs": ["a-b"],
        "methods": ["m"],
        "seeds": [0, 1],
        "selection": "last_epoch",
        "labels": {"m": "M"},
        "releases": "synthetic",
        "twins": ["iemocap", "meld", "mosei", "msp_improv"],
    },
)
ABOUT = {"source": "a", "target": "b", "method": "m"}


def test_what_is_left_out_is_the_average_clip_to_the_head() -> None:
    """A head that weighs text, audio and visual 1, 10 and 100; averages are over the first two of three clips."""
    head = torch.nn.Linear(3, 1, bias=False)
    head.weight.data = torch.tensor([[1.0, 10.0, 100.0]])
    columns = {"text": [1.0, 3.0, 7.0], "audio": [0.0, 2.0, 5.0], "visual": [4.0, 4.0, 6.0]}
    representations = {name: torch.tensor(values)[:, None] for name, values in columns.items()}
    has = {name: torch.ones(3, dtype=torch.bool) for name in columns}
    found = leave_each_out(head, representations, torch.tensor([0, 1]), has)
    logits = {name: values.squeeze(1).tolist() for name, values in found.items()}
    assert logits == {
        "text": [402.0, 422.0, 652.0],  # text is 2 for every clip
        "audio": [411.0, 413.0, 617.0],  # audio is 1
        "visual": [401.0, 423.0, 457.0],  # visual is 4
    }


def told(seed: int, left: str, predicted: list[str]) -> pd.DataFrame:
    clips = [f"c{number}" for number in range(len(predicted))]
    return pd.DataFrame({"clip_id": clips, "predicted": predicted}).assign(**ABOUT, seed=seed, left_out=left)


def test_contributions_by_hand() -> None:
    """Labels n, n, s, s. All right is 100. One sad clip taken for neutral: F1 is 4/5 and 2/3, on average 73.33.

    All neutral: F1 is 2/3 and 0, on average 33.33. Seed 0 is right with all, seed 1 takes one sad clip for neutral.
    """
    n, s = "neutral", "sad"
    right, one_wrong, all_neutral = [n, n, s, s], [n, n, s, n], [n, n, n, n]
    predictions = [
        *(
            told(0, *each)
            for each in (("nothing", right), ("text", all_neutral), ("audio", right), ("visual", one_wrong))
        ),
        *(
            told(1, *each)
            for each in (("nothing", one_wrong), ("text", one_wrong), ("audio", right), ("visual", one_wrong))
        ),
    ]
    chosen = pd.concat([told(0, "", right), told(1, "", one_wrong)]).drop(columns="left_out")
    chosen["label"] = chosen["clip_id"].map(dict(zip(["c0", "c1", "c2", "c3"], right, strict=True)))
    table = contributions(pd.concat(predictions), chosen, SETTINGS)
    of_pair = table[table["source"] == "a"].set_index("left_out")
    assert of_pair["weighted_f1_mean"].round(2).to_dict() == {
        "nothing": 86.67,
        "text": 53.33,  # 33.33 and 73.33
        "audio": 100.0,
        "visual": 73.33,
    }
    assert of_pair["contribution_mean"].round(2).to_dict() == {
        "nothing": 0.0,
        "text": 33.33,  # 66.67 and 0
        "audio": -13.33,  # 0 and -26.67
        "visual": 13.33,  # 26.67 and 0
    }
    assert of_pair.loc["text", "contribution_std"] == pytest.approx(200 / 3 / 2**0.5)
    assert set(table["n_seeds"]) == {2}
    assert set(table["data"]) == {"real clips, SYNTHETIC backbones"}  # of a and b, which are no twins
    pd.testing.assert_series_equal(  # of one pair, the mean over pairs is that pair
        table.loc[table["source"] == "all", "contribution_mean"].reset_index(drop=True),
        of_pair["contribution_mean"].reset_index(drop=True),
    )
    chosen.loc[(chosen["seed"] == 1) & (chosen["clip_id"] == "c0"), "predicted"] = s
    with pytest.raises(
        UserError, match="weights of a b m 1 predict other classes than were scored for 25% of the clips"
    ):
        contributions(pd.concat(predictions), chosen, SETTINGS)


def test_weights_that_do_not_say_whose_they_are(tmp_path: Path) -> None:
    path = tmp_path / "seed0-last_epoch.safetensors"
    about = {"source": "a", "target": "b"}
    save_file({"layer": torch.zeros(1)}, path, {"about": json.dumps(about)})
    with pytest.raises(
        UserError, match="does not contain its method, because an older version wrote it; train this run again"
    ):
        left_out_program.read_weights(path, None)
    save_file({"layer": torch.zeros(1)}, path, {"about": json.dumps(about | {"row": "amanda_p2", "method": "amanda"})})
    with pytest.raises(
        UserError, match="does not contain its algorithm, because an older version wrote it; train this run"
    ):
        left_out_program.read_weights(path, None)


def called(monkeypatch: pytest.MonkeyPatch, program: object, flags: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["program", *flags])
    program.main()


@pytest.mark.parametrize(
    ("method", "modalities"),
    [("source_only", MODALITIES), ("amanda", MODALITIES), ("amanda", ("text", "visual")), ("dann", ("audio",))],
)
def test_with_nothing_left_out_the_weights_predict_what_table_1_scores(
    method: str, modalities: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the programs' flags, in the order of the workflow; the first of the two reads no label of the target."""
    pair, run = write_pair(tmp_path / "pair", Sizes()), tmp_path / method
    trained = json.dumps(OF_METHOD[method] | {"modalities": list(modalities)})
    called(monkeypatch, train_pair, train_flags(pair, run, method, trained, [0, 1]))
    labels = pair / "target" / "labels.parquet"
    hidden = labels.rename(tmp_path / "hidden")
    flags = ["--modalities", *MODALITIES, "--missing-modality", "drop", "--target-features"]
    flags += [f"{pair}/target/{name}.parquet" for name in MODALITIES]
    flags += ["--target-splits", f"{pair}/target/splits.parquet", "--weights", f"{run}/weights", "--seeds", "0", "1"]
    flags += ["--settings", '{"split": "test", "selection": "last_epoch"}']
    flags += ["--predictions", f"{tmp_path}/out.parquet", "--resident-mb", "100", "--device", "cpu", "--threads", "1"]
    called(monkeypatch, left_out_program, flags)
    hidden.rename(labels)
    flags = ["--predictions", f"{run}/predictions.parquet", "--source-labels", f"{pair}/source/labels.parquet"]
    flags += ["--source-splits", f"{pair}/source/splits.parquet", "--target-labels", str(labels), "--source", "source"]
    flags += ["--target", "target", "--method", method, "--settings", '{"split": "test"}']
    flags += ["--scores", f"{tmp_path}/scores.parquet", "--chosen-predictions", f"{tmp_path}/chosen.parquet"]
    called(monkeypatch, score_pair, flags)
    settings = changed(SETTINGS, pairs=["source-target"], methods=[method], labels={method: method})
    flags = ["--left-out", f"{tmp_path}/out.parquet", "--predictions", f"{tmp_path}/chosen.parquet"]
    called(
        monkeypatch,
        contributions_program,
        [*flags, "--settings", json.dumps(settings.as_json()), "--table", f"{tmp_path}/table.csv"],
    )
    table = pd.read_csv(tmp_path / "table.csv")
    scores = pd.read_parquet(tmp_path / "scores.parquet").query("selection == 'last_epoch'")
    whole = table[(table["source"] == "source") & (table["left_out"] == "nothing")]
    assert whole["weighted_f1_mean"].tolist() == pytest.approx([scores["weighted_f1"].mean()], abs=1e-4)
    assert set(table["left_out"]) == {"nothing", *modalities}
    assert len(table) == 2 * (1 + len(modalities))


def test_the_page_shows_them_where_they_were_made_and_else_says_how(tmp_path: Path) -> None:
    plan = Plan(pairs=("iemocap-meld",), methods=("direct_transfer", "amanda_p2"))
    flags = write_results(tmp_path, plan)
    without = Document(write(tmp_path, flags))
    assert "snakemake --cores 8 results/contributions.csv" in without.text_of("code")
    rows = [
        ("iemocap", "meld", method, name, 40.0 - value, 1.0, value, 0.5)
        for method in plan.methods
        for name, value in (("nothing", 0.0), ("text", 12.34), ("audio", -3.21), ("visual", 0.06))
    ]
    columns = ["source", "target", "method", "left_out", "weighted_f1_mean", "weighted_f1_std"]
    table = pd.DataFrame(rows, columns=[*columns, "contribution_mean", "contribution_std"])
    table.to_csv(tmp_path / "results/contributions.csv", index=False)
    page = Document(write(tmp_path, with_files(flags, "--contributions", "results/contributions.csv")))
    cells = page.text_of("td")
    assert {"12.3 ± 0.5", "−3.2 ± 0.5", "0.1 ± 0.5", "27.7 ± 1.0"} <= set(cells)
    assert any("direct transfer: text 12.3, audio -3.2" in svg.get("aria-label", "") for svg in page.all("svg"))
    words = " ".join("".join(page.texts).split())
    assert "Nothing is trained again" in words
    assert "does not measure the score of a network trained without the modality" in words
    assert "results/contributions.csv" in words


def test_the_workflow_asks_for_them_where_training_keeps_the_weights() -> None:
    assert list(KEEPS_WEIGHTS) == list(KEPT)
