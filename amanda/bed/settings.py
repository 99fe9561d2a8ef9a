"""Which beds are judged, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from amanda.shared.runs import Seeds
from extractors.shared.settings import Positive, Settings, key, optional

HELP, HURT, NOTHING, UNKNOWN = "help", "hurt", "nothing", "unknown"
"""What a method must do on a bed: gain, lose, neither by more than the margin; or nobody says."""


class Bed(Settings):
    """A pair of corpora, two methods, and what the first must do."""

    source: str = key("the corpus that is trained on with labels")
    target: str = key("the corpus that is adapted to and scored")
    method: str = key("a name under method_settings or known_answer.methods")
    against: str = key("the method that it is compared with")
    must: Literal["help", "hurt", "nothing", "unknown"] = key(
        "what the method must do: help, the interval of its effect lies above 0; hurt, below; nothing, within the"
        " margin; unknown, anything"
    )
    margin: Positive = optional(
        "a margin of its own, in the place of known_answer.margin", absent=None, unit="points of weighted F1"
    )


class NamedBed(Bed):
    """A bed with its name."""

    bed: str = key("the name")


class EffectSettings(Settings):
    """Which beds are judged, and how."""

    beds: tuple[NamedBed, ...] = key("the beds")
    seeds: Seeds = key("each drew every corpus anew and trained on it")
    selection: str = key("the selection of the epoch that counts")
    alpha: Annotated[float, Field(gt=0, lt=1)] = key("two-sided level of the intervals over seeds")
    margin: Positive = key(
        "an effect whose interval lies within them, on both sides of 0, counts as none", unit="points of weighted F1"
    )
    labels: dict[str, str] = key("what each method is called")
