"""Shared and adapted models: the files that rules read, and the flags of the programs."""

from __future__ import annotations

import json
from typing import Any

from planning.files import FEATURES, run_modalities
from planning.programs import as_json, extraction
from planning.shareable import shareable
from planning.study import Study


def shared(study: Study, wildcards: Any, **changed: Any) -> str:
    """The settings of a method's shared model on a pair, and of its card; ``changed`` replace keys of ``sharing``."""
    config = study.config
    own = config["sharing"] | (config["synthetic"]["sharing"] if study.synthetic else {})
    return as_json(
        own
        | changed
        | config["scoring"]
        | study.releases_of([f"{wildcards.source}-{wildcards.target}"])
        | {"selection": config["selection"], "alpha": config["statistics"]["alpha"]}
        | {"label": study.methods[wildcards.method].get("label", wildcards.method)}
    )


def extractions(study: Study, run: Any) -> str:
    """The extraction settings of a run's source, by modality, without the lab's folders."""
    modalities = run_modalities(study, run)
    return as_json({name: shareable(json.loads(extraction(study, run.source, name))) for name in modalities})


def compared_files(study: Study) -> dict[str, list[str]]:
    """The files of each pair for the comparison of adaptations, by the flag of its program."""
    wanted = study.config["without_source"]
    files: dict[str, list[str]] = {
        "model": [f"<results>/models/{pair}/{wanted['method']}" for pair in wanted["pairs"]],
        "present": [f"<results>/scores/{pair}/{wanted['source_present']}.parquet" for pair in wanted["pairs"]],
    }
    targets = [pair.split("-")[1] for pair in wanted["pairs"]]
    named = zip(targets, compared_modalities(study), strict=True)
    files["features"] = [
        FEATURES.format(corpus=target, modality=name) for target, modalities in named for name in modalities
    ]
    for flag, folder in (("splits", "splits"), ("labels", "labels"), ("manifest", "manifests")):
        files[flag] = [f"<results>/{folder}/{target}.parquet" for target in targets]
    return files


def compared_modalities(study: Study) -> list[list[str]]:
    """The modalities of the model of each pair in the comparison of adaptations."""
    wanted = study.config["without_source"]
    pairs = [pair.split("-") for pair in wanted["pairs"]]
    return [study.modalities(source, target, [wanted["method"]]) for source, target in pairs]


def compared(study: Study) -> str:
    """The settings of the comparison of adaptations."""
    config, wanted = study.config, study.config["without_source"]
    labels = {name: study.methods[name]["label"] for name in (wanted["method"], wanted["source_present"])}
    return as_json(
        config["scoring"]
        | study.releases_of(wanted["pairs"])
        | {
            "pairs": wanted["pairs"],
            "modalities": compared_modalities(study),
            "selection": config["selection"],
            "alpha": config["statistics"]["alpha"],
            "method": labels[wanted["method"]],
            "present": labels[wanted["source_present"]],
            "adaptation": config["adaptation"],
        }
    )
