"""The files that rules read or make, if they depend on the config."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from typing import Any

from planning.claims import claim_methods, claims, weighted
from planning.methods import figure2_points, swept
from planning.study import Study, corpora_of

RUN_HISTORY = "<results>/runs/{pair}/{method}/history.parquet"
RUN_SCORES = "<results>/scores/{pair}/{method}.parquet"
RUN_WEIGHTS = "<results>/runs/{pair}/{method}/weights"

KEEPS_WEIGHTS = ("source_validation_f1", "information_maximisation", "last_epoch")
"""The selections whose epochs' weights a training keeps."""


def of_repository(study: Study, name: str) -> str:
    """A file of this repository, with a path that stays the same if repository and results are moved together."""
    return name if os.path.samefile(study.root, os.curdir) else f"{study.root}/{name}"


def environments(study: Study) -> list[str]:
    """The files that list the packages of the programs."""
    names = ("envs/extract.yaml", "envs/train.yaml", "envs/report.yaml", "requirements.lock")
    return [of_repository(study, name) for name in names]


def twin(study: Study, corpus: str) -> str | list[str]:
    """The twin of a corpus as an input that is made first; empty for other releases."""
    return f"{study.results}/synthetic/releases/{corpus}" if study.has_twin(corpus) else []


def release(study: Study, corpus: str) -> str | list[str]:
    """The folder from which a corpus is read."""
    return twin(study, corpus) or study.config["corpora"][corpus]["release"]


def labels_to_split_by(study: Study, corpus: str) -> str | list[str]:
    """The labels of a corpus if its split is drawn class by class; no other split reads them."""
    by = study.config["corpora"][corpus]["split"].get("by")
    return f"<results>/labels/{corpus}.parquet" if by == "stratified" else []


def synthetic_backbone(study: Study, modality: str) -> str | list[str]:
    """The tiny backbone of a modality as an input that is made first; empty for other backbones."""
    return f"{study.results}/synthetic/backbones/{modality}" if study.synthetic else []


def backbone(study: Study, modality: str) -> str | list[str]:
    """The backbone of a modality: a folder, a file or a hub id."""
    return synthetic_backbone(study, modality) or study.config["extraction"][modality]["backbone"]


def there(study: Study, paths: Iterable[str]) -> list[str]:
    """The paths that exist."""
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
    """A file of every pair and method of Table 1, whether it exists or not."""
    return filled(pattern, study.pairs, study.config["methods"])


def of_cells(study: Study, pattern: str) -> list[str]:
    """The file of each pair and method from which Table 1 is made."""
    return as_missing_runs_says(study, all_cells(study, pattern))


def ceilings(study: Study) -> list[str]:
    """The scores of Table 1's ceiling, whose source is the target: one training for all pairs with that target."""
    pairs = [f"{target}-{target}" for target in study.ceilings]
    wanted = filled(RUN_SCORES, pairs, [study.config["in_domain"]["method"]])
    return wanted if study.refuses_missing_runs else there(study, wanted)


def as_missing_runs_says(study: Study, wanted: Sequence[str]) -> list[str]:
    """All files; or, if missing runs are only named, the files that exist, at least one."""
    if study.refuses_missing_runs:
        return list(wanted)
    return there(study, wanted) or list(wanted[:1])


FEATURES = "<results>/features/{corpus}/{modality}.parquet"


def run_modalities(study: Study, run: Any, methods: Sequence[str] = ()) -> list[str]:
    """The modalities of the clips of runs.

    Args:
        study: the study.
        run: the wildcards of a rule: ``source``, ``target`` and, if the rule is for a method that is not in Table 1,
            ``method``.
        methods: other methods that the rule is for.
    """
    return study.modalities(run.source, run.target, [*methods, *filter(None, [run.get("method")])])


def features(study: Study, run: Any, side: str, methods: Sequence[str] = ()) -> list[str]:
    """The indexes of features of the ``source`` or ``target`` of runs, in the order of :func:`run_modalities`."""
    modalities = run_modalities(study, run, methods)
    return [FEATURES.format(corpus=getattr(run, side), modality=name) for name in modalities]


def indexes_of_table(study: Study) -> dict[str, tuple[str, str]]:
    """The indexes of all features of Table 1's runs, those of the first pair first -> corpus, modality."""
    corpora = dict.fromkeys([*corpora_of(study.pairs[:1]), *study.corpora])
    used = {corpus: study.modalities_of(corpus) for corpus in corpora}
    wanted = {
        FEATURES.format(corpus=corpus, modality=name): (corpus, name) for corpus in corpora for name in used[corpus]
    }
    return {path: wanted[path] for path in as_missing_runs_says(study, list(wanted))}


def sweep_folders(study: Study) -> list[str]:
    """The folders of a sweep, one for each value of alpha2, with wildcards for the pair and the method."""
    return [f"<results>/sweeps/{{source}}-{{target}}/{{method}}/alpha2={value}" for value in swept(study.config)]


def figure2_scores(study: Study) -> list[str]:
    """The scores of Figure 2: of sweeps, and of methods that are trained unchanged."""
    pairs, wanted = study.config["figure2"]["pairs"], []
    for point in figure2_points(study.config):
        sweep = f"<results>/sweeps/{{pair}}/{{method}}/alpha2={point['alpha2']}/scores.parquet"
        is_plain = point["variant"] in study.config["method_settings"]
        wanted += filled(RUN_SCORES if is_plain else sweep, pairs, [point["variant" if is_plain else "method"]])
    return as_missing_runs_says(study, wanted)


def figure3_histories(study: Study) -> list[str]:
    """The histories of Figure 3."""
    shown = study.config["figure3"]
    return as_missing_runs_says(study, filled(RUN_HISTORY, [shown["pair"]], shown["methods"]))


def page_figures(study: Study) -> list[str]:
    """The figures on the page: both, or Figure 3 if the runs of Table 1 suffice for it."""
    if study.config["page"]["figures"] == "all":
        names = ["figure2", "figure3"]
    else:
        names = ["figure3"] if set(figure3_histories(study)) <= set(of_cells(study, RUN_HISTORY)) else []
    return [f"<results>/{name}.{ending}" for name in names for ending in ("svg", "md")]


def weights_on(study: Study, pair: str) -> list[str]:
    """The weights of the runs of Table 1 on a pair: of all runs, or of those that exist."""
    scored = _scored(study)
    methods = [name for name in study.config["methods"] if RUN_SCORES.format(pair=pair, method=name) in scored]
    folders = filled(RUN_WEIGHTS, [pair], methods)
    return folders if study.refuses_missing_runs else there(study, folders)


@cache
def _scored(study: Study) -> frozenset[str]:
    """The scores of Table 1; whether they exist is checked once."""
    return frozenset(of_cells(study, RUN_SCORES))


def predictions_without(study: Study) -> list[str]:
    """The outputs of the rule leave_out for each pair that has weights, and labels for scores."""
    return [f"<results>/left_out/{pair}.parquet" for pair in study.scored_pairs if weights_on(study, pair)]


def page_contributions(study: Study) -> list[str]:
    """The table of contributions for the page, if it is wanted and its weights are kept."""
    asked = study.config["page"]["contributions"] and study.config["selection"] in KEEPS_WEIGHTS
    return ["<results>/contributions.csv"] if asked and predictions_without(study) else []


def predictions_wanted(study: Study) -> list[str]:
    """The predictions of every method that has weights, for the targets without labels, which have no scores."""
    if study.config["selection"] not in KEEPS_WEIGHTS:
        return []
    runs = [(pair, method) for pair, method in product(study.pairs, study.config["methods"])]
    return [
        f"<results>/predictions/{pair}/{method}.csv"
        for pair, method in runs
        if pair not in study.scored_pairs and RUN_SCORES.format(pair=pair, method=method) in _scored(study)
    ]


def claim_folders(study: Study) -> list[str]:
    """The folders of the methods that the claims need, with wildcards for the pair."""
    return [f"<results>/claims/{{source}}-{{target}}/{name}" for name in claim_methods(study.config)]


def claim_scores(study: Study) -> list[str]:
    """The scores that decide the claims."""
    methods = claim_methods(study.config)
    return filled("<results>/claims/{pair}/{method}/scores.parquet", claims(study.config)["pairs"], methods)


def claim_histories(study: Study) -> list[str]:
    """The histories that decide the claims: those of the variants with different alpha2."""
    methods = [each["variant"] for each in weighted(study.config)]
    return filled("<results>/claims/{pair}/{method}/history.parquet", claims(study.config)["pairs"], methods)


def claim_corpora(study: Study) -> list[str]:
    """The corpora of the claims, sorted."""
    return corpora_of(claims(study.config)["pairs"])
