"""A trained network, read from the weights that training kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import safe_open

from amanda.algorithms.base import Algorithm, load_algorithm
from amanda.training.data import Corpus
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

NAMES = ("source", "target", "method")
"""The keys of a file's metadata that say whose weights it holds."""


class Trained(NamedTuple):
    """A network with weights from a file, and the metadata of that file."""

    algorithm: Algorithm
    about: Mapping


def read_weights(path: Path, corpus: Corpus) -> Trained:
    """The network of a run from a file of amanda.train_pair.

    Raises:
        UserError: the file is missing, or the network was trained on frames of another width than the corpus has.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads(file.metadata()["about"])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; train this run again with amanda.train_pair") from None
    if absent := [name for name in (*NAMES, "algorithm", "classes") if name not in about]:
        raise UserError(
            f"{path}: does not contain its {absent[0]}, because an older version wrote it; train this run again"
        )
    if about["dims"] != corpus.dims:
        raise UserError(
            f"{path}: trained on frames of {about['dims']} values, but the target has {corpus.dims}; train again"
        )
    none = torch.full((len(about["classes"]),), torch.nan)  # the source's label distribution; only losses use it
    kind = load_algorithm(about["algorithm"])
    algorithm = kind(about["dims"], settings_of(kind.Settings, about["settings"], str(path)), none, torch.Generator())
    algorithm.load_state_dict(weights)
    return Trained(algorithm, about)
