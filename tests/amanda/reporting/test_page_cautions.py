"""The page says where a number stands for little: classes without clips, modalities that say nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from helpers.page_document import Document, write
from helpers.page_inputs import Plan, write_results


def test_a_class_without_clips_has_dashes(tmp_path: Path) -> None:
    flags = write_results(tmp_path, Plan(classes=3))
    page = Document(write(tmp_path, flags))
    words = " ".join("".join(page.texts).split())
    assert "The test split of meld has no clip of angry" in words
    rows = page.text_of("tr")
    matrices = [row for row in rows if row.startswith("angry")]
    assert matrices.count("angry––––0") == 6
    scores = pd.concat([pd.read_parquet(path) for path in sorted(tmp_path.glob("results/scores/*/amanda_p2.parquet"))])
    assert scores["f1_angry"].isna().all()
    np.testing.assert_allclose(scores["macro_f1"], scores[["f1_neutral", "f1_happy", "f1_sad"]].mean(axis=1))


def test_a_dead_modality_is_said_at_the_top(tmp_path: Path) -> None:
    flags = write_results(tmp_path, Plan())
    path = tmp_path / "results/states.parquet"
    states = pd.read_parquet(path)
    states.loc[(states["corpus"] == "meld") & (states["state"] == "silent"), ["clips", "of"]] = 28
    states.loc[(states["corpus"] == "meld") & (states["modality"] != "audio"), "clips"] = 0
    states.to_parquet(path)
    told = Document(write(tmp_path, flags)).text_of("header")[0]
    assert "meld: in 28 of 28 clips the sound is silent." in told
