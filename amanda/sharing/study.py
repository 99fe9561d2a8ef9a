"""Adaptation without the source beside adaptation with it, on runs that are there: who gains what, pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from amanda.scoring.settings import Scoring
from amanda.shared.runs import Pairs
from amanda.shared.twins import Data
from amanda.sharing.adapting import Wish, adapt
from amanda.sharing.evidence import mean_confidence, scores_on
from amanda.sharing.model import Frames, Model
from amanda.sharing.settings import AdaptationSettings
from amanda.statistics.settings import Probability
from extractors.shared.settings import key

NONE, PRESENT = "none", "source_present"
"""The rows that are compared with: the run as it was trained, and label alignment beside the source's clips."""

WAYS = {"numbers": (False, False), "speakers": (True, False), "train": (False, True)}
"""Ways without the source: whether speakers are standardised, and whether encoders are trained."""

SCORES = ("weighted_f1", "uar")

WRONG = ("shuffled", "scaled", "zeroed")
"""Frames that are wrong on purpose: columns in another order, three times as large, and all 0."""


class StudySettings(Scoring, Data):
    """What is compared, and how the page describes it."""

    pairs: Pairs = key("source-target, in the order of the other flags")
    selection: str = key("the selection that the source-present runs are scored by")
    alpha: Probability = key("two-sided level of intervals")
    method: str = key("label of the method that is adapted")
    present: str = key("label of the method that adapts beside the source")
    adaptation: AdaptationSettings = key("how models are adapted")


@dataclass(frozen=True, slots=True)
class Part:
    """Clips of one split of a target: names, frames, masks and speakers."""

    names: Sequence[str]
    frames: Frames
    faces: Sequence[np.ndarray]
    speakers: Sequence[str]


def single_runs(model: Model) -> Iterator[tuple[int, Model]]:
    """Each run of a model by itself, with its seed."""
    for network, run in zip(model.networks, model.record.runs, strict=True):
        yield run.seed, replace(model, networks=(network,), record=model.record.model_copy(update={"runs": (run,)}))


def adapted_scores(
    model: Model, train: Part, test: Part, labels: Mapping[str, str], settings: AdaptationSettings
) -> list[dict[str, object]]:
    """Scores of each run of a model as it is, and adapted in each of :data:`WAYS` with the source's label shares.

    Args:
        model: as it was shared.
        train: clips of the target that are adapted to, without labels.
        test: clips that are scored; their speakers are standardised by these clips alone.
        labels: class of each clip of ``test``.
        settings: of the section ``adaptation``.

    Returns:
        Rows with ``way``, ``seed`` and the scores, in percent.
    """
    rows = []
    for seed, run in single_runs(model):
        found = run.predict(test.frames, test.faces)
        rows.append({"way": NONE, "seed": seed} | _scores(scores_on(found, test.names, labels)))
        for way, (speakers, trained) in WAYS.items():
            wish = Wish(run.record.shares, "stored", train.speakers if speakers else None, trained)
            adapted = adapt(run, train.frames, train.faces, wish, settings)
            found = adapted.predict(test.frames, test.faces, test.speakers if speakers else None)
            rows.append({"way": way, "seed": seed} | _scores(scores_on(found, test.names, labels)))
    return rows


def _scores(found: Mapping[str, float]) -> dict[str, float]:
    return {name: found[name] for name in SCORES}


def distances(model: Model, part: Part) -> list[dict[str, object]]:
    """How far the inputs of a target lie from the source's in each modality, as they are and made wrong on purpose.

    Returns:
        Rows with ``modality``, ``frames`` (``right`` or one of :data:`WRONG`), ``distance``, and the fall of the mean
        confidence from the source's validation clips, in percent, of all modalities together.
    """
    fall = 100 * (model.record.calibration.confidence - mean_confidence(model.predict(part.frames, part.faces)))
    rows: list[dict[str, object]] = []
    for kind in ("right", *WRONG):
        found = model.shift(
            {name: [spoil(clip, kind) for clip in clips] for name, clips in part.frames.items()}, part.faces
        )
        rows += [
            {"modality": name, "frames": kind, "distance": far, "confidence_fall": fall if kind == "right" else np.nan}
            for name, far in found.items()
        ]
    return rows


def spoil(frames: np.ndarray, kind: str) -> np.ndarray:
    """Frames that are wrong in one way, or right ones as they are, float32 [frames, dim]."""
    rows = np.asarray(frames, np.float32)
    if kind == "shuffled":
        return rows[:, np.random.default_rng(0).permutation(rows.shape[1])]
    return rows * {"right": 1, "scaled": 3, "zeroed": 0}[kind]


def means_over_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Mean over the pairs of each score, by way and seed.

    Args:
        table: ``pair``, ``way``, ``seed`` and scores; every way has every pair and seed.
    """
    return table.groupby(["way", "seed"], sort=False)[list(SCORES)].mean().reset_index()
