"""The claims: their place in the paper, the measured quantity of a run, and the runs that are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from amanda.statistics.claims.settings import ClaimsSettings

LABELS, BALANCE, DROP = "label_alignment", "balanced_losses", "large_weights"


class Claim(NamedTuple):
    """A claim in words, the paper's words and their place, the quantity that decides, and the largest advantage."""

    words: str
    sentence: str
    place: str
    quantity: str
    advantage: str
    largest: float


CLAIMS = {
    LABELS: Claim(
        "Label alignment helps where source and target have the same label shares",
        "Comparing Amanda without correlation alignment (A. w/o CA) to direct transfer (D.T.), it is clear that label"
        " alignment enhances the knowledge transferring capability of the model significantly.",
        "section 4.2 on Figure 2; the same label shares are assumption 2 of section 3",
        "weighted F1 (%)",
        "with label alignment (Eq. 8) minus without (alpha1 = 0)",
        100.0,
    ),
    BALANCE: Claim(
        "p > 1 keeps the normalised alignment losses closer to 1/3 than p = 1",
        "[...] the losses are not balanced with p = 1 [...] In contrast, with p = 2 [...] the losses are adaptively"
        " balanced, leading to closer gaps among modalities (when the three normalized losses are all 1/3, perfect"
        " balance is achieved). [...] p = +∞, where the losses are also more balanced than that of the case p = 1.",
        "section 4.2 on Figure 3",
        "absolute distance of the normalised alignment losses from 1/3, mean over epochs and modalities",
        "with p = 1 minus with p > 1",
        0.5,  # the mean distance of M losses is at most 2 (M - 1) / M²
    ),
    DROP: Claim(
        "For large alpha2 the balanced variants lose less than p = 1",
        "[...] when weight α2 grows larger than 0.2, the balanced versions of Amanda, A-N(p = 2), A-N(p = ∞) and"
        " A-L(t = 1), experience less performance drop compared to its imbalanced counterpart, A-N(p = 1).",
        "section 4.2 on Figure 2",
        "drop of weighted F1 (%): at the recipe's alpha2 minus the mean over the large alpha2",
        "with p = 1 minus with the balanced variant",
        200.0,  # a drop is itself a difference
    ),
}

Values = Mapping[str, np.ndarray]
"""One number of each run, [pairs, seeds], by the variant that was trained."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of a method with another one, pair by pair and seed by seed.

    ``value`` and ``other_value`` are the claim's quantity. ``advantage`` is their difference, positive if the claim
    holds. Each is [pairs, seeds]. ``decides`` is false for a single alpha2 of several, which is shown as a detail.
    """

    claim: str
    method: str
    other: str
    alpha2: tuple[float, ...]
    value: np.ndarray
    other_value: np.ndarray
    decides: bool

    @property
    def advantage(self) -> np.ndarray:
        """For scores the method's minus the other's, for distances and drops the other's minus the method's."""
        difference = self.value - self.other_value
        return difference if self.claim == LABELS else -difference


def comparisons(scores: Values, distances: Values, settings: ClaimsSettings) -> Iterator[Comparison]:
    """All comparisons, claim by claim.

    Args:
        scores: weighted F1 in percent of every variant.
        distances: of the alignment losses from balance, of the variants in ``weighted``.
        settings: what each claim compares.
    """
    for each in settings.label_alignment:
        ours, theirs = scores[each.variant], scores[each.without]
        yield Comparison(LABELS, each.method, each.method, (each.alpha2,), ours, theirs, decides=True)
    variants: dict[str, dict[float, str]] = {}
    for weighted in settings.weighted:
        variants.setdefault(weighted.method, {})[weighted.alpha2] = weighted.variant
    other = settings.imbalanced
    for method in settings.norms:
        for place, alpha2 in enumerate(variants[method]):
            ours, theirs = (distances[variants[name][alpha2]] for name in (method, other))
            yield Comparison(BALANCE, method, other, (alpha2,), ours, theirs, decides=place == 0)
    for method in settings.balanced:
        large = tuple(variants[method])[1:]
        for chosen in dict.fromkeys([large, *((value,) for value in large)]):
            ours, theirs = (_drop(scores, variants[name], chosen) for name in (method, other))
            yield Comparison(DROP, method, other, chosen, ours, theirs, decides=chosen == large)


def _drop(scores: Values, variants: Mapping[float, str], large: tuple[float, ...]) -> np.ndarray:
    """The score at the first alpha2 minus the mean score at these alpha2, [pairs, seeds]."""
    usual = next(iter(variants.values()))
    return scores[usual] - np.mean([scores[variants[alpha2]] for alpha2 in large], axis=0)
