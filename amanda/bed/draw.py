"""Draw a corpus from a formula: frames, labels and split of every clip, with no media behind them.

A clip of class y has the signal a = signal · e_y + mean + N(0, I), the same in every modality, and in modality m
the nuisance b_m = nuisance_m · N(0, I), which says nothing of the class. Its frames are Q_m [a; b_m] + frame_noise ·
N(0, I), where Q_m is a rotation that all corpora of a draw share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from amanda.shared.settings import Key, number, whole
from extractors.shared.clip import CLASSES, MODALITIES, PARTS


def _numbers(names: tuple[str, ...], each: Key) -> Key:
    """A number for each name; the message says what each must be."""
    return Key(
        f"a value for each of {', '.join(names)}, each {each.must_be.strip()}",
        lambda value: isinstance(value, dict) and value.keys() == set(names) and all(map(each.accepts, value.values())),
    )


def _shares() -> Key:
    """A share for each class, together 1."""
    each = _numbers(CLASSES, number(least=0))
    return Key(
        f"{each.must_be}, together 1",
        lambda value: each.accepts(value) and math.isclose(sum(value.values()), 1, abs_tol=1e-6),
    )


KEYS: dict[str, Key] = {
    "dim": whole(len(CLASSES)),
    "frames": whole(1),
    "signal": number(least=0),
    "frame_noise": number(least=0),
    "clips": _numbers(PARTS, whole(len(CLASSES))),
    "shares": _shares(),
    "mean": _numbers(CLASSES, number()),
    "nuisance": _numbers(MODALITIES, number(least=0)),
}
"""The settings of a corpus."""


class Drawn(NamedTuple):
    """A corpus: label [clips] as positions in ``CLASSES``, split [clips], frames [clips, frames, dim] by modality."""

    label: np.ndarray
    split: np.ndarray
    frames: Mapping[str, np.ndarray]


def draw_corpus(name: str, seed: int, settings: Mapping) -> Drawn:
    """Draw a corpus; the same name, seed and settings give the same one, whatever else is drawn.

    Args:
        name: of the corpus; two corpora with the same settings are two draws.
        seed: of the draw; corpora of one seed share the rotations.
        settings: values of ``KEYS``.
    """
    stream = np.random.default_rng([seed, *name.encode()])
    split = np.repeat(PARTS, [settings["clips"][part] for part in PARTS])
    shares = np.array([settings["shares"][each] for each in CLASSES])
    label = np.concatenate([draw_labels(shares, settings["clips"][part], stream) for part in PARTS])
    centres = settings["signal"] * np.eye(len(CLASSES)) + np.array([settings["mean"][each] for each in CLASSES])
    signal = centres[label] + stream.standard_normal((len(label), len(CLASSES)))
    frames = {}
    for place, modality in enumerate(MODALITIES):
        width = settings["dim"] - len(CLASSES)
        nuisance = settings["nuisance"][modality] * stream.standard_normal((len(label), width))
        clips = np.concatenate([signal, nuisance], axis=1) @ rotation(settings["dim"], seed, place).T
        noise = stream.standard_normal((len(label), settings["frames"], settings["dim"]))
        frames[modality] = clips[:, None] + settings["frame_noise"] * noise
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
    # Without these signs it would depend on how the decomposition was computed, and not be uniform (Mezzadri, 2007).
    return columns * np.sign(np.diag(triangle))
