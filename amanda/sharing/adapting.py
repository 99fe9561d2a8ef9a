"""Adaptation of a shared model to unlabelled clips, without any clip of its source; its own files are unchanged."""

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
    """The goal and the means of an adaptation.

    Attributes:
        shares: the expected label distribution, by class.
        shares_from: whether it is the source's own, given by the lab, or estimated from random labelled clips.
        speakers: the speaker of each clip, or ``None`` if speakers are not standardised.
        train: whether encoders are trained before the four numbers are fitted.
    """

    shares: Mapping[str, float]
    shares_from: Literal["stored", "expected", "labelled"]
    speakers: Sequence[str] | None
    train: bool


def adapt(model: Model, frames: Frames, faces: Masks, wish: Wish, settings: AdaptationSettings) -> Model:
    """Adapt a model to some clips: optionally standardise speakers and train encoders, then fit the four numbers.

    The numbers are fitted separately for each network and head, on the clips for which the head has frames.

    Args:
        model: the shared model; it is not changed.
        frames: frames of each clip, in every modality of the model.
        faces: which visual frames show a face.
        wish: the goal and the means.
        settings: the section ``adaptation``.

    Returns:
        The same model with its adaptation; :func:`amanda.load` gives the same from a folder of :func:`write_adapted`.
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
    """The column statistics that standardise speakers: those of all clips, or the source's if there is one speaker.

    The columns of a single speaker would be taken as those of the domain, which would remove most of the signal.

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
    """The same model with other encoders; the model itself if ``encoders`` is empty."""
    if not encoders:
        return model
    networks = []
    for network, weights in zip(model.networks, encoders, strict=True):
        other = deepcopy(network)
        other.load_state_dict({**other.state_dict(), **weights})
        networks.append(other)
    return replace(model, networks=tuple(networks))


def write_adapted(model: Model, folder: Path) -> None:
    """Write a model folder with all files of the shared model, unchanged, and its adaptation beside them.

    Loading it with ``adapted=False``, or deleting the two files of the adaptation, undoes the adaptation.
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
