"""A corpus without labels is a target, and nothing that needs a label is planned of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from helpers.study import CONFIG
from planning import files, outside, programs, unlabelled
from planning.config.check import ConfigError
from planning.study import Study

HEADER = "clip_id,video,audio,text"
ROW = "a,a.mp4,a.mp4,hello"


@pytest.fixture(autouse=True)
def fresh() -> None:
    outside.has_labels.cache_clear()


def study_of(folder: Path, table: str, **changed: object) -> Study:
    (folder / "clips.csv").write_text(table, encoding="utf-8")
    config = copy.deepcopy(CONFIG)
    config["corpora"]["mylab"] = {
        "release": str(folder),
        "modalities": ["text", "audio", "visual"],
        "reading": {"reader": "custom", "table": "clips.csv"},
        "split": {"by": "official"},
        "expected_counts": {},
    }
    config |= {"pairs": ["iemocap-mylab", "iemocap-meld"], "methods": ["direct_transfer", "mada"]}
    return Study(config | changed, Path.cwd())


def test_an_absent_and_an_empty_column_are_the_same(tmp_path: Path) -> None:
    for table in (f"{HEADER}\n{ROW}\n", f"{HEADER},label\n{ROW},\n"):
        outside.has_labels.cache_clear()
        assert study_of(tmp_path, table).unlabelled == ["mylab"]
    outside.has_labels.cache_clear()
    assert study_of(tmp_path, f"{HEADER},label\n{ROW},\n{ROW.replace('a,', 'b,', 1)},sad\n").unlabelled == []
    outside.has_labels.cache_clear()
    assert study_of(tmp_path, "no table of clips").unlabelled == [], "the step that reads it says what is wrong"


def test_nothing_that_needs_labels_is_planned(tmp_path: Path) -> None:
    study = study_of(tmp_path, f"{HEADER}\n{ROW}\n")
    unlabelled.check(study)
    assert study.ceilings == ["meld"]
    assert study.scored_pairs == ["iemocap-meld"]
    assert json.loads(programs.statistics(study))["unlabelled"] == ["mylab"]
    assert json.loads(programs.contributions(study))["pairs"] == ["iemocap-meld"]
    assert files.predictions_without(study) == ["<results>/left_out/iemocap-meld.parquet"]
    assert files.predictions_wanted(study) == [
        "<results>/predictions/iemocap-mylab/direct_transfer.csv",
        "<results>/predictions/iemocap-mylab/mada.csv",
    ]
    labelled = study_of(tmp_path, f"{HEADER},label\n{ROW},sad\n")
    outside.has_labels.cache_clear()
    assert files.predictions_wanted(labelled) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"pairs": ["mylab-meld"]},
            "pairs: 'mylab-meld': no clip of mylab has a label, and a source is trained on its",
        ),
        (
            {"figure2": {"pairs": ["iemocap-mylab"]}},
            "figure2.pairs: 'iemocap-mylab': no clip of mylab has a label, and here",
        ),
        ({"in_domain": {"method": "mada", "targets": ["mylab"]}}, "in_domain.targets: 'mylab' has no labels"),
    ],
)
def test_what_needs_its_labels_is_refused_by_the_key(tmp_path: Path, changed: dict, message: str) -> None:
    changed = {key: CONFIG[key] | value if isinstance(value, dict) else value for key, value in changed.items()}
    with pytest.raises(ConfigError, match=message):
        unlabelled.check(study_of(tmp_path, f"{HEADER}\n{ROW}\n", **changed))
