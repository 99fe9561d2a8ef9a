"""Scores of predictions, in NumPy alone: to import scikit-learn would cost more than they do."""

from __future__ import annotations

import numpy as np


def weighted_f1(label: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """F1 of each class, averaged with its number of clips as weight, as scikit-learn defines it (0 for 0/0), in [0, 1].

    Args:
        label: true class of each clip, [clips].
        predicted: predicted class of each clip, [clips].
        classes: number of classes.
    """
    return float(weighted_f1_of(confusion_of(label, predicted, classes)))


def confusion_of(label: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Number of clips by true and predicted class, [classes, classes], of positions [clips] each."""
    cells = np.bincount(label * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def weighted_f1_of(confusion: np.ndarray) -> np.ndarray:
    """The same for tables of counts.

    Args:
        confusion: number of clips by true and predicted class, [..., classes, classes].

    Returns:
        In [0, 1], [...].
    """
    support = confusion.sum(axis=-1)
    return (f1_of(confusion) * support).sum(axis=-1) / support.sum(axis=-1)


def f1_of(confusion: np.ndarray) -> np.ndarray:
    """F1 of each class, in [0, 1], [..., classes], of tables of counts as above; 0 for a class that nobody names."""
    named = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    return 2 * np.diagonal(confusion, axis1=-2, axis2=-1) / np.maximum(named, 1)


def without_training(label: np.ndarray, classes: int) -> dict[str, float]:
    """Weighted F1, in [0, 1], of predictions that ignore the clips.

    Args:
        label: true class of each clip, [clips].
        classes: number of classes.

    Returns:
        ``chance`` predicts each class equally often at random: a class of share p then has precision p and recall
        1 / classes. ``majority`` predicts the most frequent class for every clip, the best constant prediction.
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

    A collapse to one class scores 0, and so do uniform predictions; ln(classes) is the maximum (Musgrave et al., 2022,
    arXiv 2208.07360).
    """
    predictions = probabilities(logits)
    return float(entropies(predictions.mean(axis=0, keepdims=True))[0] - entropies(predictions).mean())


def entropies(distributions: np.ndarray) -> np.ndarray:
    """Entropy of each row, [rows], with 0 ln 0 = 0."""
    logarithms = np.log(distributions, where=distributions > 0, out=np.zeros_like(distributions))
    return -(distributions * logarithms).sum(axis=1)
