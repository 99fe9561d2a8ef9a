"""Draw a corpus from a formula: frames, labels and split of every clip, without media.

A clip of class y has the signal a = signal · e_y + mean + N(0, I), the same in every modality. In modality m it has
the nuisance b_m = nuisance_m · N(0, I), which is independent of the class. Its frames are Q_m [a; b_m] + frame_noise ·
N(0, I), where Q_m is a rotation that all corpora of a draw share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from extractors.shared.clip import CLASSES, MODALITIES, PARTS
from extractors.shared.settings import Settings, Share, Size, key

Spread = Annotated[float, Field(ge=0)]
Enough = Annotated[int, Field(ge=len(CLASSES))]


class ClipsOfParts(Settings):
    """Clips of each split."""

    train: Enough = key("clips for training", unit="clips")
    validation: Enough = key("clips for the choice of an epoch", unit="clips")
    test: Enough = key("clips that are scored", unit="clips")


class Shares(Settings):
    """Share of each class in every split; the sum is 1."""

    neutral: Share = key("share of neutral clips")
    happy: Share = key("share of happy clips")
    sad: Share = key("share of sad clips")
    angry: Share = key("share of angry clips")

    @model_validator(mode="after")
    def _have_sum_1(self) -> Self:
        if not math.isclose(sum(self.as_json().values()), 1, abs_tol=1e-6):
            raise ValueError("shares with the sum 1")
        return self


class Lean(Settings):
    """A vector added to the signal of every clip of any class: how far the corpus leans to each class."""

    neutral: float = key("lean to neutral")
    happy: float = key("lean to happy")
    sad: float = key("lean to sad")
    angry: float = key("lean to angry")


class Nuisance(Settings):
    """Standard deviation of the numbers that do not depend on the class, in each modality."""

    text: Spread = key("standard deviation in text")
    audio: Spread = key("standard deviation in audio")
    visual: Spread = key("standard deviation in visual")


class Formula(Settings):
    """The formula from which a corpus is drawn."""

    dim: Enough = key("numbers per frame: one of the signal for each class, the others are nuisance")
    frames: Size = key("frames per clip")
    signal: Spread = key("distance of a class mean from the origin, in standard deviations of the signal")
    frame_noise: Spread = key("standard deviation of each number of a frame around its clip's mean")
    clips: ClipsOfParts = key("clips of each split")
    shares: Shares = key("share of each class in every split; the sum is 1")
    mean: Lean = key("a vector added to the signal of every clip of any class")
    nuisance: Nuisance = key("standard deviation of the numbers that do not depend on the class, in each modality")


class Drawn(NamedTuple):
    """A corpus: label [clips] as positions in ``CLASSES``, split [clips], frames [clips, frames, dim] by modality."""

    label: np.ndarray
    split: np.ndarray
    frames: Mapping[str, np.ndarray]


def draw_corpus(name: str, seed: int, formula: Formula) -> Drawn:
    """Draw a corpus; it depends only on name, seed and formula.

    Args:
        name: name of the corpus; two corpora with the same formula are two draws.
        seed: seed of the draw; corpora of the same seed share the rotations.
        formula: the formula from which it is drawn.
    """
    stream = np.random.default_rng([seed, *name.encode()])
    clips, shares, mean = (getattr(formula, part).as_json() for part in ("clips", "shares", "mean"))
    split = np.repeat(PARTS, [clips[part] for part in PARTS])
    of_classes = np.array([shares[each] for each in CLASSES])
    label = np.concatenate([draw_labels(of_classes, clips[part], stream) for part in PARTS])
    centres = formula.signal * np.eye(len(CLASSES)) + np.array([mean[each] for each in CLASSES])
    signal = centres[label] + stream.standard_normal((len(label), len(CLASSES)))
    frames = {}
    for place, modality in enumerate(MODALITIES):
        width = formula.dim - len(CLASSES)
        nuisance = getattr(formula.nuisance, modality) * stream.standard_normal((len(label), width))
        turned = np.concatenate([signal, nuisance], axis=1) @ rotation(formula.dim, seed, place).T
        noise = stream.standard_normal((len(label), formula.frames, formula.dim))
        frames[modality] = turned[:, None] + formula.frame_noise * noise
    return Drawn(label, split, frames)


def draw_labels(shares: np.ndarray, clips: int, stream: np.random.Generator) -> np.ndarray:
    """Labels in random order, [clips]; each class has its share of them, up to one clip (largest remainders)."""
    exact = shares * clips
    counts = np.floor(exact + 1e-9).astype(int)
    remainders = np.argsort(counts - exact, kind="stable")
    counts[remainders[: clips - counts.sum()]] += 1
    return stream.permutation(np.repeat(np.arange(len(shares)), counts))


def rotation(dim: int, seed: int, place: int) -> np.ndarray:
    """A random orthogonal matrix [dim, dim], uniform over all of them, of the modality at a place in ``MODALITIES``."""
    normal = np.random.default_rng([seed, place]).standard_normal((dim, dim))
    columns, triangle = np.linalg.qr(normal)
    # Without these signs it would depend on the algorithm of the decomposition, and not be uniform (Mezzadri, 2007).
    return columns * np.sign(np.diag(triangle))
