"""Seven classes of MELD's twin as the source, a folder without labels as the target: from raw files to predictions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml
from helpers.orders import HALF, LEAN
from helpers.workflow_runs import jobs, snakemake

from extractors.write_twin import write_twin

SEVEN = ["neutral", "joy", "sadness", "anger", "surprise", "disgust", "fear"]
CONFIG = {
    "classes": SEVEN,
    "pairs": ["meld-mylab"],
    "methods": ["direct_transfer", "mada"],
    "seeds": [0],
    "page": {"contributions": False},
    "corpora": {
        "meld": {"labels": {"joy": "joy", "sadness": "sadness", "anger": "anger"}},
        "mylab": {
            "release": "lab",
            "modalities": ["text", "audio", "visual"],
            "reading": {"reader": "custom", "table": "clips.csv"},
            "split": {"by": "official"},
            "expected_counts": {},
        },
    },
    "synthetic": {
        "clips": {"meld": dict.fromkeys(("neutral", "happy", "sad", "angry", "surprise", "disgust", "fear"), 4)},
        "oddities": "none",
        "training": {"epochs": 1, "batch_size": 16},
    },
}


def write_lab(folder: Path) -> list[str]:
    """A folder of clips without any label, in three parts; returns their names."""
    moods = dict.fromkeys(("neutral", "happy", "sad", "angry"), 2)
    write_twin("msp_improv", folder / "films", moods, HALF, LEAN, 3, oddities=False)
    films = sorted(path for path in folder.rglob("*.avi"))[:8]
    rows = [("clip_id", "video", "audio", "text", "split")]
    for number, film in enumerate(films):
        sound = next(folder.rglob(f"{film.stem}.wav"))
        part = {6: "validation", 7: "test"}.get(number, "train")
        paths = (path.relative_to(folder).as_posix() for path in (film, sound))
        rows.append((f"c{number}", *paths, f"sentence {number}", part))
    with (folder / "clips.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return [row[0] for row in rows[1:]]


@pytest.mark.slow
def test_seven_classes_predict_a_folder_without_labels(tmp_path: Path) -> None:
    clips = write_lab(tmp_path / "lab")
    config = tmp_path / "mine.yaml"
    config.write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    planned = jobs(snakemake(tmp_path, "-n", config=config))
    assert planned["predict_clips"] == planned["model_to_predict"] == 2
    assert "train_pair" not in planned, "there is no ceiling without labels"
    done = snakemake(tmp_path, config=config)
    assert done.returncode == 0, done.stderr[-3000:]
    for method in ("direct_transfer", "mada"):
        with (tmp_path / f"results/predictions/meld-mylab/{method}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["clip_id"] for row in rows] == clips
        assert {row["emotion"] for row in rows} <= set(SEVEN)
        assert all(abs(sum(float(row[name]) for name in SEVEN) - 1) < 1e-3 for row in rows)
    table = (tmp_path / "results/table1.md").read_text(encoding="utf-8")
    assert "| D.T. | – |" in table
    assert "mylab has no labels" in table
    assert not list((tmp_path / "results/predictions").rglob("*.model"))
    assert (tmp_path / "results/report.html").is_file()
