"""What each program is told: settings as JSON, and what else the config decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from amanda.algorithms import ALGORITHMS
from extractors.modalities import EXTRACTORS
from extractors.shared.clip import CLASSES
from extractors.shared.fingerprint import fingerprint
from planning.claims import claims, label_alignment, norms, weighted
from planning.files import claim_corpora
from planning.methods import Method, complete_settings, figure2_points
from planning.shareable import shareable
from planning.study import Study


def as_json(settings: object) -> str:
    """Settings as one flag of a program: a change of any of them, and of nothing else, reruns the step."""
    return json.dumps(settings, sort_keys=True)


def algorithms_code(program: str, methods: Iterable[Method]) -> str:
    """Digest a program and the algorithms that it imports for some methods; no other algorithm's code counts."""
    return fingerprint(program, *sorted({ALGORITHMS[method["algorithm"]][0] for method in methods}))


def extractor_code(program: str, modality: str) -> str:
    """The digest of a program and of the extractor that it imports for the modality."""
    return fingerprint(program, EXTRACTORS[modality][0])


def expected_counts(study: Study, corpus: str) -> str:
    """How many clips of each class a corpus must have; a twin is made of the moods that the paper's classes are."""
    if study.has_twin(corpus):
        clips = study.config["synthetic"]["clips"][corpus]
        return as_json(clips if set(CLASSES) == set(study.config["classes"]) else {})
    return as_json(study.config["corpora"][corpus]["expected_counts"])


def parts_with_every_class(study: Study, corpus: str) -> list[str]:
    """The parts of a corpus that every class must be in: what is trained on with labels.

    A source of any list of pairs counts: what is asked for after Table 1 needs the same features. With classes of one's
    own those of Table 1 alone do, since the shipped lists name the paper's pairs, which may lack some of them.
    """
    config = study.config
    pairs = list(study.pairs)
    if set(config["classes"]) == set(CLASSES):
        others = (config["recipe_differences"], config["figure2"], config["without_source"], claims(config))
        pairs += [*(pair for other in others for pair in other["pairs"]), config["figure3"]["pair"]]
    sources = {pair.split("-")[0] for pair in pairs}
    return ["train"] if corpus in sources.union(study.ceilings) else []


def extraction(study: Study, corpus: str, modality: str) -> str:
    """The settings of the extraction of a modality, with the face policy of this corpus."""
    settings = study.extraction(modality)
    del settings["backbone"]
    if modality == "visual":
        policies = settings["face_policy"]
        settings["face_policy"] = policies.get(corpus, policies["default"])
    return as_json(settings)


def inspection(study: Study) -> str:
    """The settings of the look at every clip: without the length of a list, which only the page has."""
    return as_json({name: value for name, value in study.config["quality"].items() if name != "listed"})


def faces(study: Study) -> str:
    """The settings of the page that shows whose face stands for the speaker."""
    return as_json(study.config["faces"] | {"frames": study.extraction("visual")["frames"]})


def census(study: Study) -> str:
    """How each corpus of Table 1 is read and split."""
    return as_json(
        {corpus: _reading_and_split(study, corpus) | {"synthetic": study.has_twin(corpus)} for corpus in study.corpora}
    )


def algorithm(study: Study, method: str) -> str:
    """The name in amanda.algorithms of what a method is trained with."""
    return study.methods[method]["algorithm"]


def training(study: Study, method: str) -> str:
    """Every setting of a method; the variants that tell recipes apart start from the paper's."""
    recipe = "paper" if method in study.flips else study.config["recipe"]
    return as_json(complete_settings(study.config, recipe, study.methods[method]))


def training_of(study: Study, methods: Iterable[Method]) -> list[str]:
    """Every setting of each method, where one job trains several."""
    return [as_json(complete_settings(study.config, study.config["recipe"], method)) for method in methods]


def leaving_out(study: Study) -> str:
    """What predictions without a modality are scored by."""
    return as_json(study.config["scoring"] | {"selection": study.config["selection"]})


def contributions(study: Study) -> str:
    """What the table of contributions is made of."""
    keys = ("classes", "methods", "seeds", "selection")
    return as_json(
        {key: study.config[key] for key in keys}
        | study.releases_of(study.scored_pairs)
        | {"pairs": study.scored_pairs, "labels": _labels(study, study.config["methods"])}
    )


def statistics(study: Study) -> str:
    """What the comparison of the methods is made of."""
    return as_json(_runs_of_table(study))


def table1(study: Study) -> str:
    """What Table 1, the page and the capsule are made of."""
    return as_json(
        _runs_of_table(study)
        | study.config["table1"]
        | study.config["scoring"]
        | {
            "corpora": {corpus: shareable(_reading_and_split(study, corpus)) for corpus in study.corpora},
            "labels": _labels(study, study.config["methods"]),
            "in_domain": {"method": study.config["in_domain"]["method"], "targets": study.ceilings},
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
    """What the table of the domains' shift is made of."""
    method = study.config["in_domain"]["method"]
    return as_json(
        {key: study.config[key] for key in ("classes", "seeds", "selection")}
        | study.releases_of(study.scored_pairs)
        | {"pairs": study.scored_pairs, "method": method, "label": study.config["method_settings"][method]["label"]}
    )


def recipes(study: Study) -> str:
    """What the comparison of the two recipes is made of."""
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
    """What Figure 2 shows."""
    points = figure2_points(study.config)
    pairs = study.config["figure2"]["pairs"]
    shown = {"pairs": pairs, "points": points, "selection": study.config["selection"]} | study.config["scoring"]
    return _figure(study, {point["method"] for point in points}, pairs, shown)


def figure3(study: Study) -> str:
    """What Figure 3 shows."""
    shown = study.config["figure3"]
    return _figure(study, shown["methods"], [shown["pair"]], shown)


def judging(study: Study) -> str:
    """What the judgement of the paper's claims is made of."""
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
    """What both figures say of themselves, with what one shows."""
    shared = {key: study.config[key] for key in ("recipe", "seeds")} | study.releases_of(pairs)
    shared |= {"missing_runs": study.config["table1"]["missing_runs"]}
    return as_json(shared | {"labels": _labels(study, methods)} | shown)


def _runs_of_table(study: Study) -> dict[str, Any]:
    """What Table 1 and the statistics are made of; both say which runs of these are missing."""
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


def _labels(study: Study, methods: Iterable[str]) -> dict[str, str]:
    """What the methods are called where they are shown; another method's label reruns nothing."""
    return {name: study.config["method_settings"][name]["label"] for name in methods}
