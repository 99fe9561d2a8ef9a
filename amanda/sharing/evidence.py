"""Evidence against an adaptation, before it is made, or afterwards from the labels of a few clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amanda.scoring.metrics import weighted_f1
from amanda.sharing.prediction import Prediction

FEWEST = 2
"""Number of clips of a speaker from which a single predicted class for all of them is evidence."""


def predicted_shares(prediction: Prediction) -> dict[str, float]:
    """Share of the predicted clips that each class is predicted for."""
    names = [name for name in prediction.predicted if name]
    return {name: names.count(name) / max(len(names), 1) for name in prediction.classes}


def is_spread(prediction: Prediction, enough: float) -> bool:
    """Whether each class is already predicted for a share ``enough`` of the clips, so that little can be improved."""
    return min(predicted_shares(prediction).values()) >= enough


def speakers_hold_a_class(prediction: Prediction, speakers: Sequence[str]) -> bool:
    """Whether all clips of each speaker have the same predicted class, and speakers differ in it.

    The differences between speakers are then those of the classes, and standardising would remove them.
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
        prediction: the prediction for ``clips``.
        clips: names of the clips.
        labels: name of a clip -> its class; empty if it has none.

    Returns:
        ``clips``, ``weighted_f1`` and ``uar``; the last is the mean recall of the classes that are present. NaN without
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
