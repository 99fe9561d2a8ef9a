"""The predictions of a shared model: calibrated probabilities, each modality's vote, and its networks' agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from amanda.network.model import JOINT
from amanda.sharing.calibration import log_probabilities


@dataclass(frozen=True, slots=True)
class Prediction:
    """A model's predictions for some clips.

    Attributes:
        classes: the names of the classes, in the order of the last dimension below.
        probabilities: calibrated on the source, [clips, classes]; NaN for a clip without frames in any modality.
        votes: modality -> calibrated probabilities of its own head, [clips, classes]; NaN if a clip has no frames.
        joint: whether the probabilities are those of the joint head, bool [clips]. If frames of a modality are missing,
            they are the mean of the other modalities' votes.
        agreement: share of the networks whose own class is the predicted one, [clips]; NaN without a prediction.
    """

    classes: tuple[str, ...]
    probabilities: np.ndarray
    votes: Mapping[str, np.ndarray]
    joint: np.ndarray
    agreement: np.ndarray

    @property
    def predicted(self) -> list[str]:
        """The most probable class of each clip; an empty text without a prediction."""
        known = ~np.isnan(self.probabilities).any(axis=1)
        best = np.where(known, np.nan_to_num(self.probabilities).argmax(axis=1), 0)
        return [self.classes[place] if there else "" for place, there in zip(best, known, strict=True)]


def combine(
    classes: tuple[str, ...], logits: Mapping[str, np.ndarray], temperatures: Mapping[str, float]
) -> Prediction:
    """One prediction for each clip from the logits of all networks and heads.

    Args:
        classes: the names of the classes.
        logits: head -> [networks, clips, classes]; NaN if the head has no prediction for a clip.
        temperatures: head -> the divisor of its logits.
    """
    # The probabilities of each single network of a head: [networks, clips, classes].
    single = {
        head: np.stack([np.exp(log_probabilities(network[None], temperatures[head])) for network in values])
        for head, values in logits.items()
    }
    votes = {head: values for head, values in single.items() if head != JOINT}
    joint = ~np.isnan(single[JOINT]).any(axis=(0, 2))
    of_votes = mean_of_known(np.stack(list(votes.values())))
    by_network = np.where(joint[None, :, None], single[JOINT], of_votes)
    probabilities = by_network.mean(axis=0)
    known = ~np.isnan(probabilities).any(axis=1)
    best = np.nan_to_num(probabilities).argmax(axis=1)
    agreement = (np.nan_to_num(by_network).argmax(axis=2) == best).mean(axis=0)
    means = {head: values.mean(axis=0) for head, values in votes.items()}
    return Prediction(classes, probabilities, means, joint, np.where(known, agreement, np.nan))


def mean_of_known(values: np.ndarray) -> np.ndarray:
    """Mean over the first dimension without the NaN values; NaN if all values are NaN."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
