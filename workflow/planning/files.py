"""The files that rules read or make, where the config decides which these are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product

from extractors.shared.clip import MODALITIES
from planning.claims import claim_methods, claims, weighted
from planning.methods import figure2_points, swept
from planning.study import Study, corpora_of

RUN_HISTORY = "<results>/runs/{pair}/{method}/history.parquet"
RUN_SCORES = "<results>/scores/{pair}/{method}.parquet"
RUN_WEIGHTS = "<results>/runs/{pair}/{method}/weights"

KEEPS_WEIGHTS = ("source_validation_f1", "information_maximisation", "last_epoch")
"""The selections whose epochs' weights a training keeps."""


def of_repository(study: Study, name: str) -> str:
    """A file of this repository, which may be moved together with its results: a new name would make them again."""
    return name if os.path.samefile(study.root, os.curdir) else f"{study.root}/{name}"


def environments(study: Study) -> list[str]:
    """The files that say which packages the programs ran with."""
    names = ("envs/extract.yaml", "envs/train.yaml", "envs/report.yaml", "requirements.lock")
    return [of_repository(study, name) for name in names]


def twin(study: Study, corpus: str) -> str | list[str]:
    """The twin that a corpus is read from, as an input to be made first; no other release is made here."""
    return f"{study.results}/synthetic/releases/{corpus}" if study.has_twin(corpus) else []


def release(study: Study, corpus: str) -> str | list[str]:
    """The folder that a corpus is read from."""
    return twin(study, corpus) or study.config["corpora"][corpus]["release"]


def labels_to_split_by(study: Study, corpus: str) -> str | list[str]:
    """The labels of a corpus where its split is drawn class by class; no other split looks at them."""
    by = study.config["corpora"][corpus]["split"].get("by")
    return f"<results>/labels/{corpus}.parquet" if by == "stratified" else []


def synthetic_backbone(study: Study, modality: str) -> str | list[str]:
    """The tiny backbone of a modality, as an input to be made first; no other backbone is made here."""
    return f"{study.results}/synthetic/backbones/{modality}" if study.synthetic else []


def backbone(study: Study, modality: str) -> str | list[str]:
    """The backbone of a modality: a folder, a file or a hub id."""
    return synthetic_backbone(study, modality) or study.config["extraction"][modality]["backbone"]


def there(study: Study, paths: Iterable[str]) -> list[str]:
    """Those of the paths that exist."""
    return [path for path in paths if os.path.exists(study.placed(path))]


def pages_there(study: Study, folder: str) -> dict[str, str]:
    """Each corpus of Table 1 that has a page in a folder of results -> that page."""
    pages = {corpus: f"{study.results}/{folder}/{corpus}.html" for corpus in study.corpora}
    return {corpus: page for corpus, page in pages.items() if os.path.exists(page)}


def filled(pattern: str, pairs: Iterable[str], methods: Iterable[str]) -> list[str]:
    """A pattern with ``{pair}`` and ``{method}`` for each method of the first pair, of the second, and so on."""
    return [pattern.format(pair=pair, method=method) for pair, method in product(pairs, methods)]


def another_corpus(study: Study) -> str:
    """A regular expression of a target, in a path with ``/{source}-{target}``, that is no source of its own."""
    return "|".join(f"(?<!/{corpus}-){corpus}" for corpus in study.config["corpora"])


def all_cells(study: Study, pattern: str) -> list[str]:
    """A file of every pair and method that Table 1 asks for, there or not."""
    return filled(pattern, study.pairs, study.config["methods"])


def of_cells(study: Study, pattern: str) -> list[str]:
    """The file of each pair and method that Table 1 is made of."""
    return as_missing_runs_says(study, all_cells(study, pattern))


def ceilings(study: Study) -> list[str]:
    """The scores of Table 1's ceiling, whose source is the target: one training for all pairs with that target."""
    pairs = [f"{target}-{target}" for target in study.ceilings]
    wanted = filled(RUN_SCORES, pairs, [study.config["in_domain"]["method"]])
    return wanted if study.refuses_missing_runs else there(study, wanted)


def as_missing_runs_says(study: Study, wanted: Sequence[str]) -> list[str]:
    """All files; or, where missing runs are only named, those that are there, at least one."""
    if study.refuses_missing_runs:
        return list(wanted)
    return there(study, wanted) or list(wanted[:1])


def indexes_of_table(study: Study) -> dict[str, tuple[str, str]]:
    """The indexes of all features that the runs of Table 1 are made of, the first pair's first -> corpus, modality."""
    corpora = dict.fromkeys([*corpora_of(study.pairs[:1]), *study.corpora])
    wanted = {
        f"<results>/features/{corpus}/{name}.parquet": (corpus, name) for corpus in corpora for name in MODALITIES
    }
    return {path: wanted[path] for path in as_missing_runs_says(study, list(wanted))}


def sweep_folders(study: Study) -> list[str]:
    """The folders of a sweep, one for each value of alpha2, with wildcards for the pair and the method."""
    return [f"<results>/sweeps/{{source}}-{{target}}/{{method}}/alpha2={value}" for value in swept(study.config)]


def figure2_scores(study: Study) -> list[str]:
    """The scores that Figure 2 is made of: of sweeps, and of methods that are trained as they are."""
    pairs, wanted = study.config["figure2"]["pairs"], []
    for point in figure2_points(study.config):
        sweep = f"<results>/sweeps/{{pair}}/{{method}}/alpha2={point['alpha2']}/scores.parquet"
        is_plain = point["variant"] in study.config["method_settings"]
        wanted += filled(RUN_SCORES if is_plain else sweep, pairs, [point["variant" if is_plain else "method"]])
    return as_missing_runs_says(study, wanted)


def figure3_histories(study: Study) -> list[str]:
    """The histories that Figure 3 is made of."""
    shown = study.config["figure3"]
    return as_missing_runs_says(study, filled(RUN_HISTORY, [shown["pair"]], shown["methods"]))


def page_figures(study: Study) -> list[str]:
    """The figures on the page: both, or Figure 3 if the runs that Table 1 is made of suffice for it."""
    if study.config["page"]["figures"] == "all":
        names = ["figure2", "figure3"]
    else:
        names = ["figure3"] if set(figure3_histories(study)) <= set(of_cells(study, RUN_HISTORY)) else []
    return [f"<results>/{name}.{ending}" for name in names for ending in ("svg", "md")]


def weights_on(study: Study, pair: str) -> list[str]:
    """The weights of the runs of Table 1 on a pair: of all, or of those that are there."""
    scored = _scored(study)
    methods = [name for name in study.config["methods"] if RUN_SCORES.format(pair=pair, method=name) in scored]
    folders = filled(RUN_WEIGHTS, [pair], methods)
    return folders if study.refuses_missing_runs else there(study, folders)


@cache
def _scored(study: Study) -> frozenset[str]:
    """The scores that Table 1 is made of; whether they are there is asked once."""
    return frozenset(of_cells(study, RUN_SCORES))


def predictions_without(study: Study) -> list[str]:
    """What the rule leave_out makes of each pair that has weights."""
    return [f"<results>/left_out/{pair}.parquet" for pair in study.pairs if weights_on(study, pair)]


def page_contributions(study: Study) -> list[str]:
    """The table of contributions for the page, if it is asked for and the weights that it needs are kept."""
    asked = study.config["page"]["contributions"] and study.config["selection"] in KEEPS_WEIGHTS
    return ["<results>/contributions.csv"] if asked and predictions_without(study) else []


def claim_folders(study: Study) -> list[str]:
    """The folders of the methods that the claims need, with wildcards for the pair."""
    return [f"<results>/claims/{{source}}-{{target}}/{name}" for name in claim_methods(study.config)]


def claim_scores(study: Study) -> list[str]:
    """The scores that the claims are judged by."""
    methods = claim_methods(study.config)
    return filled("<results>/claims/{pair}/{method}/scores.parquet", claims(study.config)["pairs"], methods)


def claim_histories(study: Study) -> list[str]:
    """The histories that the claims are judged by: of the variants that differ in alpha2."""
    methods = [each["variant"] for each in weighted(study.config)]
    return filled("<results>/claims/{pair}/{method}/history.parquet", claims(study.config)["pairs"], methods)


def claim_corpora(study: Study) -> list[str]:
    """The corpora that the claims are about, sorted."""
    return corpora_of(claims(study.config)["pairs"])
