"""Whether one vector of predictions is better than another on the same clips, by more than the noise of the clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amanda.scoring.metrics import weighted_f1_of
from extractors.shared.program import UserError

MOST_CELLS = 2e7
"""Largest number of values in memory at once while clips are redrawn."""


@dataclass(frozen=True, slots=True)
class Paired:
    """Two vectors of predictions compared; all scores are weighted F1 in percent.

    Attributes:
        first: score of the first vector.
        second: score of the second.
        difference: second minus first.
        low: lower end of the interval of the difference.
        high: its upper end.
        p_value: two-sided p-value of "the difference is 0".
    """

    first: float
    second: float
    difference: float
    low: float
    high: float
    p_value: float


def compare_predictions(
    label: Sequence[str], first: Sequence[str], second: Sequence[str], *, resamples: int, alpha: float, seed: int
) -> Paired:
    """Paired bootstrap over clips (Efron and Tibshirani, 1993, chapters 13 and 16): both are scored on the same clips.

    The noise is only that of the choice of clips. If methods are trained with several seeds, use
    :mod:`amanda.statistics`, which includes the noise of the seeds.

    Args:
        label: class of each clip, [clips].
        first: predicted class of each clip, [clips].
        second: class of each clip as predicted by the other model, [clips].
        resamples: number of bootstrap samples of the clips, drawn with replacement.
        alpha: 0.05 for a 95 % interval, from the percentiles of the differences on the samples.
        seed: seed of the samples; the same seed gives the same numbers.

    Raises:
        UserError: the vectors have different lengths or no clip, or an argument is out of its range.
    """
    if not len(label) == len(first) == len(second) or not len(label):
        raise UserError(
            f"{len(label)} labels, {len(first)} and {len(second)} predictions: give one of each for every clip"
        )
    if resamples < 1 or not 0 < alpha < 1:
        raise UserError(f"resamples {resamples}, alpha {alpha}: at least 1, and a share between 0 and 1")
    classes = sorted({*label, *first, *second})
    size, place = len(classes), {name: number for number, name in enumerate(classes)}
    true = np.array([place[name] for name in label])
    cells = [true * size + np.array([place[name] for name in predicted]) for predicted in (first, second)]
    one = [np.bincount(cell, minlength=size**2) for cell in cells]
    before, after = [float(100 * weighted_f1_of(counts.reshape(size, size))) for counts in one]
    redrawn = _differences(cells, size, resamples, np.random.default_rng(seed))
    low, high = np.quantile(redrawn, (alpha / 2, 1 - alpha / 2))
    beyond = min((redrawn <= 0).sum(), (redrawn >= 0).sum()) + 1  # the observed difference counts too, so no p is 0
    p_value = min(2 * float(beyond) / (resamples + 1), 1.0)
    return Paired(before, after, after - before, float(low), float(high), p_value)


def _differences(cells: Sequence[np.ndarray], size: int, resamples: int, draw: np.random.Generator) -> np.ndarray:
    """Second minus first score in percent on bootstrap samples, [resamples]; some of the samples at a time."""
    clips, found = len(cells[0]), []
    ones = [(cell[:, None] == np.arange(size**2)).astype(np.float32) for cell in cells]
    piece = max(int(MOST_CELLS / clips), 1)
    for begin in range(0, resamples, piece):
        count = min(piece, resamples - begin)
        times = draw.multinomial(clips, np.full(clips, 1 / clips), size=count).astype(np.float32)
        scores = [weighted_f1_of((times @ one).astype(np.float64).reshape(count, size, size)) for one in ones]
        found.append(100 * (scores[1] - scores[0]))
    return np.concatenate(found)
