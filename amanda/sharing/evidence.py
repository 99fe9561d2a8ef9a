"""What speaks against an adaptation before it is made, or after, with the labels of a few clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amanda.scoring.metrics import weighted_f1
from amanda.sharing.prediction import Prediction

FEWEST = 2
"""Clips that a speaker must have for it to mean anything that all of them are of one class."""


def predicted_shares(prediction: Prediction) -> dict[str, float]:
    """Share of the predicted clips that each class is predicted for."""
    names = [name for name in prediction.predicted if name]
    return {name: names.count(name) / max(len(names), 1) for name in prediction.classes}


def is_spread(prediction: Prediction, enough: float) -> bool:
    """Whether each class is predicted for a share ``enough`` of the clips already: then there is little to repair."""
    return min(predicted_shares(prediction).values()) >= enough


def speakers_hold_a_class(prediction: Prediction, speakers: Sequence[str]) -> bool:
    """Whether each speaker's clips are all predicted to be of one class, and not all of the same.

    What differs between speakers is then the classes, and standardising the speakers would take the classes away.
    """
    of_speaker: dict[str, list[str]] = {}
    for name, speaker in zip(prediction.predicted, speakers, strict=True):
        if name:
            of_speaker.setdefault(speaker, []).append(name)
    found = [set(names) for names in of_speaker.values() if len(names) >= FEWEST]
    return len(found) > 1 and all(len(names) == 1 for names in found) and len(set.union(*found)) > 1


def mean_confidence(prediction: Prediction) -> float:
    """Mean of the largest probability over the predicted clips; NaN without any."""
    known = prediction.probabilities[~np.isnan(prediction.probabilities).any(axis=1)]
    return float(known.max(axis=1).mean()) if len(known) else float("nan")


def scores_on(prediction: Prediction, clips: Sequence[str], labels: Mapping[str, str]) -> dict[str, float]:
    """Weighted F1 and UAR of the labelled clips that are predicted, in percent.

    Args:
        prediction: of ``clips``.
        clips: their names.
        labels: name of a clip -> its class, empty where it has none.

    Returns:
        ``clips``, ``weighted_f1`` and ``uar``; the last is the mean recall of the classes that are there. NaN without
        any clip.
    """
    place = {name: position for position, name in enumerate(prediction.classes)}
    known = [
        (place[labels[clip]], place[name])
        for clip, name in zip(clips, prediction.predicted, strict=True)
        if labels.get(clip) and name
    ]
    if not known:
        return {"clips": 0, "weighted_f1": float("nan"), "uar": float("nan")}
    label, predicted = np.array(known).T
    recalls = [(predicted[label == each] == each).mean() for each in np.unique(label)]
    return {
        "clips": len(known),
        "weighted_f1": 100 * weighted_f1(label, predicted, len(prediction.classes)),
        "uar": 100 * float(np.mean(recalls)),
    }
