"""Paired bootstrap over clips and seeds: every method and pair is scored on the same samples of clips and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from amanda.scoring.metrics import weighted_f1_of
from amanda.statistics.settings import ComparisonSettings, StatisticsSettings
from extractors.shared.program import UserError


@dataclass(frozen=True, slots=True)
class Scores:
    """Weighted F1 in percent of some methods on one pair, or its mean over several.

    ``observed`` is [methods, seeds]; ``resampled`` has the scores on bootstrap samples of the clips, [methods, seeds,
    resamples].
    """

    methods: tuple[str, ...]
    observed: np.ndarray
    resampled: np.ndarray
    clips: int
    pairs: int


def draw_clips(target: str, clips: int, settings: StatisticsSettings) -> np.ndarray:
    """How often each clip of a target is drawn, with replacement, [resamples, clips].

    The draw depends only on the name of the target, so pairs with the same target are scored on the same clips.
    """
    resamples = settings.resamples
    drawn = np.random.default_rng([settings.bootstrap_seed, *target.encode()]).integers(clips, size=(resamples, clips))
    drawn += clips * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * clips).reshape(resamples, clips)


def clip_places(predictions: pd.DataFrame, classes: Sequence[str]) -> np.ndarray:
    """The place of each row's clip among the clips of its target, [rows], independent of the clip's name.

    Clips are sorted by their labels and predictions in all runs. Clips with the same label and predictions can be
    exchanged without an effect. So the anonymous names of a capsule change no bootstrap score.

    Args:
        predictions: predictions of one selection: ``source``, ``target``, ``method``, ``seed``, ``clip_id``, ``label``
            and ``predicted``.
        classes: classes of the study.
    """
    places = np.empty(len(predictions), int)
    for rows in predictions.groupby("target").indices.values():
        of_target = predictions.iloc[rows]
        table = of_target.assign(cell=_cell(of_target, classes)).pivot(
            index="clip_id", columns=["source", "method", "seed"], values="cell"
        )
        order = np.lexsort(table.sort_index(axis=1).fillna(-1).to_numpy().T)
        places[rows] = of_target["clip_id"].map(pd.Series(range(len(order)), table.index[order]))
    return places


def draw_seeds(seeds: int, settings: StatisticsSettings) -> np.ndarray:
    """The weight of each seed in the mean, for seeds drawn with replacement, [resamples, seeds]."""
    generator = np.random.default_rng(settings.bootstrap_seed)
    return generator.multinomial(seeds, [1 / seeds] * seeds, size=settings.resamples) / seeds


def resample(predictions: pd.DataFrame, methods: Sequence[str], settings: ComparisonSettings) -> Scores:
    """Score the methods of one pair on its clips and on bootstrap samples of them.

    Args:
        predictions: predictions of one pair and selection: ``target``, ``method``, ``seed``, ``clip_id``, ``label`` and
            ``predicted`` as names of classes, and ``place`` of :func:`clip_places`.
        methods: the methods to score.
        settings: the seeds, the classes, and how clips are redrawn.

    Raises:
        UserError: two runs were scored on different clips.
    """
    cells, size = _cells(predictions, methods, settings), len(settings.classes)
    ones = (cells[:, :, None, :] == np.arange(size**2)[:, None]).astype(np.float32)
    weights = draw_clips(predictions["target"].iloc[0], cells.shape[-1], settings).astype(np.float32)
    shape = (*cells.shape[:2], size, size, -1)
    resampled = weighted_f1_of(np.moveaxis((ones @ weights.T).reshape(shape), -1, 2).astype(np.float64))
    observed = weighted_f1_of(ones.sum(axis=-1, dtype=np.float64).reshape(shape[:-1]))
    return Scores(tuple(methods), 100 * observed, 100 * resampled, cells.shape[-1], 1)


def _cells(predictions: pd.DataFrame, methods: Sequence[str], settings: ComparisonSettings) -> np.ndarray:
    """The cell of the confusion matrix to which each clip belongs, [methods, seeds, clips]."""
    seeds, cells = settings.seeds, predictions.assign(cell=_cell(predictions, settings.classes))
    table = cells.pivot(index=["place", "clip_id"], columns=["method", "seed"], values="cell")
    table = table[[(method, seed) for method in methods for seed in seeds]]
    if table.isna().any(axis=None):
        (method, seed), (_, clip) = table.columns[table.isna().any()][0], table.index[table.isna().any(axis=1)][0]
        raise UserError(
            f"predictions: {method}, seed {seed}, has no prediction of clip {clip}, but other runs have one;"
            " train and score this run again"
        )
    return table.to_numpy(int).T.reshape(len(methods), len(seeds), -1)


def _cell(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.Series:
    """The cell of the confusion matrix to which each row belongs, counted along the rows of the matrix."""
    place = {name: position for position, name in enumerate(classes)}
    return predictions["label"].map(place) * len(classes) + predictions["predicted"].map(place)


def over_pairs(scores: Sequence[Scores]) -> Scores:
    """The mean over pairs, seed by seed, of the methods that have all pairs.

    The noise of the mean is correct whether or not the runs of a seed on several pairs share an effect.
    """
    common = [method for method in scores[0].methods if all(method in each.methods for each in scores)]
    rows = [[each.methods.index(method) for method in common] for each in scores]
    observed = np.mean([each.observed[row] for each, row in zip(scores, rows, strict=True)], axis=0)
    resampled = np.mean([each.resampled[row] for each, row in zip(scores, rows, strict=True)], axis=0)
    return Scores(tuple(common), observed, resampled, sum(each.clips for each in scores), len(scores))
