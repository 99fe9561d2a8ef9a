"""A source that lacks a class is refused before anything is extracted; who is a source changes no extraction."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from helpers.workflow_runs import changed, jobs, snakemake

from extractors.check_source import check_source, count_classes
from extractors.shared.clip import CLASSES
from extractors.shared.labels import Labels
from extractors.shared.program import UserError

WORDS = ["neutral", "happy", "sad", "angry", "sad", "sad", ""]
LABELS = Labels(Path(), CLASSES, dict(zip("abcdefg", WORDS, strict=True)))
SPLITS = pd.DataFrame({"clip_id": list("abcdef"), "split": ["train"] * 4 + ["validation", "test"]})
NO_ANGRY = SPLITS.assign(split=["train"] * 3 + ["test", "validation", "test"])


def test_usable_clips_are_counted_by_part_and_class() -> None:
    counts = count_classes(LABELS, NO_ANGRY)
    assert counts.loc["train"].to_dict() == {"neutral": 1, "happy": 1, "sad": 1, "angry": 0}
    assert counts.loc["validation"].to_dict() == {"neutral": 0, "happy": 0, "sad": 1, "angry": 0}
    assert counts.loc["test"].to_dict() == {"neutral": 0, "happy": 0, "sad": 1, "angry": 1}


def test_a_source_without_a_class_is_refused_in_one_sentence_and_a_target_is_not() -> None:
    counts = count_classes(LABELS, NO_ANGRY)
    with pytest.raises(UserError) as refused:
        check_source("mylab", counts, ["train"])
    assert str(refused.value) == (
        "mylab: its train split has no clip of angry, but the config trains on its labels, as a source in a list of"
        " pairs or for its ceiling (usable in all: neutral 1, happy 1, sad 3, angry 1); change corpora.mylab.split, add"
        " clips, or use it only as a target in every list of pairs and leave it out of in_domain.targets"
    )
    check_source("mylab", counts, [])
    check_source("mylab", count_classes(LABELS, SPLITS), ["train"])


def test_a_corpus_without_labels_is_no_source_and_a_target() -> None:
    none = count_classes(Labels(Path(), CLASSES, dict.fromkeys("abcdefg", "")), SPLITS)
    with pytest.raises(UserError, match=r"^mylab: none of its usable clips has a label, and the config trains on its"):
        check_source("mylab", none, ["train"])
    check_source("mylab", none, [])


def write_lab(folder: Path, labels: list[str]) -> dict:
    """Clips of a user, two of each label in train and one of neutral in each other part, and their corpus's entry."""
    rows = [(f"{label}{n}", label, "train") for label in labels for n in (0, 1)]
    rows += [("v", "neutral", "validation"), ("t", "neutral", "test")]
    table = pd.DataFrame(rows, columns=["clip_id", "label", "split"])
    folder.mkdir()
    (folder / "one.mp4").write_bytes(b"no media: nobody gets that far")
    table.assign(video="one.mp4", audio="one.mp4", text="hello").to_csv(folder / "clips.csv", index=False)
    counts = {name: int((table["label"] == name).sum()) for name in ("neutral", "happy", "sad", "angry")}
    reading = {"reader": "custom", "table": "clips.csv"}
    return {
        "release": str(folder),
        "modalities": ["text", "audio", "visual"],
        "reading": reading,
        "split": {"by": "official"},
        "expected_counts": counts,
    }


@pytest.mark.slow
def test_nothing_of_a_source_is_extracted_that_lacks_a_class(tmp_path: Path) -> None:
    lab = write_lab(tmp_path / "lab", ["neutral", "happy", "sad"])
    config = changed(tmp_path, {"corpora": {"mylab": lab}, "pairs": ["mylab-meld"]})
    result = snakemake(tmp_path, "results/features/mylab/text.parquet", config=config)
    assert result.returncode != 0
    told = (tmp_path / "logs/checked/mylab.log").read_text()
    assert told.startswith("error: mylab: its train split has no clip of angry, but the config trains on its labels")
    assert not list(tmp_path.glob("logs/features/mylab/**/*.log"))
    assert not list(tmp_path.glob("results/features/mylab/**/*.npy"))


@pytest.mark.slow
def test_who_is_a_source_and_another_split_extract_nothing_again(tmp_path: Path) -> None:
    """The check runs again, and what was extracted stays."""
    lab = write_lab(tmp_path / "lab", ["neutral", "happy", "sad", "angry"])
    target = "results/features/mylab/text/1-of-1.npy"
    change = {"corpora": {"mylab": lab}, "in_domain": {"method": "direct_transfer", "targets": []}}
    as_target, as_source = (
        shutil.copy(changed(tmp_path, change | {"pairs": [pair]}), tmp_path / f"{pair}.yaml")
        for pair in ("meld-mylab", "mylab-meld")
    )
    done = snakemake(tmp_path, target, config=as_target)
    assert done.returncode == 0, done.stderr
    again = snakemake(tmp_path, target, "--dry-run", config=as_target)
    assert "Nothing to be done" in again.stdout + again.stderr
    assert jobs(snakemake(tmp_path, target, "--dry-run", config=as_source)) == {"check_source": 1}
    lab["split"] = {"by": "speaker", "validation": ["P1"], "test": ["P2"]}
    other = changed(tmp_path, change | {"pairs": ["meld-mylab"]})
    assert jobs(snakemake(tmp_path, target, "--dry-run", config=other)) == {"split_corpus": 1, "check_source": 1}
