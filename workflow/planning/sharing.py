"""Models that are shared and adapted: the files that rules read, and what the programs are told."""

from __future__ import annotations

import json
from typing import Any

from extractors.shared.clip import MODALITIES
from planning.programs import as_json, extraction
from planning.shareable import shareable
from planning.study import Study


def shared(study: Study, wildcards: Any) -> str:
    """What is shared of a method on a pair, and what its card says."""
    config = study.config
    own = config["sharing"] | (config["synthetic"]["sharing"] if study.synthetic else {})
    return as_json(
        own
        | config["scoring"]
        | study.releases_of([f"{wildcards.source}-{wildcards.target}"])
        | {"selection": config["selection"], "alpha": config["statistics"]["alpha"]}
        | {"label": study.methods[wildcards.method].get("label", wildcards.method)}
    )


def extractions(study: Study, corpus: str) -> str:
    """The settings that the frames of a corpus are made with, by modality, without the lab's folders."""
    return as_json({name: shareable(json.loads(extraction(study, corpus, name))) for name in MODALITIES})


def compared_files(study: Study) -> dict[str, list[str]]:
    """What the comparison of adaptations reads of each pair, by the flag of its program."""
    wanted = study.config["without_source"]
    files: dict[str, list[str]] = {
        "model": [f"<results>/models/{pair}/{wanted['method']}" for pair in wanted["pairs"]],
        "present": [f"<results>/scores/{pair}/{wanted['source_present']}.parquet" for pair in wanted["pairs"]],
    }
    targets = [pair.split("-")[1] for pair in wanted["pairs"]]
    files |= {name: [f"<results>/features/{target}/{name}.parquet" for target in targets] for name in MODALITIES}
    for flag, folder in (("splits", "splits"), ("labels", "labels"), ("manifest", "manifests")):
        files[flag] = [f"<results>/{folder}/{target}.parquet" for target in targets]
    return files


def compared(study: Study) -> str:
    """What the comparison of adaptations is made of."""
    config, wanted = study.config, study.config["without_source"]
    labels = {name: study.methods[name]["label"] for name in (wanted["method"], wanted["source_present"])}
    return as_json(
        config["scoring"]
        | study.releases_of(wanted["pairs"])
        | {
            "pairs": wanted["pairs"],
            "selection": config["selection"],
            "alpha": config["statistics"]["alpha"],
            "method": labels[wanted["method"]],
            "present": labels[wanted["source_present"]],
            "adaptation": config["adaptation"],
        }
    )
