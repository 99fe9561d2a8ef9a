"""Paired bootstrap over clips and seeds: every method of every pair is scored on the same redrawn clips and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from amanda.metrics import weighted_f1_of
from extractors.clip import CLASSES
from extractors.program import UserError


@dataclass(frozen=True, slots=True)
class Scores:
    """Weighted F1 in percent of some methods on one pair, or its mean over several.

    ``observed`` is [methods, seeds]; ``resampled`` is of the redrawn clips, [methods, seeds, resamples].
    """

    methods: tuple[str, ...]
    observed: np.ndarray
    resampled: np.ndarray
    clips: int
    pairs: int


def draw_clips(target: str, clips: int, settings: Mapping) -> np.ndarray:
    """How often each clip of a target is drawn, with replacement, [resamples, clips].

    The draw depends on the name of the target alone: pairs with one target are scored on the same clips.
    """
    resamples = settings["resamples"]
    drawn = np.random.default_rng([settings["bootstrap_seed"], *target.encode()]).integers(
        clips, size=(resamples, clips)
    )
    drawn += clips * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * clips).reshape(resamples, clips)


def draw_seeds(seeds: int, settings: Mapping) -> np.ndarray:
    """The weight in the mean of each seed, drawn with replacement, [resamples, seeds]."""
    generator = np.random.default_rng(settings["bootstrap_seed"])
    return generator.multinomial(seeds, [1 / seeds] * seeds, size=settings["resamples"]) / seeds


def resample(predictions: pd.DataFrame, methods: Sequence[str], settings: Mapping) -> Scores:
    """Score the methods of one pair on the clips as they are and as they are redrawn.

    Args:
        predictions: of one pair and selection rule: ``target``, ``method``, ``seed``, ``clip_id``, and ``label`` and
            ``predicted`` as names of classes.
        methods: the methods to score.
        settings: ``seeds``, ``resamples`` and ``bootstrap_seed``.

    Raises:
        UserError: two runs were scored on different clips.
    """
    cells = _cells(predictions, methods, settings["seeds"])
    ones = (cells[:, :, None, :] == np.arange(len(CLASSES) ** 2)[:, None]).astype(np.float32)
    weights = draw_clips(predictions["target"].iloc[0], cells.shape[-1], settings).astype(np.float32)
    shape = (*cells.shape[:2], len(CLASSES), len(CLASSES), -1)
    resampled = weighted_f1_of(np.moveaxis((ones @ weights.T).reshape(shape), -1, 2).astype(np.float64))
    observed = weighted_f1_of(ones.sum(axis=-1, dtype=np.float64).reshape(shape[:-1]))
    return Scores(tuple(methods), 100 * observed, 100 * resampled, cells.shape[-1], 1)


def _cells(predictions: pd.DataFrame, methods: Sequence[str], seeds: Sequence[int]) -> np.ndarray:
    """The cell of the confusion matrix that each clip is in, [methods, seeds, clips]."""
    place = {name: position for position, name in enumerate(CLASSES)}
    cell = predictions["label"].map(place) * len(CLASSES) + predictions["predicted"].map(place)
    table = predictions.assign(cell=cell).pivot(index="clip_id", columns=["method", "seed"], values="cell")
    table = table[[(method, seed) for method in methods for seed in seeds]]
    if table.isna().any(axis=None):
        (method, seed), clip = table.columns[table.isna().any()][0], table.index[table.isna().any(axis=1)][0]
        raise UserError(
            f"predictions: {method}, seed {seed}, has none of clip {clip}, unlike other runs; train and score it again"
        )
    return table.to_numpy(int).T.reshape(len(methods), len(seeds), -1)


def over_pairs(scores: Sequence[Scores]) -> Scores:
    """The mean over pairs, seed by seed, of the methods that are there on all.

    The noise of the mean is right whether or not a seed has an effect that its runs on several pairs share.
    """
    common = [method for method in scores[0].methods if all(method in each.methods for each in scores)]
    rows = [[each.methods.index(method) for method in common] for each in scores]
    observed = np.mean([each.observed[row] for each, row in zip(scores, rows, strict=True)], axis=0)
    resampled = np.mean([each.resampled[row] for each, row in zip(scores, rows, strict=True)], axis=0)
    return Scores(tuple(common), observed, resampled, sum(each.clips for each in scores), len(scores))
