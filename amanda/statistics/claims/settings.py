"""What the paper's claims are judged by."""

from __future__ import annotations

from amanda.shared.runs import Asked, Names, RecipeName
from amanda.shared.twins import Data
from amanda.statistics.settings import Probability
from extractors.shared.settings import Settings, Share, key


class Weighted(Settings):
    """A method with one weight of correlation alignment, as it is trained."""

    method: str = key("the method")
    alpha2: float = key("the weight")
    variant: str = key("the name of its runs")


class Aligned(Weighted):
    """A method as it is, and what it is compared with."""

    without: str = key("the name of its runs with alpha1 = 0")


class ClaimsSettings(Asked, Data):
    """Which runs the claims compare, and how."""

    recipe: RecipeName = key("the recipe that the methods are trained with")
    alpha: Probability = key("two-sided level of the intervals")
    prior_distance: Share = key("total variation of two label shares from which on they differ")
    label_alignment: tuple[Aligned, ...] = key("the methods that are compared with themselves without label alignment")
    weighted: tuple[Weighted, ...] = key("each method with each weight, the recipe's own weight first")
    imbalanced: str = key("the method that the balanced ones are compared with")
    balanced: Names = key("the methods whose alignment losses are balanced")
    norms: tuple[str, ...] = key("those of them that balance by a norm")
    corpora: Names = key("the corpora of the pairs, in the order of the other flags")
    labels: dict[str, str] = key("what each method is called")
