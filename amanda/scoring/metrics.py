"""Scores that training needs every epoch, in NumPy alone: to import scikit-learn would cost more than they do."""

from __future__ import annotations

import numpy as np


def weighted_f1(label: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """F1 of each class, averaged with its number of clips as weight, as scikit-learn defines it (0 for 0/0), in [0, 1].

    Args:
        label: true class of each clip, [clips].
        predicted: predicted class of each clip, [clips].
        classes: number of classes.
    """
    cells = np.bincount(label * classes + predicted, minlength=classes * classes)
    return float(weighted_f1_of(cells.reshape(classes, classes)))


def weighted_f1_of(confusion: np.ndarray) -> np.ndarray:
    """The same of tables of counts.

    Args:
        confusion: number of clips by true and predicted class, [..., classes, classes].

    Returns:
        In [0, 1], [...].
    """
    support, claimed = confusion.sum(axis=-1), confusion.sum(axis=-2)
    f1 = 2 * np.diagonal(confusion, axis1=-2, axis2=-1) / np.maximum(support + claimed, 1)
    return (f1 * support).sum(axis=-1) / support.sum(axis=-1)


def without_training(label: np.ndarray, classes: int) -> dict[str, float]:
    """What weighted F1, in [0, 1], comes to without looking at a clip.

    Args:
        label: true class of each clip, [clips].
        classes: number of classes.

    Returns:
        ``chance`` calls each class equally often whatever the clip: a class of share p then has precision p and recall
        1 / classes. ``majority`` calls every clip the most frequent class, which is the best that one class can do.
        Both are NaN without any clip.
    """
    if not len(label):
        return dict.fromkeys(("chance", "majority"), float("nan"))
    shares = np.bincount(label, minlength=classes) / len(label)
    chance = (shares * 2 * shares / (classes * shares + 1)).sum()
    return {"chance": float(chance), "majority": float(2 * shares.max() ** 2 / (1 + shares.max()))}


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax over the classes in float64, [clips, classes]."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def information_maximisation(logits: np.ndarray) -> float:
    """Entropy of the mean prediction minus mean entropy of the predictions; larger is better, no label is needed.

    Neither a collapse to one class nor uniform predictions score above 0; ln(classes) is the maximum (Musgrave et al.,
    2022, arXiv 2208.07360).
    """
    predictions = probabilities(logits)
    return float(entropies(predictions.mean(axis=0, keepdims=True))[0] - entropies(predictions).mean())


def entropies(distributions: np.ndarray) -> np.ndarray:
    """Entropy of each row, [rows], with 0 ln 0 = 0."""
    logarithms = np.log(distributions, where=distributions > 0, out=np.zeros_like(distributions))
    return -(distributions * logarithms).sum(axis=1)
