"""What a shared model predicts: calibrated probabilities, each modality's vote, and how far its networks agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from amanda.network.model import JOINT
from amanda.sharing.calibration import log_probabilities


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of some clips.

    Attributes:
        classes: the names of the classes, in the order of the last dimension below.
        probabilities: calibrated on the source, [clips, classes]; NaN for a clip without frames in any modality.
        votes: modality -> calibrated probabilities of its own head, [clips, classes]; NaN where a clip has no frames.
        joint: whether the joint head spoke, bool [clips]. Where frames of a modality are missing, the probabilities are
            the mean of the votes that are there.
        agreement: share of the networks whose own class is the predicted one, [clips]; NaN where nothing is predicted.
    """

    classes: tuple[str, ...]
    probabilities: np.ndarray
    votes: Mapping[str, np.ndarray]
    joint: np.ndarray
    agreement: np.ndarray

    @property
    def predicted(self) -> list[str]:
        """The most probable class of each clip; an empty text where nothing is predicted."""
        known = ~np.isnan(self.probabilities).any(axis=1)
        best = np.where(known, np.nan_to_num(self.probabilities).argmax(axis=1), 0)
        return [self.classes[place] if there else "" for place, there in zip(best, known, strict=True)]


def combine(
    classes: tuple[str, ...], logits: Mapping[str, np.ndarray], temperatures: Mapping[str, float]
) -> Prediction:
    """One prediction for each clip from the logits of all networks and heads.

    Args:
        classes: the names of the classes.
        logits: head -> [networks, clips, classes]; NaN where the head has nothing to say of a clip.
        temperatures: head -> what its logits are divided by.
    """
    # Of each head and network, as if it were alone: [networks, clips, classes].
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
    """Mean over the first dimension of what is not NaN; NaN where all is."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
