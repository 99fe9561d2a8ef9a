"""Corpora drawn from a formula have the moments of the formula, and the store gives them back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from helpers.beds import CONFIG

from amanda import write_bed
from amanda.bed.draw import Drawn, Formula, draw_corpus, draw_labels, rotation
from amanda.training.data import check_pair, labels_of, read_corpus
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError
from extractors.shared.settings import read_settings, settings_of

FORMULA = {
    "dim": 10,
    "frames": 5,
    "signal": 1.5,
    "frame_noise": 0.5,
    "clips": {"train": 6000, "validation": 8, "test": 1000},
    "shares": {"neutral": 0.4, "happy": 0.3, "sad": 0.2, "angry": 0.1},
    "mean": {"neutral": -2, "happy": 0.5, "sad": 0, "angry": 0},
    "nuisance": {"text": 3, "audio": 1, "visual": 0},
}
CENTRES = np.array([[-0.5, 0.5, 0, 0], [-2, 2, 0, 0], [-2, 0.5, 1.5, 0], [-2, 0.5, 0, 1.5]])
"""signal · e_y + mean, written down for each class."""
SEED = 3


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw_corpus("one", SEED, settings_of(Formula, FORMULA))


def unrotated(drawn: Drawn, modality: str) -> np.ndarray:
    """The mean frame of each clip with the signal in the first four numbers, [clips, dim]."""
    return drawn.frames[modality].mean(axis=1) @ rotation(FORMULA["dim"], SEED, MODALITIES.index(modality))


@pytest.mark.parametrize("modality", MODALITIES)
def test_means_and_variances_are_those_of_the_formula(drawn: Drawn, modality: str) -> None:
    """Five standard errors; a mean over 5 frames has a fifth of the frames' variance of 0.25."""
    found, nuisance = unrotated(drawn, modality), FORMULA["nuisance"][modality]
    expected = np.array([1.05] * 4 + [nuisance**2 + 0.05] * 6)
    for place in range(len(CLASSES)):
        of_class = found[drawn.label == place]
        error = np.sqrt(expected / len(of_class))
        assert (abs(of_class.mean(axis=0) - [*CENTRES[place], *[0] * 6]) < 5 * error).all()
        covariance = np.cov(of_class.T)
        error = np.sqrt((np.outer(expected, expected) + np.diag(expected**2)) / (len(of_class) - 1))
        assert (abs(covariance - np.diag(expected)) < 5 * error).all()


def test_frames_scatter_around_their_clip(drawn: Drawn) -> None:
    for frames in drawn.frames.values():
        variance, count = frames.var(axis=1, ddof=1).mean(), frames[:, 0].size * 4
        assert variance == pytest.approx(0.25, abs=5 * 0.25 * np.sqrt(2 / count))


def test_the_signal_is_the_same_in_every_modality_and_the_nuisance_is_not() -> None:
    still = draw_corpus("one", SEED, settings_of(Formula, FORMULA | {"frame_noise": 0}))
    text, audio = (unrotated(still, name) for name in ("text", "audio"))
    assert text[:, :4] == pytest.approx(audio[:, :4], abs=1e-9)
    assert abs(np.corrcoef(text[:, 4], audio[:, 4])[0, 1]) < 5 / np.sqrt(len(text))


def test_each_split_has_the_shares_of_the_formula(drawn: Drawn) -> None:
    counts = {name: np.bincount(drawn.label[drawn.split == name]).tolist() for name in FORMULA["clips"]}
    assert counts == {
        "train": [2400, 1800, 1200, 600],
        "validation": [3, 2, 2, 1],  # 3.2, 2.4, 1.6, 0.8
        "test": [400, 300, 200, 100],
    }


@pytest.mark.parametrize(
    ("shares", "clips", "counts"),
    [
        ((0.85, 0.05, 0.05, 0.05), 16, [13, 1, 1, 1]),  # 13.6, 0.8, 0.8, 0.8
        ((0.85, 0.05, 0.05, 0.05), 240, [204, 12, 12, 12]),
        ((0.25, 0.25, 0.25, 0.25), 18, [5, 5, 4, 4]),
        ((0, 0.5, 0.5, 0), 7, [0, 4, 3, 0]),
    ],
)
def test_labels_have_their_shares_up_to_one_clip(shares: tuple[float, ...], clips: int, counts: list[int]) -> None:
    label = draw_labels(np.array(shares), clips, np.random.default_rng(0))
    assert np.bincount(label, minlength=4).tolist() == counts
    assert label.tolist() != sorted(label.tolist())


def test_a_draw_depends_on_name_and_seed_alone() -> None:
    small = settings_of(Formula, FORMULA | {"clips": {"train": 8, "validation": 4, "test": 4}})
    one, again, other, later = (draw_corpus(*each, small) for each in (("a", 0), ("a", 0), ("b", 0), ("a", 1)))
    for name in MODALITIES:
        assert np.array_equal(one.frames[name], again.frames[name])
        assert not np.isclose(one.frames[name], other.frames[name]).any()
        assert not np.isclose(one.frames[name], later.frames[name]).any()


def test_rotations_are_orthogonal_and_differ() -> None:
    each = [rotation(16, seed, place) for seed in (0, 1) for place in range(3)]
    for number, one in enumerate(each):
        assert one @ one.T == pytest.approx(np.eye(16), abs=1e-12)
        assert all(abs(one - other).max() > 0.1 for other in each[:number])
    # Uniform over all rotations: no entry leans to a sign, as the first ones of a bare decomposition do.
    first = [rotation(4, seed, 0)[0, 0] for seed in range(400)]
    assert abs(np.mean(first)) < 5 * 0.5 / np.sqrt(400)


def test_the_store_gives_the_frames_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = FORMULA | {"clips": {"train": 24, "validation": 8, "test": 8}}
    corpora = []
    for name in ("one", "other"):
        flags = [
            "--corpus",
            name,
            "--seed",
            str(SEED),
            "--settings",
            json.dumps(small),
            "--folder",
            str(tmp_path / name),
        ]
        monkeypatch.setattr(sys, "argv", ["amanda.write_bed", *flags])
        write_bed.main()
        indexes = {modality: tmp_path / name / f"{modality}.parquet" for modality in MODALITIES}
        corpora.append(read_corpus(indexes, tmp_path / name / "splits.parquet", "drop", torch.device("cpu"), 10**9))
    check_pair(*corpora)
    expected = draw_corpus("one", SEED, settings_of(Formula, small))
    labels = labels_of(corpora[0], read_labels(tmp_path / "one" / "labels.parquet"))
    assert labels.tolist() == expected.label.tolist()
    assert corpora[0].split.tolist() == expected.split.tolist()
    assert corpora[0].without_features == 0
    for name in MODALITIES:
        packed = corpora[0].packed[name]
        assert packed.rows.numpy() == pytest.approx(expected.frames[name].reshape(-1, 10).astype(np.float32))
        # What a saved run is told apart by: other frames have another digest in the index.
        digests = [pq.read_table(tmp_path / each / f"{name}.parquet")["frames_sha256"][0] for each in ("one", "other")]
        assert digests[0] != digests[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shares": dict.fromkeys(CLASSES, 0.3)}, "shares is .*with the sum 1"),
        ({"nuisance": {"text": 1, "audio": 1}}, "key 'nuisance.visual' is missing"),
        ({"clips": {"train": 24, "validation": 8, "test": 2}}, "clips.test is 2; it must be at least 4"),
        ({"dim": 3}, "dim is 3; it must be at least 4"),
    ],
)
def test_a_formula_that_cannot_be_drawn_from_is_refused(change: dict, said: str) -> None:
    with pytest.raises(UserError, match=f"--settings: {said}"):
        read_settings(Formula, json.dumps(FORMULA | change))


def test_the_corpora_of_the_config_are_formulas() -> None:
    wanted = CONFIG["known_answer"]
    for corpus in wanted["corpora"].values():
        read_settings(Formula, json.dumps(wanted["formula"] | corpus))
