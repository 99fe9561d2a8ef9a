"""The meaning of the page's terms, in the order in which a reader meets them."""

from __future__ import annotations

GLOSSARY = {
    "pair": "A source and a target: a model learns from the labelled clips of the source corpus, is adapted to the"
    " unlabelled clips of the target corpus, and is scored on other clips of the target.",
    "method": "A row of Table 1: an algorithm of adaptation with its settings.",
    "run": "The training of one method on one pair with one seed.",
    "seed": "The number from which a run draws its initialisation, batches and dropout.",
    "weighted F1": "The F1 scores of the classes, each weighted by its share of the scored clips, in percent.",
    "no adaptation": "Training on the source alone; the baseline for every method of adaptation.",
    "in-domain ceiling": "A model that is trained on the target’s own labelled train split.",
    "chance": "The score of random predictions, each class equally often.",
    "majority class": "The score of predicting the target’s most frequent class for every clip.",
    "interval": "The range that contains the true mean with the stated probability, over samples of clips and seeds.",
    "Holm’s p": "The probability of a difference at least this large by chance alone, corrected for the number of"
    " comparisons (Holm, 1979).",
    "oracle": "The score if the epoch were chosen by the labels that are scored: an upper bound and never a result.",
    "selection": "The way an epoch is chosen without target labels.",
    "recipe": "The training settings of the paper or of its published code.",
    "twin": "A small generated copy of a corpus’s folders and label formats. It contains no recording of people. Its"
    " numbers say nothing about the corpus.",
    "label alignment": "The part of Amanda that moves the predicted class shares on the target towards the label"
    " shares of the source.",
    "correlation alignment": "The part of Amanda that makes the covariances of source and target similar.",
    "proxy A-distance": "How well a classifier distinguishes source from target: 2 perfectly, 0 not at all.",
}
"""Term to its meaning."""
