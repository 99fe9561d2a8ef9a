"""A run on arrays is the run on the files that hold them; what cannot be trained on is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.pair import Sizes, settings_for, write_corpus

from amanda.training.arrays import corpus_of
from amanda.training.engine import train
from amanda.training.job import Job
from extractors.features.store import open_features
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.files import read_table
from extractors.shared.program import UserError

CPU = torch.device("cpu")


def test_frames_are_those_of_the_files(tmp_path: Path) -> None:
    write_corpus(tmp_path, 0, Sizes())
    opened = {name: open_features(tmp_path / f"{name}.parquet") for name in MODALITIES}
    clips = opened["text"].table.index.tolist()
    split = read_table(tmp_path / "splits.parquet", "")["split"].to_pylist()
    frames = {name: [np.asarray(each.frames(clip)) for clip in clips] for name, each in opened.items()}
    faces = [opened["visual"].valid(clip) for clip in clips]
    corpus = corpus_of(frames, faces, split, CPU)
    assert corpus.dims == {"text": 6, "audio": 6, "visual": 5}
    assert corpus.clips("train").tolist() == list(range(24))
    for place in (0, 17):
        for name, packed in corpus.frames(torch.tensor([place])).items():
            np.testing.assert_array_equal(packed.gather(torch.float32), frames[name][place].astype(np.float32))
        visual = corpus.frames(torch.tensor([place]))["visual"]
        assert visual.faces().tolist() == list(faces[place])
    labels = torch.arange(len(clips)) % 4
    job = Job("source_only", settings_for("source_only"), corpus, labels, corpus, CPU, CLASSES)
    (run,) = train(job, [0], lambda run: None, lambda run: None)
    assert len(run.history) == 3
    assert np.isfinite(run.target_logits[-1]).all()


def test_refused() -> None:
    frames = {"text": [np.ones((2, 3)), np.ones((1, 3))]}
    split = ["train", "test"]
    for changed, parts, sentence in (
        ({"text": frames["text"][:1]}, split, "text: 1 clips, and the split has 2"),
        ({"text": [np.ones((0, 3)), np.ones((1, 3))]}, split, "text: clip 0 has no frames"),
        ({"text": [np.full((1, 3), np.nan), np.ones((1, 3))]}, split, "no finite number"),
        (frames, ["train", "dev"], "'dev' is none of train, validation, test"),
    ):
        with pytest.raises(UserError, match=sentence):
            corpus_of(changed, [], parts, CPU)
