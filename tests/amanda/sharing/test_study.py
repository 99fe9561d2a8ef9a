"""Adaptation without the source is compared with adaptation beside it: rows, intervals and words of the page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from helpers.shared_model import ADAPTATION_SETTINGS, call, share_flags, train

from amanda import compare_adaptations, share_model
from amanda.shared.tables.scores import SCORES
from amanda.sharing.study import spoil
from amanda.sharing.study_page import score_table
from extractors.shared.clip import MODALITIES
from extractors.shared.files import read_table, write_table


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = train(tmp_path_factory.mktemp("pair"))
    call(share_model, share_flags(folder, folder / "model"))
    clips = read_table(folder / "target" / "splits.parquet", "")["clip_id"].to_pylist()
    speakers = pa.table({"clip_id": clips, "speaker": [f"s{n % 3}" for n in range(len(clips))]})
    write_table(folder / "target" / "manifest.parquet", speakers)
    settings = {"pairs": ["source-target"], "selection": "last_epoch", "split": "test", "alpha": 0.05}
    settings |= {"method": "D.T.", "present": "beside", "releases": "synthetic", "twins": ["source", "target"]}
    settings |= {"modalities": [list(MODALITIES)]}
    told = json.dumps(settings | {"adaptation": ADAPTATION_SETTINGS})
    flags: list[object] = ["--settings", told, "--model", folder / "model"]
    flags += ["--present", folder / "run" / "scores.parquet", "--device", "cpu", "--threads", 1]
    flags += ["--features", *(folder / "target" / f"{name}.parquet" for name in MODALITIES)]
    for name in ("splits", "labels", "manifest"):
        flags += [f"--{name}", folder / "target" / f"{name}.parquet"]
    flags += ["--table", folder / "without_source.csv", "--page", folder / "without_source.md"]
    call(compare_adaptations, [str(flag) for flag in flags])
    return folder


def test_without_adaptation_the_scores_are_those_of_the_run(compared: Path) -> None:
    """The shared networks are scored anew, from the model folder; score_pair read what training stored."""
    table = pd.read_csv(compared / "without_source.csv").set_index(["way", "seed"])
    scores = SCORES.read(compared / "run" / "scores.parquet").to_pandas()
    scores = scores[scores["selection"] == "last_epoch"].set_index("seed")
    for seed in (0, 1):
        for name in ("weighted_f1", "uar"):
            assert table.loc[("none", seed), name] == pytest.approx(scores.loc[seed, name], abs=1e-3)
            assert table.loc[("source_present", seed), name] == pytest.approx(scores.loc[seed, name], abs=1e-3)


def test_every_way_has_every_run_and_the_page_says_that_it_is_synthetic(compared: Path) -> None:
    table = pd.read_csv(compared / "without_source.csv")
    assert table.groupby("way").size().to_dict() == dict.fromkeys(
        ("none", "source_present", "numbers", "speakers", "train"), 2
    )
    page = (compared / "without_source.md").read_text(encoding="utf-8")
    assert page.splitlines()[2].startswith("**SYNTHETIC DATA")
    assert page.count("| source → target |") == 3


def test_gains_by_hand() -> None:
    """Two seeds, gains of 10 and 20 over none: mean 15, and t = 12.706 times 5 around it on the scale of artanh.

    tanh(0.1511 ± 1.0076 · 0.6353) is -0.453 and 0.659; for the mean 13, tanh(0.1307 ± 1.0057 · 0.6353).
    """
    rows = [
        {"pair": "a-b", "way": way, "seed": seed, "weighted_f1": 30.0 + gain, "uar": 40.0}
        for way, gains in {"none": (0, 0), "source_present": (2, 2), "numbers": (10, 20)}.items()
        for seed, gain in enumerate(gains)
    ]
    rows += [row | {"way": way} for way in ("speakers", "train") for row in rows[:2]]
    lines = score_table(pd.DataFrame(rows), 0.05).splitlines()
    four = next(line for line in lines if line.startswith("| four numbers"))
    cells = [cell.strip() for cell in four.strip("|").split("|")]
    assert cells[1:3] == ["45.0", "40.0"]
    assert cells[3:6] == ["+15.0 (-45.3 to +65.9)", "+0.0 (+0.0 to +0.0)", "+13.0 (-46.9 to +64.7)"]
    assert cells[6] == "0 of 2"
    assert lines[2].startswith("| no adaptation | 30.0 | 40.0 |  |  |  |  |")


def test_frames_are_spoiled_in_the_way_that_is_named() -> None:
    frames = np.arange(12, dtype=np.float16).reshape(2, 6)
    np.testing.assert_array_equal(spoil(frames, "right"), frames)
    np.testing.assert_array_equal(spoil(frames, "zeroed"), np.zeros((2, 6)))
    np.testing.assert_array_equal(spoil(frames, "scaled"), 3.0 * frames)
    shuffled = spoil(frames, "shuffled")
    assert not np.array_equal(shuffled, frames)
    np.testing.assert_array_equal(np.sort(shuffled), frames)
