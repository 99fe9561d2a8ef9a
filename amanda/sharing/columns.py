"""Statistics of single input columns: a model keeps those of its source's frames and compares new frames with them.

They are diagonal. Means with full covariances reveal with certainty whether a clip was in the source, and do not
improve an adaptation. Means and deviations of columns over a hundred or more clips reveal almost nothing about one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

FLOOR = 1e-3
"""Smallest deviation used as a divisor, as a share of the mean deviation of all columns."""


class Columns(NamedTuple):
    """Mean and standard deviation of each column of a modality's frames, [dim] each, float64."""

    mean: np.ndarray
    deviation: np.ndarray

    @property
    def scale(self) -> np.ndarray:
        """The deviations with a floor, [dim], > 0, so that almost constant columns are not divided by almost 0."""
        least = FLOOR * self.deviation.mean()
        return np.maximum(self.deviation, least if least > 0 else 1.0)


def column_statistics(frames: Iterable[np.ndarray]) -> Columns:
    """Mean and standard deviation (divisor n) over the frames of all clips, with one clip in memory at a time.

    Deviations are summed around the mean of the first clip, so that large means do not reduce the precision.

    Args:
        frames: frames of each clip, [frames, dim]; at least one clip has a frame.

    Raises:
        ValueError: there is no frame.
    """
    count, around = 0, np.zeros(0)
    total = squares = np.zeros(0)
    for clip in frames:
        rows = np.asarray(clip, np.float64)
        if not len(rows):
            continue
        if not count:
            around = rows.mean(axis=0)
            total = squares = np.zeros_like(around)
        rows = rows - around
        count, total, squares = count + len(rows), total + rows.sum(axis=0), squares + (rows**2).sum(axis=0)
    if not count:
        raise ValueError("no frame to take statistics of")
    mean = total / count
    return Columns(around + mean, np.sqrt(np.maximum(squares / count - mean**2, 0)))


def standardise_speakers(
    frames: Sequence[np.ndarray],
    counted: Sequence[np.ndarray],
    speakers: Sequence[str],
    reference: Columns,
    stored: Columns,
    weight: float,
) -> list[np.ndarray]:
    """Shift and scale each speaker's frames to the source's statistics, by the speaker's own unlabelled clips.

    With z = (x - m) / s by the reference, n clips of a speaker, and a and v the mean and variance of the speaker's z:
    mu = n a / (n + k), u = (n v + k) / (n + k), and the result is mean + deviation (z - mu) / sqrt(u) with the source's
    mean and deviation. A speaker with few clips, or a large k, is changed only a little.

    Args:
        frames: frames of each clip, [frames, dim].
        counted: which frames of a clip count in a and v, bool [frames]; if a speaker has none, all count.
        speakers: the speaker of each clip.
        reference: the columns m and s: the clips' own, or the source's if all clips are of one speaker.
        stored: the source's columns.
        weight: k, in clips.

    Returns:
        The standardised frames of each clip, float32 [frames, dim].
    """
    names = np.asarray(speakers)
    moved: list[np.ndarray] = [np.zeros(0)] * len(frames)
    for name in dict.fromkeys(speakers):
        clips = np.flatnonzero(names == name).tolist()
        own = [(frames[clip] - reference.mean) / reference.scale for clip in clips]
        known = [z[counted[clip]] for z, clip in zip(own, clips, strict=True)]
        mean, variance = _shrunk(known if any(map(len, known)) else own, weight)
        for clip, z in zip(clips, own, strict=True):
            at_source = stored.mean + stored.scale * (z - mean) / np.sqrt(variance)
            moved[clip] = at_source.astype(np.float32)
    return moved


def _shrunk(clips: Sequence[np.ndarray], weight: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance over the frames of a speaker's clips, shrunk to 0 and 1, [dim] each."""
    # A clip without any frame has no information about its speaker.
    count = sum(len(z) > 0 for z in clips)
    if not count:
        return np.zeros(1), np.ones(1)
    columns = column_statistics(clips)
    return count * columns.mean / (count + weight), (count * columns.deviation**2 + weight) / (count + weight)


def distance(columns: Columns, stored: Columns) -> float:
    """Distance of the columns of some frames from the source's: 0 for equal ones, without an upper limit.

    The mean over columns of ((m - M)^2 + (s - S)^2) / S^2, with M and S of the source: the squared 2-Wasserstein
    distance of two normal distributions with diagonal covariances (Dowson and Landau, 1982), in units of the source's
    variances. It detects frames of another backbone, or shuffled or scaled ones; it says nothing about a single clip.
    """
    squares = (columns.mean - stored.mean) ** 2 + (columns.deviation - stored.deviation) ** 2
    return float((squares / stored.scale**2).mean())
