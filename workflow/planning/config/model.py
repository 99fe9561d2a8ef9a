"""The whole config as one class, composed of the settings of all programs, algorithms, extractors and readers.

Only what makes the schema and its page in the docs imports it. The workflow reads the schema: imports take seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.bed.draw import Formula
from amanda.reporting.settings import PageSettings, Table1Settings
from amanda.score_pair import Scoring
from amanda.scoring.selection import SELECTION
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
        "description": "small letters, digits and _, such as amanda_p2; not in_domain, which is the ceiling",
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
    "settings of each algorithm, and those of training that it replaces; a method may have them too",
)
SomeFormula = some_of(Formula, "how a corpus differs from the formula")
SomeClaims = some_of(sections.TwinClaims, "keys of claims replaced for the twins")


class Recipe(Settings):
    """A complete set of training settings."""

    training: TrainingSettings = key("settings of every algorithm")
    algorithms: Algorithms = key("further settings of each algorithm")  # type: ignore[valid-type]


class Recipes(Settings):
    """Complete sets of training settings."""

    paper: Recipe = key("what the paper says")
    published_code: Recipe = key("what the authors' published code does")


class Method(Settings):
    """A method: an algorithm, and what it changes of the recipe."""

    algorithm: Annotated[str, *one_of(ALGORITHMS)] = key("a name in amanda.algorithms")
    label: str = key("the method's name in the table")
    settings: SomeSettings = key("settings that replace those of the recipe")  # type: ignore[valid-type]


TwinClips = compose(
    "TwinClips",
    "usable clips of each twin, by class",
    {name: (sections.Counts, key(f"those of the twin of {name}")) for name in CORPORA},
)


class Synthetic(Settings):
    """The synthetic twins, in use while releases is synthetic."""

    seed: sections.Count = key("seed of the twins and of the tiny backbones")
    clips: TwinClips = key("usable clips of each twin, by class")  # type: ignore[valid-type]
    shift: sections.Shift = key("how far each modality of a twin is moved in the direction of its corpus, 0 to 1")
    lean: sections.Lean = key(
        "how far whatever people do in a twin leans to one class, in each modality, 0 to 1;"
        " extractors/synthetic/manner.py names the class of each corpus"
    )
    oddities: Literal["all", "none"] = key(
        "all: write the known defects and junk of the real releases too; none: clean twins"
    )
    shards: Size = key("extraction jobs per twin and modality")
    extraction: TwinExtraction = key("keys of extraction.<modality> replaced for the twins")  # type: ignore[valid-type]
    training: SomeSettings = key("settings that replace a recipe's, where a method has them")  # type: ignore[valid-type]
    published_code: SomeSettings = key("the same for recipe published_code alone")  # type: ignore[valid-type]
    figure2: sections.Alpha2Grid = key("what results/figure2.svg shows of the twins")
    claims: SomeClaims = key("keys of claims replaced for the twins")  # type: ignore[valid-type]
    sharing: sections.TwinSharing = key("keys of sharing replaced for the twins")


class KnownAnswer(Settings):
    """What results/known_answer.md is made of."""

    seeds: Annotated[tuple[sections.Count, ...], Field(min_length=2), *EACH_ONCE] = key(
        "each draws every corpus anew and trains on it; the intervals are over these"
    )
    selection: Annotated[str, *one_of(SELECTION)] = key("the selection of the epoch that counts")
    alpha: Annotated[float, Field(gt=0, lt=1)] = key("two-sided level of the intervals over seeds")
    margin: Positive = key(
        "an effect whose interval lies within them, on both sides of 0, counts as none", unit="points of weighted F1"
    )
    formula: Formula = key("what every corpus is drawn from")
    corpora: Annotated[dict[str, SomeFormula], Field(json_schema_extra=BED_NAMES)] = key(  # type: ignore[valid-type]
        "the corpora by name; each takes what it does not name from the formula"
    )
    training: SomeSettings = key("settings that replace those of recipe paper, where a method has them")  # type: ignore[valid-type]
    methods: Annotated[dict[str, Method], Field(json_schema_extra=METHOD_NAMES)] = key(
        "methods of the beds alone, besides those of method_settings"
    )
    beds: Annotated[dict[str, sections.Bed], Field(min_length=1, json_schema_extra=BED_NAMES)] = key(
        "what is compared on which pair of corpora"
    )
    controls: sections.Controls = key("what results/controls.md is made of, which the demo asks for")


class Config(Settings):
    """Every key that changes a number in Table 1. No other key is accepted."""

    run: sections.RunName = key(
        "a name puts everything that is made into runs/NAME, so that nothing of another config is overwritten; empty:"
        " into results"
    )
    releases: Literal["synthetic", "licensed"] = key(
        "synthetic: small generated twins of the releases; licensed: the folders under corpora.*.release"
    )
    recipe: Literal["paper", "published_code"] = key("which of the recipes trains every method")
    pairs: Literal["paper", "all"] | sections.Pairs = key(
        "paper: the seven pairs of Table 1; all: all twelve; or a list of source-target names"
    )
    methods: sections.Methods = key("the methods of Table 1, by their names under method_settings")
    methods_per_job: Literal["all", "one"] = key(
        "all: one job trains, and one scores, every method of a pair; one: a job each. No number depends on it"
    )
    seeds: Annotated[tuple[sections.Count, ...], Field(min_length=1), *EACH_ONCE] = key(
        "the seeds of the runs of each pair and method; the table shows their mean and standard deviation"
    )
    selection: Annotated[str, *one_of(SELECTION)] = key(
        "how the epoch that counts is chosen; no selection sees a target label. Training keeps the weights at"
        " the choices of source_validation_f1, information_maximisation and last_epoch"
    )
    in_domain: sections.InDomain = key("the ceiling of Table 1: a method trained on the labels of the target itself")
    corpora: Corpora = key("the four corpora of the paper, and any of your own")  # type: ignore[valid-type]
    quality: QualitySettings = key("what the look at every clip of a corpus calls suspect")
    extraction: Extraction = key("from clips to features")  # type: ignore[valid-type]
    faces: FacesSettings = key("what the page about whose face stands for the speaker shows of each corpus")
    recipes: Recipes = key("complete sets of training settings")
    method_settings: Annotated[dict[str, Method], Field(json_schema_extra=METHOD_NAMES)] = key(
        "the methods by name; those under `methods` are the rows of Table 1"
    )
    recipe_differences: sections.RecipeDifferences = key("what results/recipes.csv compares")
    figure2: sections.Figure2 = key("what results/figure2.svg shows")
    figure3: sections.Figure3 = key("what results/figure3.svg shows")
    claims: sections.Claims = key("which runs results/claims.csv compares")
    known_answer: KnownAnswer = key("what results/known_answer.md is made of")
    sharing: SharingSettings = key("how models are shared")
    adaptation: AdaptationSettings = key("how a shared model is adapted without its source")
    without_source: sections.WithoutSource = key("what results/without_source.md compares")
    scoring: Scoring = key("how runs are scored")
    table1: Table1Settings = key("how results are reported")
    statistics: StatisticsSettings = key("how methods are compared; docs/statistics.md has the formulas")
    page: PageSettings = key("what results/report.html says of the results")
    synthetic: Synthetic = key("the synthetic twins, in use while releases is synthetic")
