"""The flags of each program that depend on the config: settings as JSON, and others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from extractors.shared.clip import CLASSES, MODALITIES
from planning.claims import claims, label_alignment, norms, weighted
from planning.config.check import ConfigError
from planning.files import claim_corpora
from planning.methods import Method, complete_settings, figure2_points
from planning.shareable import shareable
from planning.study import Study


def as_json(settings: object) -> str:
    """Settings as one flag of a program, so that only a change of these settings reruns the step."""
    return json.dumps(settings, sort_keys=True)


def expected_counts(study: Study, corpus: str) -> str:
    """The required number of clips of each class; none is required of a twin if the classes are not the paper's."""
    if study.has_twin(corpus):
        clips = study.config["synthetic"]["clips"][corpus]
        return as_json(clips if set(CLASSES) == set(study.config["classes"]) else {})
    return as_json(study.config["corpora"][corpus]["expected_counts"])


def parts_with_every_class(study: Study, corpus: str) -> list[str]:
    """The splits of a corpus that need every class, because training uses their labels.

    Sources of all lists of pairs count, because results beyond Table 1 need the same features. If the classes are not
    the paper's, only Table 1 counts: the shipped lists name the paper's pairs, whose corpora may lack some classes.
    """
    config = study.config
    pairs = list(study.pairs)
    if set(config["classes"]) == set(CLASSES):
        others = (config["recipe_differences"], config["figure2"], config["without_source"], claims(config))
        pairs += [*(pair for other in others for pair in other["pairs"]), config["figure3"]["pair"]]
    sources = {pair.split("-")[0] for pair in pairs}
    return ["train"] if corpus in sources.union(study.ceilings) else []


def extraction(study: Study, corpus: str, modality: str) -> str:
    """The settings of the extraction of a modality, with the face policy of this corpus.

    Raises:
        ConfigError: the corpus does not have this modality.
    """
    there = study.config["corpora"][corpus]["modalities"]
    if modality not in there:
        raise ConfigError(f"config: corpora.{corpus}.modalities: has no {modality}, which is asked for; add it there")
    settings = study.extraction(modality)
    del settings["backbone"]
    if modality == "visual":
        policies = settings["face_policy"]
        settings["face_policy"] = policies.get(corpus, policies["default"])
    return as_json(settings)


def inspection(study: Study) -> str:
    """The settings of the quality check, without the length of the page's list."""
    return as_json({name: value for name, value in study.config["quality"].items() if name != "listed"})


def faces(study: Study) -> str:
    """The settings of the page that shows which face was chosen as the speaker's."""
    return as_json(study.config["faces"] | {"frames": study.extraction("visual")["frames"]})


def census(study: Study) -> str:
    """How each corpus of Table 1 is read and split."""
    return as_json(
        {corpus: _reading_and_split(study, corpus) | {"synthetic": study.has_twin(corpus)} for corpus in study.corpora}
    )


def algorithm(study: Study, method: str) -> str:
    """The algorithm of a method, by its name in amanda.algorithms."""
    return study.methods[method]["algorithm"]


def training(study: Study, pair: Any, methods: Mapping[str, Method]) -> list[str]:
    """Every setting of each method by its name, on the pair that a rule's wildcards ``pair`` name."""
    return [as_json(study.settings(pair.source, pair.target, name, method)) for name, method in methods.items()]


def leaving_out(study: Study) -> str:
    """The settings of predictions without a modality."""
    return as_json(study.config["scoring"] | {"selection": study.config["selection"]})


def contributions(study: Study) -> str:
    """The settings of the table of contributions."""
    keys = ("classes", "methods", "seeds", "selection")
    return as_json(
        {key: study.config[key] for key in keys}
        | study.releases_of(study.scored_pairs)
        | {"pairs": study.scored_pairs, "labels": _labels(study, study.config["methods"])}
    )


def statistics(study: Study) -> str:
    """The settings of the comparison of the methods."""
    return as_json(_runs_of_table(study))


def table1(study: Study) -> str:
    """What Table 1 and the capsule are made of."""
    return as_json(_table1(study))


def page(study: Study) -> str:
    """What the page is made of."""
    return as_json(_table1(study) | {"prior_distance": study.config["page"]["prior_distance"]})


def _table1(study: Study) -> dict[str, Any]:
    return (
        _runs_of_table(study)
        | study.config["table1"]
        | study.config["scoring"]
        | {
            "corpora": {corpus: shareable(_reading_and_split(study, corpus)) for corpus in study.corpora},
            "labels": _labels(study, study.config["methods"]),
            "in_domain": {"method": study.config["in_domain"]["method"], "targets": study.ceilings},
            "modalities": _with_fewer_modalities(study),
        }
    )


def capsule_methods(study: Study) -> str:
    """Every setting that the methods of Table 1 are trained with."""
    recipe, methods = study.config["recipe"], study.config["method_settings"]
    return as_json(
        {
            name: methods[name] | {"settings": complete_settings(study.config, recipe, methods[name])}
            for name in study.config["methods"]
        }
    )


def shift(study: Study) -> str:
    """The settings of the table of the domains' shift."""
    method = study.config["in_domain"]["method"]
    return as_json(
        {key: study.config[key] for key in ("classes", "seeds", "selection")}
        | study.releases_of(study.scored_pairs)
        | {"pairs": study.scored_pairs, "method": method, "label": study.config["method_settings"][method]["label"]}
    )


def recipes(study: Study) -> str:
    """The settings of the comparison of the two recipes."""
    wanted = study.config["recipe_differences"]
    method = study.config["method_settings"][wanted["method"]]
    return as_json(
        {key: wanted[key] for key in ("pairs", "method")}
        | {"selection": study.config["selection"]}
        | study.releases_of(wanted["pairs"])
        | {"paper": complete_settings(study.config, "paper", method)}
        | {"flips": {name: flip["flipped"] for name, flip in study.flips.items()}}
    )


def figure2(study: Study) -> str:
    """The settings of Figure 2."""
    points = figure2_points(study.config)
    pairs = study.config["figure2"]["pairs"]
    shown = {"pairs": pairs, "points": points, "selection": study.config["selection"]} | study.config["scoring"]
    return _figure(study, {point["method"] for point in points}, pairs, shown)


def figure3(study: Study) -> str:
    """The settings of Figure 3."""
    shown = study.config["figure3"]
    return _figure(study, shown["methods"], [shown["pair"]], shown)


def judging(study: Study) -> str:
    """The settings of the verdicts on the paper's claims."""
    config, wanted = study.config, claims(study.config)
    aligned, at_alpha2 = label_alignment(config), weighted(config)
    return as_json(
        {key: wanted[key] for key in ("pairs", "seeds", "imbalanced", "balanced")}
        | {key: config[key] for key in ("recipe", "selection")}
        | study.releases_of(wanted["pairs"])
        | {
            "alpha": config["statistics"]["alpha"],
            "prior_distance": config["page"]["prior_distance"],
            "label_alignment": aligned,
            "weighted": at_alpha2,
            "norms": norms(config),
            "corpora": claim_corpora(study),
            "labels": _labels(study, {each["method"] for each in (*aligned, *at_alpha2)}),
        }
    )


def _figure(study: Study, methods: Iterable[str], pairs: list[str], shown: dict[str, Any]) -> str:
    """The settings that both figures share, and those of one figure."""
    shared = {key: study.config[key] for key in ("recipe", "seeds")} | study.releases_of(pairs)
    shared |= {"missing_runs": study.config["table1"]["missing_runs"]}
    return as_json(shared | {"labels": _labels(study, methods)} | shown)


def _runs_of_table(study: Study) -> dict[str, Any]:
    """The runs of Table 1 and the statistics; both name missing runs."""
    keys = ("classes", "selection", "seeds", "methods", "recipe")
    return (
        {key: study.config[key] for key in keys}
        | {"pairs": study.pairs, "unlabelled": study.unlabelled}
        | {"missing_runs": study.config["table1"]["missing_runs"]}
        | study.releases_of(study.pairs)
        | study.config["statistics"]
    )


def _reading_and_split(study: Study, corpus: str) -> dict[str, Any]:
    own = study.config["corpora"][corpus]
    return {"reading": own["reading"], "labels": own.get("labels", {}), "split": own["split"]}


def _with_fewer_modalities(study: Study) -> dict[str, dict[str, list[str]]]:
    """The modalities of every row, by its method, on each pair on which a row has fewer than all.

    The ceiling has its name in Table 1, ``in_domain``.
    """
    ceiling = study.config["in_domain"]["method"]
    found = {}
    for pair in study.pairs:
        source, target = pair.split("-")
        rows = {name: (source, target, name) for name in study.config["methods"]}
        rows |= {"in_domain": (target, target, ceiling)} if target in study.ceilings else {}
        used = {row: study.settings(*run, study.methods[run[2]])["modalities"] for row, run in rows.items()}
        if any(len(names) < len(MODALITIES) for names in used.values()):
            found[pair] = used
    return found


def _labels(study: Study, methods: Iterable[str]) -> dict[str, str]:
    """The labels of the shown methods only, so that another method's label reruns nothing."""
    return {name: study.config["method_settings"][name]["label"] for name in methods}
