"""The sections of the config that belong to no single program, such as the pairs, and the runs that a figure shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from amanda.shared.runs import Names, Pair, Pairs, Seed
from extractors.shared.settings import EACH_ONCE, Modalities, Positive, Settings, Share, Size, key, optional

RunName = Annotated[
    str,
    Field(pattern="^([a-z][a-z0-9_]*)?$", description="empty, or small letters, digits and _ with a letter first"),
]
Weights = Annotated[tuple[Positive, ...], *EACH_ONCE]
Part = Annotated[float, Field(gt=0, lt=1)]
Groups = Annotated[tuple[str, ...], Field(min_length=1), *EACH_ONCE]
Count = Annotated[int, Field(ge=0)]
LARGE = (
    "large weights of correlation alignment; the loss of a method is its score at its own alpha2 minus the mean score"
    " at these"
)


ClassName = Annotated[
    str,
    Field(
        pattern="^[a-z0-9][a-z0-9_-]*$",
        description="small letters, digits, _ and -, a letter or digit first, such as joy",
        examples=["neutral", "joy"],
    ),
]
Classes = Annotated[tuple[ClassName, ...], Field(min_length=2, max_length=64), *EACH_ONCE]
Words = dict[str, str]
"""Word of a release -> class."""


class Moods(Settings):
    """Usable clips of a twin by emotion; only MELD's twin can have some of the last three."""

    neutral: int = key("clips that are neutral", unit="clips", ge=0)
    happy: int = key("clips that are happy", unit="clips", ge=0)
    sad: int = key("clips that are sad", unit="clips", ge=0)
    angry: int = key("clips that are angry", unit="clips", ge=0)
    surprise: int = optional("clips of surprise, for classes of your own", absent=0, unit="clips", ge=0)
    disgust: int = optional("clips of disgust", absent=0, unit="clips", ge=0)
    fear: int = optional("clips of fear", absent=0, unit="clips", ge=0)


class OfficialSplit(Settings):
    """The release's own split."""

    by: Literal["official"] = key("the release's own split")


class GroupSplit(Settings):
    """A split by groups, each in only one of the splits."""

    by: Literal["session", "speaker", "dialogue"] = key("the groups that are kept together in one split")
    validation: Groups | Annotated[float, Field(gt=0, lt=1)] = key(
        "the names in the validation split, or the share of the remaining dialogues that goes there"
    )
    test: Groups = key("the names in the test split; all others are train")


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
    modalities: Modalities = key(
        "which of text, audio and visual the corpus has; files of another are not asked for. A pair is trained on those"
        " that both of its corpora have and a method names"
    )
    split: OfficialSplit | GroupSplit | NamedSplit | RandomSplit | StratifiedSplit | NoSplit = key(
        "which clips are train, validation and test: the release's own split, groups by name, a named split, a random"
        " split, or no split"
    )
    expected_counts: Literal["published", "any"] | dict[str, Count] = key(
        "number of usable clips per class that the reader must find; published: the labels of the published tables;"
        " any: nothing is compared"
    )


class Canaries(Settings):
    """The clips that are extracted again after an upgrade."""

    clips: Size = key("number of clips per corpus", unit="clips")
    max_drift: Positive = key("old and new features may be mixed up to this relative change of a block's numbers")


class RecipeDifferences(Settings):
    """The comparison in results/recipes.csv."""

    method: str = key("the method that is trained with each difference between the recipes")
    pairs: Pairs = key("the pairs that it is trained on")


class Alpha2Grid(Settings):
    """The content of results/figure2.svg for the twins."""

    alpha2: Weights = key("weights of correlation alignment on the figure's logarithmic axis", min_length=2)


class Figure2(Alpha2Grid):
    """The content of results/figure2.svg."""

    pairs: Pairs = key("pairs; the figure has a panel for each")
    methods: Annotated[tuple[str, ...], Field(min_length=1, max_length=6), *EACH_ONCE] = key(
        "methods that are trained with each alpha2; the figure has a curve for each"
    )
    references: Annotated[tuple[str, ...], Field(max_length=2), *EACH_ONCE] = key(
        "methods that are trained unchanged; the figure has a horizontal line for each"
    )


class Figure3(Settings):
    """The content of results/figure3.svg."""

    pair: Pair = key("source and target, such as iemocap-meld")
    methods: Annotated[tuple[str, ...], Field(min_length=1, max_length=4), *EACH_ONCE] = key(
        "methods; the figure has a column of panels for each"
    )


class WithoutSource(Settings):
    """The comparison in results/without_source.md."""

    pairs: Pairs = key("the pairs whose models are adapted")
    method: str = key("the method whose saved weights are adapted without the source")
    source_present: str = key("the method to compare with, which adapts with the source's clips")


class TwinSharing(Settings):
    """The keys of sharing that are replaced for the twins."""

    least_clips: Size = key("as in sharing", unit="clips")


class Claims(Settings):
    """The runs that results/claims.csv compares."""

    pairs: Pairs = key(
        "the pairs that every run is trained on; the claim about label alignment uses only pairs whose label shares"
        " agree (page.prior_distance)"
    )
    seeds: Annotated[tuple[Seed, ...], Field(min_length=2), *EACH_ONCE] = key(
        "a run each, of every pair and method; the intervals are over these, so that two tell very little"
    )
    label_alignment: Names = key("methods that are trained as they are and with alpha1 = 0")
    imbalanced: str = key("the method that the balanced ones are compared with, the paper's p = 1")
    balanced: Names = key("methods; each is trained as it is and with each large alpha2")
    large_alpha2: Weights = key(LARGE, min_length=1)


class TwinClaims(Settings):
    """The keys of claims that are replaced for the twins."""

    large_alpha2: Weights = key(LARGE, min_length=1)


class Shift(Settings):
    """How far each modality of a twin is shifted in the direction of its corpus, 0 to 1."""

    text: Share = key("vocabulary and style")
    audio: Share = key("bandwidth, noise, reverberation, pitch range")
    visual: Share = key("light, colour, contrast, noise, face size")


class Lean(Settings):
    """How far all behaviour in a twin is shifted towards one class, in each modality, 0 to 1."""

    text: Share = key("share of words of that class: at 1 half of the words")
    audio: Share = key("loudness, pitch, melody, speaking rate, timbre")
    visual: Share = key("mouth, brows, eyes, flush, movements")


class InDomain(Settings):
    """The ceiling of Table 1: one method trained on the labelled train split of the target itself.

    Its epoch is chosen on the target's validation split. No other row sees these labels.
    """

    method: str = key(
        "one of method_settings; the table shows how much of the gap between it and the ceiling each method closes"
    )
    targets: Literal["all"] | Annotated[tuple[str, ...], *EACH_ONCE] = key(
        "all targets of `pairs`, or a list of corpora. Leave out a corpus without a validation split or without one of"
        " the classes; [] for no ceiling"
    )


class Controls(Settings):
    """The beds of results/controls.md, which the demo makes: some of all beds, on few seeds."""

    beds: Names = key("names under known_answer.beds")
    seeds: Annotated[tuple[Seed, ...], Field(min_length=2), *EACH_ONCE] = key(
        "as known_answer.seeds; the same seed is trained once"
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = key(
        "two-sided level of the intervals over these seeds; few seeds need a larger level"
    )
