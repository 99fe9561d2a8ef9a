"""Adaptation of a shared model to unlabelled clips, without a clip of its source; the model's own files stay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from amanda.sharing.alignment import align_encoders
from amanda.sharing.building import column_tensors
from amanda.sharing.columns import Columns, column_statistics
from amanda.sharing.folder import ADAPTATION, ADAPTED, MODEL, SUMS, packed, write_folder
from amanda.sharing.model import Adaptation, Frames, Masks, Model, check_frames
from amanda.sharing.numbers import four_numbers, halfway
from amanda.sharing.record import AdaptationRecord
from amanda.sharing.settings import AdaptationSettings


@dataclass(frozen=True, slots=True)
class Wish:
    """What an adaptation works towards, and by which means.

    Attributes:
        shares: the expected label distribution, by class.
        shares_from: whether it is the source's own, the lab's, or of random labelled clips.
        speakers: whose clip each is, or ``None`` where they are not to be standardised.
        train: whether encoders are trained before the four numbers are fitted.
    """

    shares: Mapping[str, float]
    shares_from: Literal["stored", "expected", "labelled"]
    speakers: Sequence[str] | None
    train: bool


def adapt(model: Model, frames: Frames, faces: Masks, wish: Wish, settings: AdaptationSettings) -> Model:
    """Adapt a model to some clips: standardise speakers, train encoders, fit the four numbers; the first two if wished.

    The numbers are fitted for each network and head by itself, on the clips that the head has something to say of.

    Args:
        model: as it was shared; it stays as it is.
        frames: of each clip, in every modality of the model.
        faces: which visual frames show a face.
        wish: expected shares and means.
        settings: of the section ``adaptation``.

    Returns:
        The same model with its adaptation, as :func:`amanda.load` gives it for what :func:`write_adapted` wrote.
    """
    masks = check_frames(model, frames, faces)
    expected, _ = halfway(wish.shares, settings.most)
    shares = np.array([expected[name] for name in model.record.classes])
    reference, domain = model.columns, False
    if wish.speakers is not None:
        reference, domain = reference_of(model, frames, masks, wish.speakers)
        frames = model.standardised(frames, masks, wish.speakers, reference, settings.speaker_weight)
    encoders = align_encoders(model, frames, masks, shares, settings.alignment) if wish.train else []
    trained = with_encoders(model, encoders)
    numbers = {
        head: np.stack([_fit(of_network, shares, settings) for of_network in values])
        for head, values in trained.logits(frames, masks).items()
    }
    count = sum(any(len(frames[name][n]) for name in model.settings.modalities) for n in range(len(masks)))
    record = _record(model, count, wish, domain, settings)
    return replace(trained, adaptation=Adaptation(record, numbers, reference, encoders))


def _record(model: Model, clips: int, wish: Wish, domain: bool, settings: AdaptationSettings) -> AdaptationRecord:
    shares, moved = halfway(wish.shares, settings.most)
    return AdaptationRecord(
        format=1,
        model_sha256=hashlib.sha256((model.path / MODEL).read_bytes()).hexdigest(),
        clips=clips,
        shares=shares,
        shares_from=wish.shares_from,
        halfway=moved,
        speakers=wish.speakers is not None,
        domain=domain,
        speaker_weight=settings.speaker_weight,
        trained=wish.train,
    )


def _fit(logits: np.ndarray, shares: np.ndarray, settings: AdaptationSettings) -> np.ndarray:
    known = logits[~np.isnan(logits).any(axis=1)]
    return four_numbers(known, shares, settings.rounds, settings.step)


def reference_of(
    model: Model, frames: Frames, masks: Sequence[np.ndarray], speakers: Sequence[str]
) -> tuple[Mapping[str, Columns], bool]:
    """The columns that speakers are standardised by: those of all clips, or the source's where there is one speaker.

    One speaker's own columns would be taken for the domain's, and little would be left of what he said.

    Returns:
        The columns by modality, and whether they are the clips' own.
    """
    if len(set(speakers)) < 2:
        return model.columns, False
    found = dict(model.columns)
    for name in model.settings.modalities:
        clips = [rows[masks[n]] if name == "visual" else rows for n, rows in enumerate(frames[name])]
        if known := [rows for rows in clips if len(rows)]:
            found[name] = column_statistics(known)
    return found, True


def with_encoders(model: Model, encoders: Sequence[Mapping[str, torch.Tensor]]) -> Model:
    """The same model with other encoders; without any, as it is."""
    if not encoders:
        return model
    networks = []
    for network, weights in zip(model.networks, encoders, strict=True):
        other = deepcopy(network)
        other.load_state_dict({**other.state_dict(), **weights})
        networks.append(other)
    return replace(model, networks=tuple(networks))


def write_adapted(model: Model, folder: Path) -> None:
    """Write a model folder with all files of the model's own, unchanged, and its adaptation beside them.

    To load it with ``adapted=False``, or to share it again without the two files of the adaptation, undoes it.
    """
    own = (path for path in model.path.iterdir() if path.is_file() and path.name not in (SUMS, ADAPTATION, ADAPTED))
    files = {path.name: path.read_bytes() for path in own if not path.name.startswith(".")}
    if added := model.adaptation:
        tensors = {f"numbers.{head}": torch.from_numpy(values) for head, values in added.numbers.items()}
        tensors |= {f"reference.{name}": value for name, value in column_tensors(added.reference).items()}
        tensors |= {
            f"{place}.{name}": value for place, each in enumerate(added.encoders) for name, value in each.items()
        }
        files[ADAPTED] = packed(tensors)
        files[ADAPTATION] = (json.dumps(added.record.as_json(), indent=1) + "\n").encode()
    write_folder(folder, files)
