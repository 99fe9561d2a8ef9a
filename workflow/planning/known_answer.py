"""The test beds with a known answer: their corpora, their trainings, and the flags of the programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planning.fingerprints import algorithms_code
from planning.methods import Method
from planning.programs import as_json
from planning.study import Study

PAIRS = "<results>/known_answer/{source}-{target}"
COMPARED = ("method", "against")
"""The two methods of a bed that are compared: keys of the config, and names of folders."""


def methods(config: dict[str, Any]) -> dict[str, Method]:
    """Every method that a bed may name: those of Table 1, and those that only beds use."""
    return config["method_settings"] | config["known_answer"]["methods"]


def corpus(study: Study, name: str) -> str:
    """The formula of a corpus: the common keys, and its own."""
    wanted = study.config["known_answer"]
    return as_json(wanted["formula"] | wanted["corpora"][name])


def compared(study: Study, bed: str) -> list[Method]:
    """The two methods that are trained on a bed, with complete settings; beds always use recipe `paper`."""
    recipe, wanted = study.config["recipes"]["paper"], study.config["known_answer"]
    found = []
    for name in (wanted["beds"][bed][key] for key in COMPARED):
        method = methods(study.config)[name]
        settings = recipe["training"] | recipe["algorithms"][method["algorithm"]]
        smaller = {key: value for key, value in wanted["training"].items() if key in settings}
        found.append({"algorithm": method["algorithm"], "settings": settings | smaller | method["settings"]})
    return found


def algorithms(study: Study, bed: str) -> list[str]:
    """The algorithms of the two methods of a bed."""
    return [method["algorithm"] for method in compared(study, bed)]


def run_names(study: Study, bed: str) -> list[str]:
    """The names of a bed's runs in the tables, as :func:`amanda.bed.effects.run_name` makes them."""
    return [f"{bed}__{study.config['known_answer']['beds'][bed][key]}" for key in COMPARED]


def training(study: Study, bed: str) -> list[str]:
    """Every setting of the two methods of a bed."""
    return [as_json(method["settings"]) for method in compared(study, bed)]


def training_code(study: Study, bed: str) -> str:
    """The digest of the training program with the two methods of a bed."""
    return algorithms_code("amanda.train_pair", compared(study, bed))


def folders() -> list[str]:
    """The folders of the two runs of a bed and a seed, with wildcards for the pair, the bed and the seed."""
    return [f"{PAIRS}/{{bed}}/{{seed}}/{key}" for key in COMPARED]


def scores(wanted: dict[str, Any]) -> Iterator[str]:
    """The scores of some beds on some seeds: those of :func:`all_beds` or :func:`controls`."""
    for bed in wanted["beds"]:
        for seed in wanted["seeds"]:
            for folder in folders():
                yield f"{folder.format(seed=seed, **bed)}/scores.parquet"


def all_beds(study: Study) -> dict[str, Any]:
    """Every bed with every seed: the beds by name with their comparisons, the seeds, and the level of the intervals."""
    wanted = study.config["known_answer"]
    return {key: wanted[key] for key in ("seeds", "alpha")} | {"beds": _beds(study, wanted["beds"])}


def controls(study: Study) -> dict[str, Any]:
    """The beds that the demo checks, with their seeds and level."""
    wanted = study.config["known_answer"]["controls"]
    return wanted | {"beds": _beds(study, wanted["beds"])}


def judging(study: Study, wanted: dict[str, Any]) -> str:
    """The settings of the effects and verdicts, for the beds of :func:`all_beds` or :func:`controls`."""
    known = methods(study.config)
    named = [bed[key] for bed in wanted["beds"] for key in COMPARED]
    return as_json(
        wanted
        | {key: study.config["known_answer"][key] for key in ("selection", "margin")}
        | {"labels": {name: known[name]["label"] for name in named}}
    )


def _beds(study: Study, names: Iterable[str]) -> list[dict[str, str]]:
    return [{"bed": name} | study.config["known_answer"]["beds"][name] for name in names]
