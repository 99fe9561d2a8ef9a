"""The model of a command, its record, and the paths of the networks that make its features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from amanda.sharing.record import ModelRecord
from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError
from extractors.shared.settings import read_settings

DEFAULT = Path("results/models/iemocap-msp_improv/amanda_p2")
"""The model that ``amanda demo`` trains, on generated clips; below the working directory."""

RECORD = "model.json"
"""The file that makes a folder a model."""

LARGEST = 1_000_000
"""Largest number of bytes of that file."""

DETECTOR = "detector"
"""The name of the face detector's weights in ``--backbone``."""

NETWORKS = ("results/synthetic/backbones/{modality}", "data/weights/{weights}")
"""Folders below the working directory that are searched for networks: the demo's, and the README's for all others."""


def split_arguments(named: Sequence[Path]) -> tuple[Path, list[Path]]:
    """The model and the clips among the arguments of ``amanda predict``: the first may be a model folder.

    Raises:
        UserError: no clip is named, or no model is named and the demo's does not exist.
    """
    first, *others = named
    model, clips = (first, others) if is_model(first) else (DEFAULT, list(named))
    if not clips:
        raise UserError(f"{first}: a model without clips; name videos, folders or a table after it")
    if not is_model(model):
        raise UserError(
            f"{first}: not a model folder, and the demo's model is not in {DEFAULT}; name a model before the clips, or"
            " train the demo's: amanda demo"
        )
    return model, clips


def is_model(folder: Path) -> bool:
    """Whether a path is a model folder."""
    return (folder / RECORD).is_file()


def read_record(model: Path) -> ModelRecord:
    """The record of a model folder; loading the model checks later whether the folder was changed.

    Raises:
        UserError: the record cannot be read.
    """
    path = model / RECORD
    if path.stat().st_size > LARGEST:
        raise UserError(f"{path}: more than {LARGEST} bytes; get the model folder again")
    return read_settings(ModelRecord, path.read_text("utf-8", "replace"), str(path))


def find_networks(record: ModelRecord, named: Mapping[str, str]) -> dict[str, str]:
    """Modality of the model -> folder, file or hub id of the network that makes its features.

    Args:
        record: the model's record with the checksum of each network; extractors refuse any other network.
        named: modality -> path given by the user; other networks are searched for.

    Raises:
        UserError: a network was not found.
    """
    return {name: named.get(name) or _find(record, name) for name in record.modalities}


def _find(record: ModelRecord, modality: str) -> str:
    backbone = record.backbones[modality]
    if backbone.revision:  # a hub id: on the hub or in its cache
        return backbone.weights
    places = [place.format(modality=modality, weights=backbone.weights) for place in NETWORKS]
    found = next((place for place in places if Path(place).exists()), "")
    if not found:
        raise UserError(
            f"{backbone.weights}: the network of {modality} is in none of {', '.join(places)}; give its path with"
            f" --backbone {modality}=PATH"
        )
    return found


def find_detector(recorded: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Visual settings with the local path of the face detector's weights; unchanged if the detector needs no weights.

    Raises:
        UserError: the weights were not found.
    """
    weights = recorded.get("detector_weights", "")
    if not weights:
        return dict(recorded)
    places = [named[DETECTOR]] if DETECTOR in named else [weights, f"data/weights/{Path(weights).name}"]
    found = next((place for place in places if Path(place).is_file()), "")
    if not found:
        raise UserError(
            f"{Path(weights).name}: the face detector's weights are in none of {', '.join(places)}; give their path"
            f" with --backbone {DETECTOR}=PATH"
        )
    return {**recorded, "detector_weights": found}


def parse_backbones(texts: Sequence[str]) -> dict[str, str]:
    """Modality, or ``detector`` for faces, -> path, from texts such as ``visual=weights/APViT.pth``.

    Raises:
        UserError: one is not of this form.
    """
    pairs = [text.partition("=")[::2] for text in texts]
    for text, (modality, path) in zip(texts, pairs, strict=True):
        if modality not in (*MODALITIES, DETECTOR) or not path:
            names = ", ".join((*MODALITIES, DETECTOR))
            raise UserError(f"--backbone {text}: not of the form name=path, with a name of {names}")
    return dict(pairs)
