"""A small corpus of drawn faces, extracted, with its page of faces."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from extractors import extract_shard as extract
from extractors import index_features, read_release, show_faces
from extractors.features import clip_extraction
from extractors.features.store import open_features
from extractors.pages.settings import FacesPageSettings
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.files import read_table
from extractors.shared.settings import settings_of
from extractors.synthetic.media import write_video
from extractors.write_backbone import write_backbone
from helpers.drawn_faces import frame_with_face
from helpers.visual import BLANK
from helpers.visual import SETTINGS as VISUAL

SETTINGS = {
    "frames": 8,
    "ambiguous": 2,
    "fewest": 2,
    "ordinary": 1,
    "decided": 9,
    "strip_frames": 3,
    "strip_tracks": 4,
    "close_rivalry": 0.5,
}
TYPED = settings_of(FacesPageSettings, SETTINGS)


EXTRACTION = VISUAL | {"frames": 8, "face_policy": "largest_central", "window": 3, "min_face": 0.3}


LABELS = dict(zip(("alone", "blank", "gaps", "half", "pair"), ("sad", "happy", "angry", "neutral", "sad"), strict=True))


def two_people(left: int, right: int) -> np.ndarray:
    """A frame [200, 400, 3] with a person in each half, at these distances from the half's left border."""
    return np.concatenate([frame_with_face(left, 40, width=200), frame_with_face(right, 40, width=200)], axis=1)


MEDIA = {
    "alone": [frame_with_face(90 + step, 40) for step in range(8)],
    "blank": [BLANK] * 4,
    "gaps": [frame_with_face(90, 40)] * 3 + [BLANK] * 5,
    "half": [np.concatenate([BLANK[:, :200], frame_with_face(30, 50, width=200)], axis=1)] * 2,
    "pair": [two_people(40 + step, 36) for step in range(5)],
}


def call(program: ModuleType, monkeypatch: pytest.MonkeyPatch, **flags: object) -> None:
    words: list[str] = []
    for name, value in flags.items():
        words += [f"--{name.replace('_', '-')}", *map(str, value if isinstance(value, tuple) else [value])]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "argv", [program.__name__, *words])
        program.main()


class Corpus:
    """A corpus of five clips in a folder, and the steps from its release to its page of faces."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.release, self.monkeypatch = folder, folder / "release", monkeypatch

    def make(self) -> None:
        """Write the release and a backbone."""
        for name, frames in MEDIA.items():
            write_video(self.release / f"{name}.mp4", frames, Fraction(10), "libx264")
        rows = [f"{n},{n}.mp4,{n}.mp4,{label},{'right' * (n == 'half')},Yes." for n, label in LABELS.items()]
        (self.release / "clips.csv").write_text("\n".join(["clip_id,video,audio,label,crop,text", *rows]))
        write_backbone("visual", 0, self.folder / "backbone")

    def extract(self, choices: str = "") -> list[str]:
        """Read the release and extract it; returns the clips that were embedded."""
        reading = {"reader": "custom", "table": "clips.csv"}
        if choices:
            (self.folder / "choices.csv").write_text(choices)
            reading |= {"face_choices": str(self.folder / "choices.csv")}
        counts = {label: list(LABELS.values()).count(label) for label in ("neutral", "happy", "sad", "angry")}
        paths = {"release": self.release, "manifest": self.folder / "manifest.parquet"}
        read = {
            "reading": json.dumps(reading),
            "expected_counts": json.dumps(counts),
            "labels": self.folder / "l.parquet",
            "votes": self.folder / "v.parquet",
            "classes": CLASSES,
            "word_classes": "{}",
        }
        call(read_release, self.monkeypatch, corpus="mylab", modalities=MODALITIES, **paths, **read)
        embedded: list[str] = []
        finish = clip_extraction.Task.finish
        with self.monkeypatch.context() as patched:
            patched.setattr(
                clip_extraction.Task,
                "finish",
                lambda own, ready: embedded.extend(one.clip["clip_id"] for one in ready) or finish(own, ready),
            )
            outputs = {"frames": self.folder / "visual/1-of-1.npy", "index": self.folder / "visual/1-of-1.parquet"}
            settings = {"settings": json.dumps(EXTRACTION), "backbone": self.folder / "backbone", "modality": "visual"}
            ways = {"shard": "1-of-1", "others": self.folder / "absent.npy", "device": "cpu", "threads": 1}
            call(extract, self.monkeypatch, **paths, **outputs, **settings, **ways)
        limits = json.dumps({"max_failed_fraction": 0.5, "max_faceless_fraction": 0.5})
        tables = {"shards": outputs["index"], "index": self.folder / "visual.parquet"}
        call(index_features, self.monkeypatch, manifest=paths["manifest"], limits=limits, **tables)
        return embedded

    def page(self, **changes: object) -> str:
        flags = {"manifest": self.folder / "manifest.parquet", "index": self.folder / "visual.parquet"}
        settings = json.dumps(SETTINGS | changes)
        page = self.folder / "page.html"
        call(show_faces, self.monkeypatch, release=self.release, settings=settings, corpus="mylab", page=page, **flags)
        return page.read_text()

    def frames(self) -> dict[str, np.ndarray]:
        """A copy of the frames [8, dim] of each clip."""
        features = open_features(self.folder / "visual.parquet")
        return {clip: np.array(features.frames(clip)) for clip in features.table.index}

    def row(self, clip_id: str) -> dict:
        rows = read_table(self.folder / "visual.parquet", "").to_pylist()
        return next(row for row in rows if row["clip_id"] == clip_id)
