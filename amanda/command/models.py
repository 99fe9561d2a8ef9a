"""Which model a command uses, what its record says, and where the networks lie that its features are made with."""

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
"""Most bytes of that file."""

DETECTOR = "detector"
"""The name of the face detector's weights where a person names networks."""

NETWORKS = ("results/synthetic/backbones/{modality}", "data/weights/{weights}")
"""Where networks are looked for below the working directory: those of the demo, and where the README puts others."""


def split_arguments(named: Sequence[Path]) -> tuple[Path, list[Path]]:
    """The model and the clips among the arguments of ``amanda predict``: the first may be a model folder.

    Raises:
        UserError: no clip is named, or no model and the demo's is not there.
    """
    first, *others = named
    model, clips = (first, others) if is_model(first) else (DEFAULT, list(named))
    if not clips:
        raise UserError(f"{first}: a model without clips; name videos, folders or a table behind it")
    if not is_model(model):
        raise UserError(
            f"{first}: no model folder, and the demo's model is not in {DEFAULT}; name a model before the clips, or"
            " train the demo's: amanda demo"
        )
    return model, clips


def is_model(folder: Path) -> bool:
    """Whether a path is a model folder."""
    return (folder / RECORD).is_file()


def read_record(model: Path) -> ModelRecord:
    """What a model folder says of itself; whether it was tampered with is checked where the model is loaded.

    Raises:
        UserError: it says nothing that can be read.
    """
    path = model / RECORD
    if path.stat().st_size > LARGEST:
        raise UserError(f"{path}: more than {LARGEST} bytes; get the model folder again")
    return read_settings(ModelRecord, path.read_text("utf-8", "replace"), str(path))


def find_networks(record: ModelRecord, named: Mapping[str, str]) -> dict[str, str]:
    """Modality -> folder, file or hub id of the network that its features are made with.

    Args:
        record: of the model, which has the checksum of each; extractors refuse any other network.
        named: modality -> what the person names; others are looked for.

    Raises:
        UserError: a network is nowhere.
    """
    return {name: named.get(name) or _find(record, name) for name in MODALITIES}


def _find(record: ModelRecord, modality: str) -> str:
    backbone = record.backbones[modality]
    if backbone.revision:  # on the hub, or in its cache
        return backbone.weights
    places = [place.format(modality=modality, weights=backbone.weights) for place in NETWORKS]
    found = next((place for place in places if Path(place).exists()), "")
    if not found:
        raise UserError(
            f"{backbone.weights}: the network of {modality} is in none of {', '.join(places)}; name it:"
            f" --backbone {modality}=PATH"
        )
    return found


def find_detector(recorded: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Settings of pictures with the place of the face detector's weights here; those without weights as they are.

    Raises:
        UserError: the weights are nowhere.
    """
    weights = recorded.get("detector_weights", "")
    if not weights:
        return dict(recorded)
    places = [named[DETECTOR]] if DETECTOR in named else [weights, f"data/weights/{Path(weights).name}"]
    found = next((place for place in places if Path(place).is_file()), "")
    if not found:
        raise UserError(
            f"{Path(weights).name}: the face detector's weights are in none of {', '.join(places)}; name them:"
            f" --backbone {DETECTOR}=PATH"
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
