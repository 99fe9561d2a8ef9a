"""The whole config as one class, composed of the settings of all programs, algorithms, extractors and readers.

Only `make schema` imports it. The workflow reads the schema instead, because these imports take seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.bed.draw import Formula
from amanda.bed.settings import Bed
from amanda.reporting.settings import PageSettings, Table1Settings
from amanda.scoring.selection import SELECTION
from amanda.scoring.settings import Scoring
from amanda.shared.runs import Names, Pairs, RecipeName, Seed, Seeds
from amanda.shared.settings import TrainingSettings
from amanda.sharing.settings import AdaptationSettings, SharingSettings
from amanda.statistics.settings import StatisticsSettings
from extractors.pages.settings import FacesSettings
from extractors.quality.settings import QualitySettings
from extractors.shared.settings import EACH_ONCE, Positive, Settings, Size, key, one_of
from planning.config import sections
from planning.config.check import CORPORA
from planning.config.composed import compose, keys_of_all, meaning_of, some_of
from planning.config.corpora_sections import Corpora
from planning.config.extraction_sections import Extraction, TwinExtraction

METHOD_NAMES = {
    "propertyNames": {
        "description": "small letters, digits and _, such as amanda_p2; not in_domain, the name of the ceiling",
        "pattern": "^(?!in_domain$)[a-z0-9_]+$",
    }
}
BED_NAMES = {"propertyNames": {"description": "small letters, digits and _, such as shift", "pattern": "^[a-z0-9_]+$"}}
SETTINGS = {name: load_algorithm(name).Settings for name in ALGORITHMS}
SomeSettings = some_of(
    compose("Settings", "", keys_of_all(SETTINGS.values())), "settings that replace those of the recipe"
)
Algorithms = some_of(
    compose(
        "Algorithms",
        "",
        {name: (some_of(kind, meaning_of(kind)), key(meaning_of(kind))) for name, kind in SETTINGS.items()},
    ),
    "settings of each algorithm, and settings of `training` that it replaces; a method may have them too",
)
SomeFormula = some_of(Formula, "keys in which a corpus differs from the formula")
SomeClaims = some_of(sections.TwinClaims, "keys of claims replaced for the twins")


class Recipe(Settings):
    """A complete set of training settings."""

    training: TrainingSettings = key("settings of every algorithm")
    algorithms: Algorithms = key("further settings of each algorithm")  # type: ignore[valid-type]


class Recipes(Settings):
    """Complete sets of training settings."""

    paper: Recipe = key("the settings of the paper")
    published_code: Recipe = key("the settings of the authors' published code")


class Method(Settings):
    """A method: an algorithm, and the settings that differ from the recipe."""

    algorithm: Annotated[str, *one_of(ALGORITHMS)] = key("a name in amanda.algorithms")
    label: str = key("the method's name in the table")
    settings: SomeSettings = key("settings that replace those of the recipe")  # type: ignore[valid-type]


TwinClips = compose(
    "TwinClips",
    "usable clips of each twin, by class",
    {name: (sections.Moods, key(f"clips of the twin of {name}")) for name in CORPORA},
)


class Synthetic(Settings):
    """The synthetic twins, used if releases is synthetic."""

    seed: Seed = key("seed of the twins and of the tiny backbones")
    clips: TwinClips = key("usable clips of each twin, by class")  # type: ignore[valid-type]
    shift: sections.Shift = key("how far each modality of a twin is shifted in the direction of its corpus, 0 to 1")
    lean: sections.Lean = key(
        "how far all behaviour in a twin is shifted towards one class, in each modality, 0 to 1;"
        " extractors/synthetic/manner.py names the class of each corpus"
    )
    oddities: Literal["all", "none"] = key(
        "all: also write defects and stray files as in the real releases; none: clean twins"
    )
    shards: Size = key("extraction jobs per twin and modality")
    extraction: TwinExtraction = key("keys of extraction.<modality> replaced for the twins")  # type: ignore[valid-type]
    training: SomeSettings = key("settings that replace those of a recipe, if a method has them")  # type: ignore[valid-type]
    published_code: SomeSettings = key("the same for recipe published_code only")  # type: ignore[valid-type]
    figure2: sections.Alpha2Grid = key("the content of results/figure2.svg for the twins")
    claims: SomeClaims = key("keys of claims replaced for the twins")  # type: ignore[valid-type]
    sharing: sections.TwinSharing = key("keys of sharing replaced for the twins")


class KnownAnswer(Settings):
    """The test beds of results/known_answer.md."""

    seeds: Annotated[tuple[Seed, ...], Field(min_length=2), *EACH_ONCE] = key(
        "each draws every corpus anew and trains on it; the intervals are over these"
    )
    selection: Annotated[str, *one_of(SELECTION)] = key("how the epoch that counts is chosen")
    alpha: Annotated[float, Field(gt=0, lt=1)] = key("two-sided level of the intervals over seeds")
    margin: Positive = key(
        "an effect counts as none if its interval lies within this distance of 0", unit="points of weighted F1"
    )
    formula: Formula = key("the formula from which every corpus is drawn")
    corpora: Annotated[dict[str, SomeFormula], Field(json_schema_extra=BED_NAMES)] = key(  # type: ignore[valid-type]
        "the corpora by name, each with the keys in which it differs from the formula"
    )
    training: SomeSettings = key("settings that replace those of recipe paper, if a method has them")  # type: ignore[valid-type]
    methods: Annotated[dict[str, Method], Field(json_schema_extra=METHOD_NAMES)] = key(
        "methods that only the beds use, in addition to those of method_settings"
    )
    beds: Annotated[dict[str, Bed], Field(min_length=1, json_schema_extra=BED_NAMES)] = key(
        "what is compared on which pair of corpora"
    )
    controls: sections.Controls = key("the beds of results/controls.md, which the demo makes")


class Config(Settings):
    """Every key that changes a number in Table 1. No other key is accepted."""

    run: sections.RunName = key(
        "a name puts everything that is made into runs/NAME, so that nothing of another config is overwritten; empty:"
        " into results"
    )
    releases: Literal["synthetic", "licensed"] = key(
        "synthetic: small generated twins of the releases; licensed: the folders under corpora.*.release"
    )
    recipe: RecipeName = key("which of the recipes trains every method")
    pairs: Literal["paper", "all"] | Pairs = key(
        "paper: the seven pairs of Table 1; all: all twelve; or a list of source-target names"
    )
    classes: sections.Classes = key(
        "the classes, in the order of every logit and table; `labels` of each corpus maps its words to them"
    )
    methods: Names = key("the methods of Table 1, by their names under method_settings")
    methods_per_job: Literal["all", "one"] = key(
        "all: one job trains, and one scores, every method of a pair; one: one job per method. No number depends on it"
    )
    seeds: Seeds = key(
        "the seeds of the runs of each pair and method; the table shows their mean and standard deviation"
    )
    selection: Annotated[str, *one_of(SELECTION)] = key(
        "how the epoch that counts is chosen; no selection sees a target label. Training keeps the weights of the"
        " epochs that source_validation_f1, information_maximisation and last_epoch choose"
    )
    missing_modality: Literal["drop", "mask"] = key(
        "drop: a clip without features in a modality is not used, as in the paper; mask: a clip without information"
        " in a modality (no features, silence, no words, no face) is used with its other modalities; this one is left"
        " out of every loss and of the joint head's input (docs/training.md)"
    )
    in_domain: sections.InDomain = key("the ceiling of Table 1: a method trained on the target's own labels")
    corpora: Corpora = key("the four corpora of the paper, and any of your own")  # type: ignore[valid-type]
    quality: QualitySettings = key("bounds beyond which the check of a corpus calls a clip suspect")
    extraction: Extraction = key("how clips become features")  # type: ignore[valid-type]
    faces: FacesSettings = key("the page of each corpus that shows which face was chosen as the speaker's")
    recipes: Recipes = key("complete sets of training settings")
    method_settings: Annotated[dict[str, Method], Field(json_schema_extra=METHOD_NAMES)] = key(
        "the methods by name; those under `methods` are the rows of Table 1"
    )
    recipe_differences: sections.RecipeDifferences = key("the comparison in results/recipes.csv")
    figure2: sections.Figure2 = key("the content of results/figure2.svg")
    figure3: sections.Figure3 = key("the content of results/figure3.svg")
    claims: sections.Claims = key("the runs that results/claims.csv compares")
    known_answer: KnownAnswer = key("the test beds of results/known_answer.md")
    sharing: SharingSettings = key("how models are shared")
    adaptation: AdaptationSettings = key("how a shared model is adapted without its source")
    without_source: sections.WithoutSource = key("the comparison in results/without_source.md")
    scoring: Scoring = key("how runs are scored")
    table1: Table1Settings = key("how Table 1 is made, and its warnings")
    statistics: StatisticsSettings = key("how methods are compared; docs/statistics.md has the formulas")
    page: PageSettings = key("optional parts and warnings of results/report.html")
    synthetic: Synthetic = key("the synthetic twins, used if releases is synthetic")
