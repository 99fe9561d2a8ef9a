"""The sections of the config that belong to no program: what is trained, on what, and which runs a figure shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from extractors.shared.settings import EACH_ONCE, Positive, Settings, Share, Size, key, optional

Pair = Annotated[
    str,
    Field(pattern="^[a-z][a-z0-9_]*-[a-z][a-z0-9_]*$", description="source and target, such as iemocap-meld"),
]

RunName = Annotated[
    str,
    Field(pattern="^([a-z][a-z0-9_]*)?$", description="empty, or small letters, digits and _ with a letter first"),
]

Pairs = Annotated[tuple[Pair, ...], Field(min_length=1), *EACH_ONCE]
Methods = Annotated[tuple[str, ...], Field(min_length=1), *EACH_ONCE]
Count = Annotated[int, Field(ge=0)]
Weights = Annotated[tuple[Positive, ...], *EACH_ONCE]
Part = Annotated[float, Field(gt=0, lt=1)]
Groups = Annotated[tuple[str, ...], Field(min_length=1), *EACH_ONCE]
LARGE = (
    "large weights of correlation alignment; what a method loses is its score at its own alpha2 minus the mean score at"
    " these"
)


class Counts(Settings):
    """Clips per class."""

    neutral: int = key("clips labelled neutral", unit="clips", ge=0)
    happy: int = key("clips labelled happy", unit="clips", ge=0)
    sad: int = key("clips labelled sad", unit="clips", ge=0)
    angry: int = key("clips labelled angry", unit="clips", ge=0)


class OfficialSplit(Settings):
    """The release's own split."""

    by: Literal["official"] = key("the release's own split")


class GroupSplit(Settings):
    """A split by groups, each in one part alone."""

    by: Literal["session", "speaker", "dialogue"] = key("what never stands in two splits at once")
    validation: Groups | Annotated[float, Field(gt=0, lt=1)] = key(
        "the names that make the validation split, or the share of the remaining dialogues that does"
    )
    test: Groups = key("the names that make the test split; all others are train")


class RandomSplit(Settings):
    """A split that is drawn: the same for the same seed."""

    by: Literal["random"] = key("which clips come into which part is drawn")
    together: Literal["clip", "speaker", "session", "dialogue"] = key(
        "what is never divided: with speaker, the people of one part are heard in no other; clip divides everything"
    )
    seed: Count = key("another seed draws another split")
    validation: Part = key("share of what is drawn that makes the validation split")
    test: Part = key("share of it that makes the test split; all others are train")


class StratifiedSplit(Settings):
    """A split that is drawn class by class, so that each part has its share of each."""

    by: Literal["stratified"] = key("clips are drawn class by class, which looks at labels, a target's too")
    seed: Count = key("another seed draws another split")
    validation: Part = key("share of the clips of each class that makes the validation split")
    test: Part = key("share of the clips of each class that makes the test split; all others are train")


class NoSplit(Settings):
    """No split: for a target without labels, whose clips are all adapted to and predicted."""

    by: Literal["none"] = key("every clip is in the part train; nothing can be scored")


class NamedSplit(Settings):
    """A split of the literature."""

    named: Literal["leave_one_session", "mmin", "dialogxl", "fixed_speakers"] = key("a split of the literature")
    fold: Size = key("which fold of the named split")


class Corpus(Settings):
    """Where a corpus is, and how it is split."""

    release: Annotated[str, Field(min_length=1)] = key(
        "the folder of the licensed release, absolute or relative to the working directory"
    )
    split: OfficialSplit | GroupSplit | NamedSplit | RandomSplit | StratifiedSplit | NoSplit = key(
        "which clips are train, validation and test: the release's own split, groups by name, a named split, a draw, or"
        " no split"
    )
    expected_counts: Literal["published", "any"] | Counts = key(
        "usable clips per class that reading must find; published: the labels of the published tables; any: nothing is"
        " compared"
    )


class Canaries(Settings):
    """The clips that are extracted again after an upgrade."""

    clips: Size = key("how many of a corpus", unit="clips")
    max_drift: Positive = key("largest relative change of a block's numbers at which old and new features may be mixed")


class RecipeDifferences(Settings):
    """What results/recipes.csv compares."""

    method: str = key("the method that is trained with each difference between the recipes")
    pairs: Pairs = key("the pairs that it is trained on")


class Alpha2Grid(Settings):
    """What results/figure2.svg shows of the twins."""

    alpha2: Weights = key("weights of correlation alignment on the figure's logarithmic axis", min_length=2)


class Figure2(Alpha2Grid):
    """What results/figure2.svg shows."""

    pairs: Pairs = key("a panel each")
    methods: Annotated[tuple[str, ...], Field(min_length=1, max_length=6), *EACH_ONCE] = key(
        "the methods that are trained with each alpha2; a curve each"
    )
    references: Annotated[tuple[str, ...], Field(max_length=2), *EACH_ONCE] = key(
        "methods that are trained as they are; a level line each"
    )


class Figure3(Settings):
    """What results/figure3.svg shows."""

    pair: Pair = key("source and target, such as iemocap-meld")
    methods: Annotated[tuple[str, ...], Field(min_length=1, max_length=4), *EACH_ONCE] = key(
        "methods; a column of panels each"
    )


class WithoutSource(Settings):
    """What results/without_source.md compares."""

    pairs: Pairs = key("the pairs whose models are adapted")
    method: str = key("the method whose saved weights are adapted without the source")
    source_present: str = key("the method that adapts beside the source's clips, to compare with")


class TwinSharing(Settings):
    """The keys of sharing that are replaced for the twins."""

    least_clips: Size = key("as in sharing", unit="clips")


class Claims(Settings):
    """Which runs results/claims.csv compares."""

    pairs: Pairs = key(
        "the pairs that every run is trained on; the claim about label alignment counts those alone whose label shares"
        " agree (page.prior_distance)"
    )
    seeds: Annotated[tuple[Count, ...], Field(min_length=2), *EACH_ONCE] = key(
        "a run each, of every pair and method; the intervals are over these, so that two tell very little"
    )
    label_alignment: Methods = key("methods that are trained as they are and with alpha1 = 0")
    imbalanced: str = key("the method that the balanced ones are compared with, the paper's p = 1")
    balanced: Methods = key("methods; each is trained as it is and with each large alpha2")
    large_alpha2: Weights = key(LARGE, min_length=1)


class TwinClaims(Settings):
    """The keys of claims that are replaced for the twins."""

    large_alpha2: Weights = key(LARGE, min_length=1)


class Shift(Settings):
    """How far each modality of a twin is moved in the direction of its corpus, 0 to 1."""

    text: Share = key("vocabulary and style")
    audio: Share = key("bandwidth, noise, reverberation, pitch range")
    visual: Share = key("light, colour, contrast, noise, face size")


class Lean(Settings):
    """How far whatever people do in a twin leans to one class, in each modality, 0 to 1."""

    text: Share = key("share of the words: at 1 half of them")
    audio: Share = key("loudness, pitch, melody, speaking rate, timbre")
    visual: Share = key("mouth, brows, eyes, flush, movements")


class InDomain(Settings):
    """The ceiling of Table 1: one method trained on the labelled train split of the target itself.

    Its epoch is chosen on the target's validation split. No other row sees these labels.
    """

    method: str = key(
        "one of method_settings; the table says how much of the gap from it to the ceiling each method closes"
    )
    targets: Literal["all"] | Annotated[tuple[str, ...], *EACH_ONCE] = key(
        "all targets of `pairs`, or a list of corpora: leave out one that has no validation split, or lacks a class;"
        " [] for no ceiling"
    )


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


class Controls(Settings):
    """What results/controls.md is made of, which the demo asks for: some of the beds, on few seeds."""

    beds: Methods = key("names under known_answer.beds")
    seeds: Annotated[tuple[Count, ...], Field(min_length=2), *EACH_ONCE] = key(
        "as known_answer.seeds; the same seed is trained once"
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = key(
        "two-sided level of the intervals over these seeds; few seeds want a larger one"
    )
